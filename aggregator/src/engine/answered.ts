import { SCORE_PARTS } from './figures.js'
import { ANSWERED_KEPT, SCORE_VALUES } from './limits.js'
import { SCORES } from './score-values.js'

/** One more than is remembered tells where memory ends. */
const KEPT = ANSWERED_KEPT + 1
/** How many may come before the oldest are dropped together. */
const SLACK = 127
const FIRST_ENTRIES = 8
/** Words an entry: hash (2), 5 s slice, and value with SCORE_VALUES times the count. */
const ENTRY = 4
const COUNT_BITS = Math.log2(SCORE_VALUES)
const SLOTS = 1_024
const SLOT = 4
if (SLOTS < 2 * ANSWERED_KEPT) throw new RangeError('a voice for each answer, and as much air')

/** What the voices of a window said. `means`, `squares`: sums over voices of each one's mean score, and of its square. */
export interface Heard {
  /** Answers. */
  readonly n: number
  readonly voices: number
  /** Answers of the voice that gave most. */
  readonly most: number
  readonly means: number
  readonly squares: number
}

const SILENT: Heard = { n: 0, voices: 0, most: 0, means: 0, squares: 0 }

/** A hash table to count in: hash (2), sum of scores, answers (0: free). Empty between calls. */
const voices = new Int32Array(SLOTS * SLOT)
const taken = new Int32Array(ANSWERED_KEPT)

/**
 * Who answered what at a place lately: the newest answers by 5 s slice, then by the voice's hash, then by score; the
 * same voice with the same score in one slice is one entry with a count. Merging two in any order gives the same as one
 * that heard all.
 */
export class Answered {
  /** Oldest first. */
  #words = new Int32Array(FIRST_ENTRIES * ENTRY)
  #size = 0

