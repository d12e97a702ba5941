import { fromLine, type Journey, Refusal, type Window } from '@pulssi/protocol'
import { type Effects, Engine, type EngineConfig, View } from '../engine/index.js'
import { Intake, SERVICE } from '../intake/index.js'
import { LINE_CHARS, type Line } from './lines.js'
import { isRefusal, type Rejections } from './rejections.js'

/** With the data clock all hashes have this key, so that equal files give equal bytes. */
const DATA_KEY = [0, 0] as const
/** Bytes of records gathered before the engine gets them. */
const ENTRY_BYTES = 64 * 1024

/**
 * The pure engine on lines of a file, with the data clock: what a server would count that got the same lines in the
 * same order, at once and without one.
 */
export class OfflineReplay {
  readonly #engine = new Engine(DATA_KEY)
  readonly #intake = new Intake(DATA_KEY, 1, true)
  readonly #rejections: Rejections
  readonly #effects: Effects = {
    verdict: () => undefined,
    refused: (record, event, code) => this.#refused(record, event, code),
  }
  #lines = 0

  constructor(config: EngineConfig, rejections: Rejections) {
    this.#rejections = rejections
    this.#intake.config(0, config)
  }

  get lines(): number {
    return this.#lines
  }

  /** `now`: ms since 1970, by which a time too far ahead is judged. */
  take({ number, text }: Line, now: number): void {
    const intake = this.#intake
    this.#lines++
    if (text === null) {
      this.#rejections.add(`line ${number}`, Refusal.badEvent, `longer than ${LINE_CHARS} characters`)
      intake.refuse(1)
      return
    }
    const judged = fromLine(text, now)
    const event = isRefusal(judged) ? judged.event : judged
    if (isRefusal(judged)) this.#rejections.add(`line ${number}`, judged.code, judged.message)
    // A refused value is handed in like any other: its sequence number counts as seen.
    if (event === null) intake.refuse(1)
    else intake.add(event, SERVICE, now, null, number)
    if (intake.sizeBytes(0) >= ENTRY_BYTES) this.#apply()
  }

  journey(windows: readonly Window[]): Journey[] {
    this.#apply()
    const view = new View(1)
    const now = this.#engine.clock
    const partial = this.#engine.partial(true)
    if (partial !== null) view.absorb(0, partial, now)
    return windows.map(window => view.journey(window, now))
  }

  #apply(): void {
    const entry = this.#intake.take(0)
    if (entry.length > 0) this.#engine.apply(entry, this.#effects)
    this.#intake.clearSpans()
  }

  #refused(record: number, event: number, code: Refusal): void {
    const span = this.#intake.spans.find(each => each.record === record)
    const message =
      code === Refusal.seqTooFar ? 'seq is too far ahead of those before' : 'no place left for its touchpoint'
    this.#rejections.add(`line ${(span?.position ?? 0) + event}`, code, message)
  }
}
