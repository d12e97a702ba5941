import { SEQ_AHEAD, SEQ_WINDOW } from '@pulssi/protocol/client'
import { STREAMS_PER_VISITOR } from './limits.js'

const PAGE_BITS = 13
export const STREAM_PAGE_ROWS = 1 << PAGE_BITS
const PAGE_ROWS = STREAM_PAGE_ROWS
export const STREAM_ROW_WORDS = 8
const ROW_WORDS = STREAM_ROW_WORDS
export const HOLE_WORDS = SEQ_WINDOW / 32
/** `low`: lowest seq not seen. `high`: highest seen, −1 for none. `holes`: a window of bits, or −1. `last`: f64. */
export const StreamWord = { hi: 0, lo: 1, low: 2, high: 3, holes: 4, next: 5, last: 6 } as const
const S = StreamWord

export const SeqVerdict = { fresh: 0, duplicate: 1, tooFar: 2 } as const
export type SeqVerdict = (typeof SeqVerdict)[keyof typeof SeqVerdict]

/** What was seen of each stream: rows of 32 bytes, those of one visitor linked to each other. */
export class Streams {
  readonly words: Int32Array[] = []
  readonly times: Float64Array[] = []
  rows = 0
  /** Seqs below the highest of their stream that were never seen, over all streams ever. */
  lost = 0
  #free = -1
  holes = new Int32Array(64 * HOLE_WORDS)
  holeRows = 0
  #freeHoles = -1

  get sizeBytes(): number {
    return this.words.length * PAGE_ROWS * ROW_WORDS * 4 + this.holes.length * 4
  }

  /** Told of a row before anything in it may change: an image is being taken. */
  keeper: ((row: number) => void) | null = null

  page(row: number): Int32Array {
    if (this.keeper !== null) this.keeper(row)
    return this.words[row >>> PAGE_BITS]
  }

  at(row: number): number {
    return (row & (PAGE_ROWS - 1)) * ROW_WORDS
  }

  /** ms since 1970 of the last accepted or duplicate event. */
  last(row: number): number {
    return this.times[row >>> PAGE_BITS][(this.at(row) + S.last) >> 1]
  }

  heard(row: number, receivedAt: number): void {
    if (this.keeper !== null) this.keeper(row)
    const times = this.times[row >>> PAGE_BITS]
    const at = (this.at(row) + S.last) >> 1
    if (receivedAt > times[at]) times[at] = receivedAt
  }

  /** The stream in the list that starts at `first`, or −1. */
  find(first: number, hi: number, lo: number): number {
    for (let row = first; row >= 0; ) {
      const words = this.page(row)
      const at = this.at(row)
      if (words[at + S.lo] === lo && words[at + S.hi] === hi) return row
      row = words[at + S.next]
    }
    return -1
  }

  /** A new stream in front of the list that starts at `first`. `since`: ms, until it has an accepted event. */
  add(first: number, hi: number, lo: number, since: number): number {
    const row = this.#claim()
    const words = this.page(row)
    const at = this.at(row)
    words[at + S.hi] = hi
    words[at + S.lo] = lo
    words[at + S.next] = first
    words[at + S.holes] = -1
    this.restart(row, since)
    return row
  }

  /** Forgets what was seen. */
  restart(row: number, since: number): void {
    const words = this.page(row)
    const at = this.at(row)
    this.#releaseHoles(words, at)
    words[at + S.low] = 0
    words[at + S.high] = -1
    this.times[row >>> PAGE_BITS][(at + S.last) >> 1] = since
  }

  /** Takes streams out of a list that were last heard before `before`, or are too many; returns its new first. */
  prune(first: number, before: number): number {
    let kept = -1
    let count = 0
    let head = -1
    for (let row = first; row >= 0; ) {
      const words = this.page(row)
      const at = this.at(row)
      const next = words[at + S.next]
      if (this.last(row) < before || ++count > STREAMS_PER_VISITOR) {
        this.#release(row, words, at)
      } else {
        if (kept < 0) head = row
        else this.page(kept)[this.at(kept) + S.next] = row
        words[at + S.next] = -1
        kept = row
      }
      row = next
    }
    return head
  }

  /** Frees all streams of a list. */
  drop(first: number): void {
    for (let row = first; row >= 0; ) {
      const words = this.page(row)
      const at = this.at(row)
      const next = words[at + S.next]
      this.#release(row, words, at)
      row = next
    }
  }

  tooFar(row: number, seq: number): boolean {
    return seq > this.page(row)[this.at(row) + S.low] + SEQ_AHEAD
  }

  /** Marks a seq as seen. */
  mark(row: number, seq: number): SeqVerdict {
    const words = this.page(row)
    const at = this.at(row)
    const low = words[at + S.low]
    if (seq < low) return SeqVerdict.duplicate
    if (seq > low + SEQ_AHEAD) return SeqVerdict.tooFar
    if (seq === low) {
      if (words[at + S.holes] < 0) {
        words[at + S.low] = seq + 1
        words[at + S.high] = seq
        return SeqVerdict.fresh
      }
      this.lost--
      this.#advance(words, at, seq + 1)
      return SeqVerdict.fresh
    }
    return this.#markAbove(words, at, seq)
  }

