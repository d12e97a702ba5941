import { Leaving } from './leaving.js'
import { CELL_KEYS, Cell, SLICE_COUNT, SLICE_MS, SLICE_SPAN, SUCCESSORS } from './limits.js'
import { firstFrom, Spans } from './spans.js'

/** Where the slices of each size begin among a page's spans; the last span is `total`. */
export const RING_START = [0, SLICE_COUNT[0], SLICE_COUNT[0] + SLICE_COUNT[1]] as const
export const TOTAL_SPAN = SLICE_COUNT[0] + SLICE_COUNT[1] + SLICE_COUNT[2]
const SPANS = TOTAL_SPAN + 1
/** Slots of the table of what is not booked yet, per touchpoint; three quarters of them are filled at most. */
const PENDING_SLOTS = 128
const PENDING_MOST = 96
const PENDING_MASK = PENDING_SLOTS - 1
const FIRST_PAGES = 16
/** Index of the size of slice that is kept longest, and how many 5 s slices one of it spans. */
const QUARTER = 2
const QUARTER_SPAN = SLICE_SPAN[QUARTER]
const quarterOf = (at: number): number => Math.floor(at / QUARTER_SPAN)

/** Counts of one touchpoint: a ring of slices of each size, the total, and what is not yet booked. */
export class Page {
  /** Index (time / size) of the slice that stands at each place of the rings. */
  readonly index = new Int32Array(SPANS)
  readonly offset = new Int32Array(SPANS)
  readonly length = new Uint16Array(SPANS)
  /** Visits open now. */
  active = 0
  /** Bit per channel seen in events. */
  channels = 0
  listed = false
  successors = 0
  dirty = false
  readonly changed = new Uint8Array(SPANS)
}

/**
 * All counts of all touchpoints in slices. A count lands in a small table for the touchpoint's newest 5 s slice and is
 * booked from there into the slices of every size and the total: when time moves on, or when somebody looks. Other
 * slices are booked at once.
 */
export class Ledger {
  readonly pages: Page[] = []
  readonly spans = new Spans()
  /** Touchpoints with changes since `changes` was last emptied. */
  readonly dirty: number[] = []
  /** Index of the 5 s slice of the clock. */
  now = 0
  /** Per touchpoint a small open-addressing table of the 5 s slice `#pendingAt`; a key of 0 is free, else key + 1. */
  #pendingKeys = new Uint16Array(FIRST_PAGES * PENDING_SLOTS)
  #pendingCounts = new Int32Array(FIRST_PAGES * PENDING_SLOTS)
  #pendingUsed = new Uint8Array(FIRST_PAGES)
  #pendingAt = new Int32Array(FIRST_PAGES)
  readonly #keys = new Uint16Array(CELL_KEYS)
  readonly #counts = new Int32Array(CELL_KEYS)

  /** Told of a touchpoint before anything of it may change: an image is being taken. */
  keeper: ((touchpoint: number) => void) | null = null
  /** Told of every 15 min slice once nothing can be counted in it any more, before its place is given away. */
  departing: ((touchpoint: number, quarter: number) => void) | null = null
  readonly #leaving = new Leaving()

