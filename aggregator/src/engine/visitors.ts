import { TRAIL_ENTRIES } from './limits.js'

const PAGE_BITS = 12
export const PAGE_ROWS = 1 << PAGE_BITS
const FIRST_SLOTS = 1024

/** State of a visitor's visit. After an outcome that the clock decided the visit stays, as it may be taken back. */
export const VisitState = { none: 0, open: 1, dropped: 2, unseen: 3, completed: 4 } as const
export type VisitState = (typeof VisitState)[keyof typeof VisitState]

/** Fields of a row in 64-bit words: ms since 1970. */
export const Time = { visitor: 0, entered: 1, active: 2, deadline: 3 } as const
/** Fields of a row in 32-bit words. `visit`: touchpoint | channel << 16 | state << 24. */
export const Word = {
  hi: 8,
  lo: 9,
  visit: 10,
  /** Time of the visit by the visitor's clock − the entering event's own time, ms. */
  enterLag: 11,
  /** Second at which the wheel holds the visitor; −1: nowhere. */
  queued: 12,
  streams: 13,
  /** Flag | trail length << 8 | (1 + last signal of the visit, 0: none) << 16 | (1 + reason stated, 0: none) << 24 */
  flags: 14,
  trailTimes: 16,
  /** Two touchpoints a word. */
  trailPlaces: 16 + TRAIL_ENTRIES,
} as const
export const ROW_WORDS = Word.trailPlaces + TRAIL_ENTRIES / 2
const ROW_TIMES = ROW_WORDS / 2

/**
 * `known`: there is more of the visitor among the people. Of the visit: `nudged` and `control`, on which side of a
 * nudge's trial it is; `stayed`: it was long enough, and was asked for that or not.
 */
export const Flag = { page: 1, troubled: 2, known: 4, nudged: 8, control: 16, stayed: 32 } as const
export const TRAIL_SHIFT = 8
export const TRAIL_BITS = 0xff << TRAIL_SHIFT
export const SIGNAL_SHIFT = 16
export const SIGNAL_BITS = 0xff << SIGNAL_SHIFT
export const REASON_SHIFT = 24
export const REASON_BITS = 0xff << REASON_SHIFT
/** What begins anew with each visit. */
export const VISIT_FLAGS =
  Flag.page | Flag.troubled | Flag.nudged | Flag.control | Flag.stayed | SIGNAL_BITS | REASON_BITS

/**
 * One row of 160 bytes a visitor in pages of 4,096, found by the 64-bit hash of its id: no object, no string. Rows
 * don't move, so a row's number is good until the visitor is forgotten.
 */
export class Visitors {
  readonly words: Int32Array[] = []
  readonly times: Float64Array[] = []
  /** Rows handed out so far, forgotten ones included. */
  rows = 0
  count = 0
  #free = -1
  /** Open addressing, two words a slot: the row, −1 for none, and the low word of its hash. */
  #slots = new Int32Array(FIRST_SLOTS * 2).fill(-1)

  get sizeBytes(): number {
    return this.words.length * PAGE_ROWS * ROW_WORDS * 4 + this.#slots.length * 4
  }

  /** Told of a row before anything in it may change: an image is being taken. */
  keeper: ((row: number) => void) | null = null

  page(row: number): Int32Array {
    if (this.keeper !== null) this.keeper(row)
    return this.words[row >>> PAGE_BITS]
  }

  pageTimes(row: number): Float64Array {
    return this.times[row >>> PAGE_BITS]
  }

  /** Where a row's 32-bit words begin in its page. */
  at(row: number): number {
    return (row & (PAGE_ROWS - 1)) * ROW_WORDS
  }

  /** Where its 64-bit words begin. */
  timesAt(row: number): number {
    return (row & (PAGE_ROWS - 1)) * ROW_TIMES
  }

  /** −1 if unknown. */
  find(hi: number, lo: number): number {
    const slots = this.#slots
    const mask = slots.length - 1
    for (let slot = (lo * 2) & mask; ; slot = (slot + 2) & mask) {
      const row = slots[slot]
      if (row < 0) return -1
      if (slots[slot + 1] === lo && this.page(row)[this.at(row) + Word.hi] === hi) return row
    }
  }

  add(hi: number, lo: number): number {
    if ((this.count + 1) * 4 > this.#slots.length) this.#grow()
    const row = this.#claim()
    const words = this.page(row)
    const at = this.at(row)
    words.fill(0, at, at + ROW_WORDS)
    words[at + Word.hi] = hi
    words[at + Word.lo] = lo
    words[at + Word.queued] = -1
    words[at + Word.streams] = -1
    this.index(row)
    return row
  }

  /** Puts a filled row into the index (also when an image is read back). */
  index(row: number): void {
    const lo = this.page(row)[this.at(row) + Word.lo]
    if ((this.count + 1) * 4 > this.#slots.length) this.#grow()
    this.#put(row, lo)
    this.count++
  }

  /** Forgets a visitor, and overwrites what was known of it. */
  remove(row: number): void {
    const words = this.page(row)
    const at = this.at(row)
    const slots = this.#slots
    const mask = slots.length - 1
    let hole = (words[at + Word.lo] * 2) & mask
    while (slots[hole] !== row) hole = (hole + 2) & mask
    // Close the gap: whoever stands behind it and may move up, moves up.
    for (let slot = (hole + 2) & mask; slots[slot] >= 0; slot = (slot + 2) & mask) {
      const home = (slots[slot + 1] * 2) & mask
      if (((slot - home) & mask) < ((slot - hole) & mask)) continue
      slots[hole] = slots[slot]
      slots[hole + 1] = slots[slot + 1]
      hole = slot
    }
    slots[hole] = -1
    this.count--
    words.fill(0, at, at + ROW_WORDS)
    this.release(row)
  }

  /** Gives a row back that is in no index. A free row has queued = −2 and the next free one in `streams`. */
  release(row: number): void {
    const words = this.page(row)
    const at = this.at(row)
    words[at + Word.queued] = -2
    words[at + Word.streams] = this.#free
    this.#free = row
  }

  isFree(row: number): boolean {
    return this.page(row)[this.at(row) + Word.queued] === -2
  }

  /** Makes pages for `rows` rows (an image is read back into them). */
  extend(rows: number): void {
    while (this.words.length * PAGE_ROWS < rows) {
      const page = new ArrayBuffer(PAGE_ROWS * ROW_WORDS * 4)
      this.words.push(new Int32Array(page))
      this.times.push(new Float64Array(page))
    }
    this.rows = rows
    while (rows * 4 > this.#slots.length) this.#grow()
  }

  #claim(): number {
    const free = this.#free
    if (free >= 0) {
      this.#free = this.page(free)[this.at(free) + Word.streams]
      return free
    }
    if (this.rows === this.words.length * PAGE_ROWS) {
      const page = new ArrayBuffer(PAGE_ROWS * ROW_WORDS * 4)
      this.words.push(new Int32Array(page))
      this.times.push(new Float64Array(page))
    }
    return this.rows++
  }

  #put(row: number, lo: number): void {
    const slots = this.#slots
    const mask = slots.length - 1
    let slot = (lo * 2) & mask
    while (slots[slot] >= 0) slot = (slot + 2) & mask
    slots[slot] = row
    slots[slot + 1] = lo
  }

  #grow(): void {
    const slots = this.#slots
    this.#slots = new Int32Array(slots.length * 2).fill(-1)
    for (let slot = 0; slot < slots.length; slot += 2) if (slots[slot] >= 0) this.#put(slots[slot], slots[slot + 1])
  }
}
