import type { ErrorFrame, Refusal } from '@pulssi/protocol'
import { Frame, refusalName } from '@pulssi/protocol'
import type { Refused } from '../intake/index.js'
import type { Acks, Handed } from './acks.js'
import type { NotNow } from './session.js'

/** What one frame or request put into the entries of one or more partitions, and who is told what becomes of it. */
export interface Contribution {
  /** One of its entries is durable. */
  durable(): void
  /** One of its entries was not taken, and never will be. */
  lost(why: NotNow): void
  /** The engine's word on one of its records. */
  verdict(accepted: number, duplicates: number, tooLate: number): void
  /** The engine refused the event at this position. */
  refused(position: number, code: Refusal): void
}

/** The connection that a batch came from. */
export interface BatchOwner {
  readonly acks: Acks
  /** Acks may be due; called again and again, told once a commit. */
  due(): void
  lost(frame: number, why: NotNow): void
  tell(error: ErrorFrame): void
}

const lateRefusal = (frame: number, position: number, code: Refusal): ErrorFrame => [
  Frame.error,
  code,
  `the event was refused: ${refusalName(code)}`,
  null,
  frame,
  position,
]

export class BatchContribution implements Contribution {
  readonly #owner: BatchOwner
  readonly #handed: Handed

  constructor(number: number, refused: readonly Refused[], open: number, owner: BatchOwner) {
    this.#owner = owner
    this.#handed = {
      frame: number,
      open,
      refused: refused.map(({ position, code }) => [number, position, code] as const),
      late: [],
      state: 'waiting',
    }
    owner.acks.add(this.#handed)
    if (open === 0) owner.due()
  }

  durable(): void {
    this.#handed.open--
    if (this.#handed.open === 0 && this.#handed.state === 'waiting') this.#owner.due()
  }

  lost(why: NotNow): void {
    if (this.#handed.state === 'waiting') this.#owner.lost(this.#handed.frame, why)
  }

  verdict(): void {}

  refused(position: number, code: Refusal): void {
    const { frame, state, late } = this.#handed
    const error = lateRefusal(frame, position, code)
    if (state === 'waiting') late.push(error)
    else if (state === 'acknowledged') this.#owner.tell(error)
  }
}

/** What became of a request's events. `folded`: null where the engine's verdict didn't come in time. */
export interface Outcome {
  readonly folded: { readonly accepted: number; readonly duplicates: number; readonly tooLate: number } | null
  /** What the engine refused. */
  readonly refused: readonly Refused[]
}

/** A request waits until all of it is durable, and then a while for the verdicts. */
export class RequestContribution implements Contribution {
  /** Resolves with the outcome, or with why nothing of some partition was taken. */
  readonly outcome: Promise<Outcome | NotNow>
  #open: number
  #records: number
  #counts = { accepted: 0, duplicates: 0, tooLate: 0 }
  #refused: Refused[] = []
  #timer: NodeJS.Timeout | null = null
  readonly #verdictMs: number
  #resolve: (outcome: Outcome | NotNow) => void = () => {}

  /** `open`: entries that hold parts of it; `records`: its records that a verdict will come for. */
  constructor(open: number, records: number, verdictMs: number) {
    this.#open = open
    this.#records = records
    this.#verdictMs = verdictMs
    this.outcome = new Promise(resolve => {
      this.#resolve = resolve
    })
    this.#look()
  }

  durable(): void {
    this.#open--
    this.#look()
  }

  lost(why: NotNow): void {
    this.#end(why)
  }

  verdict(accepted: number, duplicates: number, tooLate: number): void {
    this.#counts.accepted += accepted
    this.#counts.duplicates += duplicates
    this.#counts.tooLate += tooLate
    this.#records--
    this.#look()
  }

  refused(position: number, code: Refusal): void {
    this.#refused.push({ position, code })
  }

  #look(): void {
    if (this.#open > 0) return
    if (this.#records === 0) return this.#end({ folded: this.#counts, refused: this.#refused })
    this.#timer ??= setTimeout(() => this.#end({ folded: null, refused: this.#refused }), this.#verdictMs)
  }

  #end(outcome: Outcome | NotNow): void {
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#resolve(outcome)
  }
}
