const PAGE_CELLS = 65_536
const CLASSES = 17 + PAGE_CELLS / 64

/** Capacities: multiples of 4 up to 64, of 64 beyond; a span always sits in the smallest that holds it. */
const classOf = (length: number): number => (length <= 64 ? (length + 3) >> 2 : 16 + ((length - 1) >> 6))
const capacityOf = (sizeClass: number): number => (sizeClass <= 16 ? sizeClass << 2 : (sizeClass - 15) << 6)

/** Index of the first of sorted keys, from `first` to below `end`, that is not below `least`. */
export function firstFrom(keys: Uint16Array, first: number, end: number, least: number): number {
  let [low, high] = [first, end]
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((keys[middle] as number) < least) low = middle + 1
    else high = middle
  }
  return low
}

/**
 * An arena of many small sorted lists of (16-bit key, 32-bit count). A list is named by (offset, length), which its
 * owner keeps; both change when it grows. 6 bytes a cell; no object a list.
 */
export class Spans {
  readonly #keys: Uint16Array[] = []
  readonly #counts: Int32Array[] = []
  /** First free span of each capacity, or −1; the next one stands in its first count. */
  readonly #free = new Int32Array(CLASSES).fill(-1)
  #used = PAGE_CELLS
  /** Result of the last merge. */
  offset = 0
  length = 0

  get sizeBytes(): number {
    return this.#keys.length * PAGE_CELLS * 6
  }

  keys(offset: number): Uint16Array {
    return this.#keys[offset >>> 16] as Uint16Array
  }

  counts(offset: number): Int32Array {
    return this.#counts[offset >>> 16] as Int32Array
  }

  release(offset: number, length: number): void {
    if (length === 0) return
    const sizeClass = classOf(length)
    this.counts(offset)[offset & 0xffff] = this.#free[sizeClass]
    this.#free[sizeClass] = offset
  }

  /** Room for `length` cells; unset. */
  claim(length: number): number {
    const sizeClass = classOf(length)
    const free = this.#free[sizeClass]
    if (free >= 0) {
      this.#free[sizeClass] = this.counts(free)[free & 0xffff]
      return free
    }
    const capacity = capacityOf(sizeClass)
    if (this.#used + capacity > PAGE_CELLS) {
      this.#shelve()
      this.#keys.push(new Uint16Array(PAGE_CELLS))
      this.#counts.push(new Int32Array(PAGE_CELLS))
      this.#used = 0
    }
    const offset = (this.#keys.length - 1) * PAGE_CELLS + this.#used
    this.#used += capacity
    return offset
  }

  /** Whether a list holds just these `n` sorted cells. */
  same(offset: number, length: number, keys: Uint16Array, counts: Int32Array, n: number): boolean {
    if (length !== n) return false
    if (n === 0) return true
    const own = this.keys(offset)
    const sums = this.counts(offset)
    const first = offset & 0xffff
    for (let i = 0; i < n; i++) if (own[first + i] !== keys[i] || sums[first + i] !== counts[i]) return false
    return true
  }

  /** Adds `n` sorted cells to a list; the new place stands in `offset` and `length`. */
  merge(offset: number, length: number, keys: Uint16Array, counts: Int32Array, n: number): void {
    let missing = 0
    if (length > 0) {
      const own = this.keys(offset)
      const sums = this.counts(offset)
      let i = offset & 0xffff
      const end = i + length
      for (let j = 0; j < n; j++) {
        const key = keys[j]
        while (i < end && own[i] < key) i++
        if (i < end && own[i] === key) sums[i] += counts[j]
        else missing++
      }
    } else {
      missing = n
    }
    this.offset = offset
    this.length = length + missing
    if (missing > 0) this.#insert(offset, length, keys, counts, n)
  }

  /** Second pass of a merge: those that were found are added already; the others go in, from the end backwards. */
  #insert(offset: number, length: number, keys: Uint16Array, counts: Int32Array, n: number): void {
    const total = this.length
    let to = offset
    if (length === 0 || classOf(total) !== classOf(length)) to = this.claim(total)
    const fromKeys = this.keys(offset)
    const fromCounts = this.counts(offset)
    const toKeys = this.keys(to)
    const toCounts = this.counts(to)
    const first = offset & 0xffff
    const start = to & 0xffff
    let i = first + length - 1
    let j = n - 1
    for (let out = start + total - 1; out >= start; out--) {
      if (i >= first && (j < 0 || fromKeys[i] >= keys[j])) {
        if (j >= 0 && fromKeys[i] === keys[j]) j--
        toKeys[out] = fromKeys[i]
        toCounts[out] = fromCounts[i]
        i--
      } else {
        toKeys[out] = keys[j]
        toCounts[out] = counts[j]
        j--
      }
    }
    if (to !== offset) {
      this.release(offset, length)
      this.offset = to
    }
  }

  /** What is left of the last page becomes a free span. */
  #shelve(): void {
    const rest = PAGE_CELLS - this.#used
    if (rest < 4) return
    const sizeClass = rest >= 64 ? 15 + (rest >> 6) : rest >> 2
    const offset = (this.#keys.length - 1) * PAGE_CELLS + this.#used
    this.counts(offset)[offset & 0xffff] = this.#free[sizeClass]
    this.#free[sizeClass] = offset
  }
}
