import { erasuresIn, withoutErased } from '../engine/index.js'

/** The erasures of one partition's log: who was erased last in which entry, so that what came back later stays. */
export class Erased {
  /** By the low word of the hash, then the high one: sequence of the last entry that erases it. */
  readonly #entries = new Map<number, Map<number, number>>()
  #size = 0

  /** How many visitors. */
  get size(): number {
    return this.#size
  }

  /** Notes the erasures in an entry; entries come in order. */
  note(entry: Uint8Array, sequence: number): void {
    for (const [hi, lo] of erasuresIn(entry)) {
      const entries = this.#entries.get(lo) ?? new Map<number, number>()
      this.#entries.set(lo, entries)
      if (!entries.has(hi)) this.#size++
      entries.set(hi, sequence)
    }
  }

  /**
   * The entry without the events of visitors that were erased after them, and without erasures; the very entry given
   * where nothing goes.
   */
  strip(entry: Uint8Array, sequence: number): Uint8Array {
    return withoutErased(entry, (hi, lo) => (this.#entries.get(lo)?.get(hi) ?? 0) > sequence)
  }
}
