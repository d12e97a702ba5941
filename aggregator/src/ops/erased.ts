import { erasuresIn, type Remainder, withoutErased } from '../engine/index.js'
import type { Entry } from '../ports.js'

/** By the low word of a hash, then the high one: sequence of the last entry that erases it. */
type Entries = Map<number, Map<number, number>>

/** Who was erased, in which logs: each partition's erasures, and in which entry the last of each stands. */
export class Erased {
  readonly #partitions = new Map<number, Entries>()
  readonly #all = new Map<number, Set<number>>()
  #size = 0

  /** How many visitors, each counted once. */
  get size(): number {
    return this.#size
  }

  /** Whether a partition's log erases anybody. */
  isIn(partition: number): boolean {
    return this.#partitions.has(partition)
  }

  /** Notes the erasures in an entry; a partition's entries come in order. */
  note(partition: number, entry: Uint8Array, sequence: number): void {
    for (const [hi, lo] of erasuresIn(entry)) {
      const partitions = this.#partitions.get(partition) ?? new Map<number, Map<number, number>>()
      this.#partitions.set(partition, partitions)
      const entries = partitions.get(lo) ?? new Map<number, number>()
      partitions.set(lo, entries)
      entries.set(hi, sequence)
      const known = this.#all.get(lo) ?? new Set<number>()
      this.#all.set(lo, known)
      if (!known.has(hi)) this.#size++
      known.add(hi)
    }
  }

  /**
   * The entry's bytes without what the erased left in them, and without erasures unless these are `left`; the very bytes
   * given where nothing goes.
   */
  strip(partition: number, { bytes, sequence }: Entry, left: Remainder): Uint8Array {
    const own = this.#partitions.get(partition)
    const later = (hi: number, lo: number): boolean => (own?.get(lo)?.get(hi) ?? 0) > sequence
    const ever = (hi: number, lo: number): boolean => this.#all.get(lo)?.has(hi) ?? false
    return withoutErased(bytes, { later, ever, left })
  }
}