  /** Counts `more` answers; returns how many of this voice, slice and score there are then. */
  add(hi: number, lo: number, time: number, value: number, more = 1): number {
    const at = this.#place(hi | 0, lo | 0, time, value)
    this.#words[at + 3] = (this.#words[at + 3] as number) + more * SCORE_VALUES
    return (this.#words[at + 3] as number) >> COUNT_BITS
  }

  /** Says how many answers of this voice, slice and score there are; returns by how much that is more than was known. */
  raise(hi: number, lo: number, time: number, value: number, n: number): number {
    const at = this.#place(hi | 0, lo | 0, time, value)
    const more = Math.max(0, n - ((this.#words[at + 3] as number) >> COUNT_BITS))
    this.#words[at + 3] = (this.#words[at + 3] as number) + more * SCORE_VALUES
    return more
  }

  has(hi: number, lo: number): boolean {
    for (let at = 0; at < this.#size * ENTRY; at += ENTRY) if (this.#isOf(at, hi | 0, lo | 0)) return true
    return false
  }

  /** Puts another hash in the place of one. Returns whether it was there. */
  replace(hi: number, lo: number, byHi: number, byLo: number): boolean {
    if (!this.has(hi, lo)) return false
    const held = this.#words.slice(0, this.#size * ENTRY)
    this.#size = 0
    for (let at = 0; at < held.length; at += ENTRY) {
      const isOf = held[at] === (hi | 0) && held[at + 1] === (lo | 0)
      const [ownHi, ownLo, time, packed] = held.subarray(at, at + ENTRY) as unknown as [number, number, number, number]
      this.add(isOf ? byHi : ownHi, isOf ? byLo : ownLo, time, packed & (SCORE_VALUES - 1), packed >> COUNT_BITS)
    }
    return true
  }

  merge(other: Answered): void {
    other.each((hi, lo, time, value, n) => this.add(hi, lo, time, value, n))
  }

  each(visit: (hi: number, lo: number, time: number, value: number, n: number) => void): void {
    this.#eachFrom(0, visit)
  }

  /**
   * Those that are remembered: whole slices, newest first, as far as they hold at most ANSWERED_KEPT entries together;
   * of a slice that alone holds more, its first by order.
   */
  eachRemembered(visit: (hi: number, lo: number, time: number, value: number, n: number) => void): void {
    this.#eachFrom(this.#firstRemembered(), visit)
  }

  /** What was said at or after `since` (5 s slice index), of what is remembered. */
  heard(since: number): Heard {
    if (this.#size === 0) return SILENT
    let found = 0
    for (let at = this.#firstRemembered(); at < this.#size * ENTRY; at += ENTRY) {
      if ((this.#words[at + 2] as number) < since) continue
      const slot = this.#voice(at)
      if (voices[slot + 3] === 0) taken[found++] = slot
      const packed = this.#words[at + 3] as number
      const n = packed >> COUNT_BITS
      voices[slot + 2] = (voices[slot + 2] as number) + n * (SCORES[packed & (SCORE_VALUES - 1)] as number)
      voices[slot + 3] = (voices[slot + 3] as number) + n
    }
    return summed(found)
  }

  #eachFrom(first: number, visit: (hi: number, lo: number, time: number, value: number, n: number) => void): void {
    const words = this.#words
    for (let at = first; at < this.#size * ENTRY; at += ENTRY) {
      const packed = words[at + 3] as number
      const value = packed & (SCORE_VALUES - 1)
      visit(words[at] as number, words[at + 1] as number, words[at + 2] as number, value, packed >> COUNT_BITS)
    }
  }

  #firstRemembered(): number {
    if (this.#size < KEPT) return 0
    let at = (this.#size - KEPT) * ENTRY
    const lacking = this.#words[at + 2] as number
    const end = this.#size * ENTRY
    while (at < end && this.#words[at + 2] === lacking) at += ENTRY
    return at < end ? at : end - ANSWERED_KEPT * ENTRY
  }

  #isOf(at: number, hi: number, lo: number): boolean {
    return this.#words[at] === hi && this.#words[at + 1] === lo
  }

  /** The entry's place, made if need be with a count of 0. */
  #place(hi: number, lo: number, time: number, value: number): number {
    let low = 0
    let high = this.#size
    while (low < high) {
      const middle = (low + high) >>> 1
      if (this.#isBefore(middle * ENTRY, hi, lo, time, value)) low = middle + 1
      else high = middle
    }
    const at = low * ENTRY
    const words = this.#words
    const isKnown =
      low < this.#size &&
      this.#isOf(at, hi, lo) &&
      words[at + 2] === time &&
      ((words[at + 3] as number) & (SCORE_VALUES - 1)) === value
    if (isKnown) return at
    if (this.#size * ENTRY === words.length) return this.#makeRoom(hi, lo, time, value)
    words.copyWithin(at + ENTRY, at, this.#size * ENTRY)
    words[at] = hi
    words[at + 1] = lo
    words[at + 2] = time
    words[at + 3] = value
    this.#size++
    return at
  }

  #makeRoom(hi: number, lo: number, time: number, value: number): number {
    if (this.#size < KEPT + SLACK) {
      const grown = new Int32Array(Math.min(2 * this.#size, KEPT + SLACK) * ENTRY)
      grown.set(this.#words)
      this.#words = grown
    } else {
      this.#words.copyWithin(0, SLACK * ENTRY)
      this.#size -= SLACK
    }
    return this.#place(hi, lo, time, value)
  }

  #isBefore(at: number, hi: number, lo: number, time: number, value: number): boolean {
    const words = this.#words
    const byTime = (words[at + 2] as number) - time
    if (byTime !== 0) return byTime < 0
    const byHi = ((words[at] as number) >>> 0) - (hi >>> 0)
    if (byHi !== 0) return byHi < 0
    const byLo = ((words[at + 1] as number) >>> 0) - (lo >>> 0)
    if (byLo !== 0) return byLo < 0
    return ((words[at + 3] as number) & (SCORE_VALUES - 1)) < value
  }

  /** The slot of the voice of an entry. */
  #voice(at: number): number {
    const hi = this.#words[at] as number
    const lo = this.#words[at + 1] as number
    let slot = (lo * SLOT) & (voices.length - 1)
    while (voices[slot + 3] !== 0 && (voices[slot] !== hi || voices[slot + 1] !== lo)) {
      slot = (slot + SLOT) & (voices.length - 1)
    }
    voices[slot] = hi
    voices[slot + 1] = lo
    return slot
  }
}

/** Adds up the voices of the slots that are taken, and frees them. */
function summed(found: number): Heard {
  let [n, most, means, squares] = [0, 0, 0, 0]
  for (let i = 0; i < found; i++) {
    const slot = taken[i] as number
    const answers = voices[slot + 3] as number
    const mean = (voices[slot + 2] as number) / (SCORE_PARTS * answers)
    n += answers
    most = Math.max(most, answers)
    means += mean
    squares += mean * mean
    voices[slot + 2] = 0
    voices[slot + 3] = 0
  }
  return { n, voices: found, most, means, squares }
}