  #markAbove(words: Int32Array, at: number, seq: number): SeqVerdict {
    let block = words[at + S.holes]
    if (block < 0) {
      block = this.#claimHoles()
      words[at + S.holes] = block
    }
    if (seq > words[at + S.low] + SEQ_WINDOW) {
      this.#slide(words, at, seq - SEQ_WINDOW)
      if (words[at + S.low] === seq) {
        words[at + S.low] = seq + 1
        words[at + S.high] = seq
        this.#releaseHoles(words, at)
        return SeqVerdict.fresh
      }
    }
    const word = block * HOLE_WORDS + ((seq >> 5) & (HOLE_WORDS - 1))
    const bit = 1 << (seq & 31)
    if ((this.holes[word] & bit) !== 0) return SeqVerdict.duplicate
    this.holes[word] |= bit
    const high = words[at + S.high]
    if (seq > high) {
      this.lost += seq - high - 1
      words[at + S.high] = seq
    } else {
      this.lost--
    }
    return SeqVerdict.fresh
  }

  /**
   * Moves `low` up to `least`, or on to the first seq from there that was not seen. Bits stand at seq modulo 256, so
   * that of `low` itself, which is never set, serves low + 256.
   */
  #slide(words: Int32Array, at: number, least: number): void {
    const block = words[at + S.holes] * HOLE_WORDS
    const low = words[at + S.low]
    if (least - low > SEQ_WINDOW) this.holes.fill(0, block, block + HOLE_WORDS)
    else for (let seq = low + 1; seq < least; seq++) this.#clear(block, seq)
    this.#advance(words, at, least, true)
  }

  /** Sets `low` to the first unseen seq from `from` on. `keep`: the window is needed even if nothing is in it. */
  #advance(words: Int32Array, at: number, from: number, keep = false): void {
    const block = words[at + S.holes] * HOLE_WORDS
    let low = from
    while (this.#has(block, low)) {
      this.#clear(block, low)
      low++
    }
    words[at + S.low] = low
    if (low > words[at + S.high] && !keep) this.#releaseHoles(words, at)
  }

  #has(block: number, seq: number): boolean {
    return (this.holes[block + ((seq >> 5) & (HOLE_WORDS - 1))] & (1 << (seq & 31))) !== 0
  }

  #clear(block: number, seq: number): void {
    this.holes[block + ((seq >> 5) & (HOLE_WORDS - 1))] &= ~(1 << (seq & 31))
  }

  /** Seqs above `low` that were seen. */
  seenAbove(row: number): number[] {
    const words = this.page(row)
    const at = this.at(row)
    const seen: number[] = []
    if (words[at + S.holes] < 0) return seen
    for (let seq = words[at + S.low] + 1; seq <= words[at + S.high]; seq++) {
      if (this.#has(words[at + S.holes] * HOLE_WORDS, seq)) seen.push(seq)
    }
    return seen
  }

  /** Makes pages for `rows` rows (an image is read back into them). */
  extend(rows: number): void {
    while (this.words.length * PAGE_ROWS < rows) {
      const page = new ArrayBuffer(PAGE_ROWS * ROW_WORDS * 4)
      this.words.push(new Int32Array(page))
      this.times.push(new Float64Array(page))
    }
    this.rows = rows
  }

  /** Links the free rows and hole windows anew, after an image was read back. `used`: windows in use. */
  relink(used: Uint8Array): void {
    this.#free = -1
    for (let row = 0; row < this.rows; row++) {
      const words = this.page(row)
      if (words[this.at(row) + S.low] !== -1) continue
      words[this.at(row) + S.next] = this.#free
      this.#free = row
    }
    this.#freeHoles = -1
    for (let block = 0; block < this.holeRows; block++) {
      if (used[block] === 1) continue
      this.holes[block * HOLE_WORDS] = this.#freeHoles
      this.#freeHoles = block
    }
  }

  #claim(): number {
    const free = this.#free
    if (free >= 0) {
      this.#free = this.page(free)[this.at(free) + S.next]
      return free
    }
    const rows = this.rows
    this.extend(rows + 1)
    return rows
  }

  /** Frees a row, and overwrites what was known. */
  #release(row: number, words: Int32Array, at: number): void {
    this.#releaseHoles(words, at)
    words.fill(0, at, at + ROW_WORDS)
    words[at + S.next] = this.#free
    words[at + S.low] = -1
    this.#free = row
  }

  #claimHoles(): number {
    let block = this.#freeHoles
    if (block >= 0) {
      this.#freeHoles = this.holes[block * HOLE_WORDS]
    } else {
      block = this.holeRows++
      if (this.holeRows * HOLE_WORDS > this.holes.length) {
        const grown = new Int32Array(this.holes.length * 2)
        grown.set(this.holes)
        this.holes = grown
      }
    }
    this.holes.fill(0, block * HOLE_WORDS, (block + 1) * HOLE_WORDS)
    return block
  }

  #releaseHoles(words: Int32Array, at: number): void {
    const block = words[at + S.holes]
    if (block < 0) return
    this.holes[block * HOLE_WORDS] = this.#freeHoles
    this.#freeHoles = block
    words[at + S.holes] = -1
  }
}
