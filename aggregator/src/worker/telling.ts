import type { Engine } from '../engine/index.js'
import { HEARTBEAT_MS, WHOLE_BYTES_PER_SECOND, WHOLE_MS, WHOLE_REST_RATIO } from './limits.js'
import { packPartial } from './partial.js'

const SECOND_MS = 1_000

/**
 * What boards are told of one partition in one tenure, as numbered messages: a whole one first and whenever it is asked
 * for, then what changed. Where messages may be lost, whole ones come by themselves too.
 */
export class Telling {
  readonly #engine: Engine
  readonly #epoch: number
  readonly #isLossy: boolean
  readonly #steadyMs: () => number
  #number = 0
  /** Last entry that a message held. */
  #told = -1
  #toldAtMs = 0
  #isWholeNext = true
  #wholeDueMs = Number.POSITIVE_INFINITY

  constructor(engine: Engine, epoch: number, isLossy: boolean, steadyMs = (): number => performance.now()) {
    this.#engine = engine
    this.#epoch = epoch
    this.#isLossy = isLossy
    this.#steadyMs = steadyMs
  }

  /** The next message holds everything. */
  tellWhole(): void {
    this.#isWholeNext = true
  }

  /** A message of the engine as it is after entry `sequence`; null: there is nothing to say now. */
  next(sequence: number): Uint8Array | null {
    const begunAtMs = this.#steadyMs()
    const isWhole = this.#isWholeNext || begunAtMs >= this.#wholeDueMs
    if (!isWhole && sequence === this.#told && begunAtMs - this.#toldAtMs < HEARTBEAT_MS) return null
    const partial = this.#engine.partial(isWhole)
    const message = packPartial({ epoch: this.#epoch, number: ++this.#number, sequence, isWhole }, partial)
    this.#told = sequence
    this.#toldAtMs = begunAtMs
    if (isWhole) this.#rest(begunAtMs, message.length)
    return message
  }

  #rest(begunAtMs: number, sizeBytes: number): void {
    this.#isWholeNext = false
    if (!this.#isLossy) return
    const nowMs = this.#steadyMs()
    const restMs = Math.max(WHOLE_REST_RATIO * (nowMs - begunAtMs), (SECOND_MS * sizeBytes) / WHOLE_BYTES_PER_SECOND)
    this.#wholeDueMs = nowMs + Math.max(WHOLE_MS, restMs)
  }
}