  page(touchpoint: number): Page {
    while (this.pages.length <= touchpoint) this.pages.push(new Page())
    if (touchpoint >= this.#pendingAt.length) this.#grow(touchpoint + 1)
    return this.pages[touchpoint] as Page
  }

  /** The clock comes to a later 5 s slice. */
  moveTo(now: number): void {
    if (now === this.now) return
    const from = quarterOf(this.now)
    const to = quarterOf(now)
    if (to > from) this.#leaving.move(from, to, (touchpoint, quarter) => this.#depart(touchpoint, quarter))
    this.now = now
  }

  /** Takes up pages that were set, at the 5 s slice of the clock. */
  resume(now: number): void {
    this.now = now
    const oldest = quarterOf(now) - SLICE_COUNT[QUARTER]
    this.pages.forEach((page, touchpoint) => {
      for (let place = RING_START[QUARTER]; place < TOTAL_SPAN; place++) {
        if (page.length[place] > 0 && page.index[place] > oldest) this.#leaving.put(touchpoint, page.index[place])
      }
    })
  }

  touch(touchpoint: number, page: Page): void {
    if (page.dirty) return
    page.dirty = true
    this.dirty.push(touchpoint)
  }

  /** `at`: index of the 5 s slice. */
  add(touchpoint: number, at: number, key: number, delta: number): void {
    if (this.keeper !== null) this.keeper(touchpoint)
    const page = this.pages[touchpoint] as Page
    if (!page.dirty) this.touch(touchpoint, page)
    if (this.#pendingAt[touchpoint] !== at) {
      if (this.#pendingUsed[touchpoint] > 0 && at < this.#pendingAt[touchpoint]) {
        this.#keys[0] = key
        this.#counts[0] = delta
        this.#book(touchpoint, page, at, 1)
        return
      }
      this.flush(touchpoint)
      this.#pendingAt[touchpoint] = at
      this.#place(touchpoint, page, QUARTER, quarterOf(at))
    }
    const slot = this.#slot(touchpoint, key)
    this.#pendingCounts[slot] += delta
    if (this.#pendingKeys[slot] !== 0) return
    this.#pendingKeys[slot] = key + 1
    if (++this.#pendingUsed[touchpoint] === PENDING_MOST) this.flush(touchpoint)
  }

  /** Counts in `total` only. */
  addTotal(touchpoint: number, key: number, delta: number): void {
    if (this.keeper !== null) this.keeper(touchpoint)
    const page = this.pages[touchpoint] as Page
    this.touch(touchpoint, page)
    this.#keys[0] = key
    this.#counts[0] = delta
    this.#merge(page, TOTAL_SPAN, 1)
  }

  /** The cell of the transition from one touchpoint to another, within the bound on successors. */
  transition(from: number, to: number, other: () => number): number {
    const key = Cell.transition + to
    const page = this.pages[from] as Page
    if (this.#pendingKeys[this.#slot(from, key)] !== 0 || this.#counted(page, key)) return key
    if (page.successors >= SUCCESSORS) return Cell.transition + other()
    if (this.keeper !== null) this.keeper(from)
    page.successors++
    return key
  }

  /** Books what is pending. Changes where a count stands, not what is counted. */
  flush(touchpoint: number): void {
    if (this.#pendingUsed[touchpoint] === 0) return
    const first = touchpoint * PENDING_SLOTS
    let n = 0
    for (let slot = first; slot < first + PENDING_SLOTS; slot++) {
      if (this.#pendingKeys[slot] !== 0) this.#keys[n++] = this.#pendingKeys[slot] - 1
    }
    if (n > 1) this.#keys.subarray(0, n).sort()
    for (let i = 0; i < n; i++) this.#counts[i] = this.#pendingCounts[this.#slot(touchpoint, this.#keys[i])]
    this.#pendingKeys.fill(0, first, first + PENDING_SLOTS)
    this.#pendingCounts.fill(0, first, first + PENDING_SLOTS)
    this.#pendingUsed[touchpoint] = 0
    this.#book(touchpoint, this.pages[touchpoint] as Page, this.#pendingAt[touchpoint], n)
  }

  flushAll(): void {
    for (let touchpoint = 0; touchpoint < this.pages.length; touchpoint++) this.flush(touchpoint)
  }

  /** Sets a span to the given cells (a partial or an image says so). Whether that changed anything. */
  set(page: Page, place: number, index: number, keys: Uint16Array, counts: Int32Array, n: number): boolean {
    const isSame = this.spans.same(page.offset[place], page.length[place], keys, counts, n)
    if (isSame && page.index[place] === index) return false
    this.spans.release(page.offset[place], page.length[place])
    page.index[place] = index
    page.length[place] = 0
    if (n === 0) return true
    this.spans.merge(0, 0, keys, counts, n)
    page.offset[place] = this.spans.offset
    page.length[place] = this.spans.length
    return true
  }

  /** Adds the scratch cells to the slices of each size that are still kept, and to the total. */
  #book(touchpoint: number, page: Page, at: number, n: number): void {
    for (let size = 0; size < SLICE_MS.length; size++) {
      const place = this.#place(touchpoint, page, size, Math.floor(at / SLICE_SPAN[size]))
      if (place >= 0) this.#merge(page, place, n)
    }
    this.#merge(page, TOTAL_SPAN, n)
  }

  /** Where a slice stands among a page's spans, in place of an older one; −1: it is not kept any more. */
  #place(touchpoint: number, page: Page, size: number, index: number): number {
    const count = SLICE_COUNT[size]
    if (index <= Math.floor(this.now / SLICE_SPAN[size]) - count) return -1
    const place = RING_START[size] + (index % count)
    const held = page.index[place]
    if (held === index) return place
    if (held > index) return -1
    this.spans.release(page.offset[place], page.length[place])
    page.length[place] = 0
    page.index[place] = index
    if (size === QUARTER) this.#leaving.put(touchpoint, index)
    return place
  }

  #depart(touchpoint: number, quarter: number): void {
    if (quarterOf(this.#pendingAt[touchpoint]) === quarter) this.flush(touchpoint)
    const page = this.pages[touchpoint] as Page
    if (page.index[RING_START[QUARTER] + (quarter % SLICE_COUNT[QUARTER])] === quarter) {
      this.departing?.(touchpoint, quarter)
    }
  }

  #merge(page: Page, place: number, n: number): void {
    this.spans.merge(page.offset[place], page.length[place], this.#keys, this.#counts, n)
    page.offset[place] = this.spans.offset
    page.length[place] = this.spans.length
    page.changed[place] = 1
  }

  /** The pending slot of a key: its own, or the free one that it would take. */
  #slot(touchpoint: number, key: number): number {
    const keys = this.#pendingKeys
    const first = touchpoint * PENDING_SLOTS
    let slot = (key * 0x9e5) & PENDING_MASK
    for (let held = keys[first + slot]; held !== 0 && held !== key + 1; held = keys[first + slot]) {
      slot = (slot + 1) & PENDING_MASK
    }
    return first + slot
  }

  /** Whether the total has a cell. */
  #counted(page: Page, key: number): boolean {
    const length = page.length[TOTAL_SPAN]
    if (length === 0) return false
    const keys = this.spans.keys(page.offset[TOTAL_SPAN])
    const first = page.offset[TOTAL_SPAN] & 0xffff
    const at = firstFrom(keys, first, first + length, key)
    return at < first + length && keys[at] === key
  }

  #grow(touchpoints: number): void {
    const room = Math.max(touchpoints, this.#pendingAt.length * 2)
    const keys = new Uint16Array(room * PENDING_SLOTS)
    const counts = new Int32Array(room * PENDING_SLOTS)
    const used = new Uint8Array(room)
    const at = new Int32Array(room)
    keys.set(this.#pendingKeys)
    counts.set(this.#pendingCounts)
    used.set(this.#pendingUsed)
    at.set(this.#pendingAt)
    this.#pendingKeys = keys
    this.#pendingCounts = counts
    this.#pendingUsed = used
    this.#pendingAt = at
  }
}
