import { type AckFrame, type ErrorFrame, Frame } from '@pulssi/protocol'

/** A batch handed over to the log. */
export interface Handed {
  readonly frame: number
  /** Entries of the log that hold parts of it and are not durable yet. */
  open: number
  /** Its events that were refused at the door. */
  readonly refused: AckFrame[2]
  /** What the engine refused of it while it was not acknowledged: told after the ack. */
  readonly late: ErrorFrame[]
  /** `forgotten`: its connection will send it again, what still becomes of this one concerns nobody. */
  state: 'waiting' | 'acknowledged' | 'forgotten'
}

/** The batches of one connection that are not acknowledged, oldest first. */
export class Acks {
  #waiting: Handed[] = []

  get length(): number {
    return this.#waiting.length
  }

  add(handed: Handed): void {
    this.#waiting.push(handed)
  }

  /** Drops `frame` and all later ones. */
  forget(frame: number): void {
    for (const handed of this.#waiting) if (handed.frame >= frame) handed.state = 'forgotten'
    this.#waiting = this.#waiting.filter(handed => handed.state === 'waiting')
  }

  /** One cumulative ack for the durable batches before the first that isn't, and what follows it; nothing new: empty. */
  take(): readonly (AckFrame | ErrorFrame)[] {
    let count = 0
    while (count < this.#waiting.length && this.#waiting[count]?.open === 0) count++
    if (count === 0) return []
    const refused: [number, number, number][] = []
    const late: ErrorFrame[] = []
    let last = 0
    for (const handed of this.#waiting.splice(0, count)) {
      handed.state = 'acknowledged'
      last = handed.frame
      for (const [frame, position, code] of handed.refused) refused.push([frame, position, code])
      late.push(...handed.late)
    }
    return [[Frame.ack, last, refused], ...late]
  }
}
