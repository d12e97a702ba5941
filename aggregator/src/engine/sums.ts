import { SCALES } from '@pulssi/protocol/client'
import { score } from './figures.js'
import type { Page } from './ledger.js'
import { ANSWER_STRIDE, ASK_CELLS, ASKED_CELLS, Cell, COUNTERS, DWELL_BUCKETS } from './limits.js'
import type { Mirror } from './mirror.js'
import { eachSpan, type Range } from './windows.js'

const ANSWERS = SCALES.length * ANSWER_STRIDE

/** Dense buckets to add up in; the sums keep the filled ones only. */
const buckets = new Int32Array(DWELL_BUCKETS)

/** What a touchpoint or roll-up counts in one window, over all partitions. */
export class Sums {
  readonly counters = new Int32Array(COUNTERS)
  readonly answers = new Int32Array(ANSWERS)
  /** By AskCell. */
  readonly asks = new Int32Array(ASK_CELLS)
  readonly signals = new Map<string, number>()
  recovered = 0
  active = 0
  dwellBuckets = new Uint16Array(0)
  dwellCounts = new Int32Array(0)
  #asked: Int32Array | null = null

  /** Answers that were asked for, as they lie from Cell.asked on; null: none. */
  get asked(): Int32Array | null {
    return this.#asked
  }

  /** Adds a partition's page. Call `close` after the last. */
  addPage(mirror: Mirror, page: Page, range: Range | null): void {
    this.active += page.active
    eachSpan(page, range, place => {
      const offset = page.offset[place] as number
      const keys = mirror.ledger.spans.keys(offset)
      const counts = mirror.ledger.spans.counts(offset)
      const first = offset & 0xffff
      const end = first + (page.length[place] as number)
      for (let i = first; i < end; i++) {
        const key = keys[i] as number
        if (key >= Cell.reason) break
        this.#add(mirror, key, counts[i] as number)
      }
    })
  }

  addSums(other: Sums): void {
    this.active += other.active
    this.recovered += other.recovered
    for (let i = 0; i < COUNTERS; i++) this.counters[i] = (this.counters[i] as number) + (other.counters[i] as number)
    for (let i = 0; i < ANSWERS; i++) this.answers[i] = (this.answers[i] as number) + (other.answers[i] as number)
    for (let i = 0; i < ASK_CELLS; i++) this.asks[i] = (this.asks[i] as number) + (other.asks[i] as number)
    other.#asked?.forEach((n, i) => {
      this.#addAsked(i, n)
    })
    for (const [name, n] of other.signals) this.signals.set(name, (this.signals.get(name) ?? 0) + n)
    for (let i = 0; i < other.dwellBuckets.length; i++) {
      const bucket = other.dwellBuckets[i] as number
      buckets[bucket] = (buckets[bucket] as number) + (other.dwellCounts[i] as number)
    }
  }

  close(): void {
    let n = 0
    for (let i = 0; i < DWELL_BUCKETS; i++) if (buckets[i] !== 0) n++
    this.dwellBuckets = new Uint16Array(n)
    this.dwellCounts = new Int32Array(n)
    n = 0
    for (let i = 0; i < DWELL_BUCKETS; i++) {
      if (buckets[i] === 0) continue
      this.dwellBuckets[n] = i
      this.dwellCounts[n++] = buckets[i] as number
    }
    buckets.fill(0)
  }

  /** Bucket that holds rank ⌈p·n/100⌉, or null without dwell times. */
  dwellBucket(p: number): number | null {
    const n = this.dwellCounts.reduce((sum, count) => sum + count, 0)
    if (n === 0) return null
    let left = Math.ceil((p * n) / 100)
    for (let i = 0; i < this.dwellCounts.length; i++) {
      left -= this.dwellCounts[i] as number
      if (left <= 0) return this.dwellBuckets[i] as number
    }
    return null
  }

  #add(mirror: Mirror, key: number, count: number): void {
    if (key < COUNTERS) this.counters[key] = (this.counters[key] as number) + count
    else if (key >= Cell.asked) this.#addAsked(key - Cell.asked, count)
    else if (key >= Cell.dwell) buckets[key - Cell.dwell] = (buckets[key - Cell.dwell] as number) + count
    else if (key >= Cell.exit) return
    else if (key < Cell.answer) this.recovered += count
    else if (key < Cell.asks) this.answers[key - Cell.answer] = (this.answers[key - Cell.answer] as number) + count
    else if (key < Cell.nudged) this.asks[key - Cell.asks] = (this.asks[key - Cell.asks] as number) + count
    else if (key >= Cell.signal) {
      const name = mirror.names.signals[key - Cell.signal] as string
      this.signals.set(name, (this.signals.get(name) ?? 0) + count)
    }
  }

  #addAsked(cell: number, count: number): void {
    this.#asked ??= new Int32Array(ASKED_CELLS)
    this.#asked[cell] = (this.#asked[cell] as number) + count
  }
}

/** x and n of the three figures that have a baseline. */
export interface BaselineSums {
  dropped: number
  resolved: number
  troubled: number
  entered: number
  /** In thirtieths, see SCORE_PARTS. */
  score: number
  answers: number
}

export const noBaseline = (): BaselineSums => ({
  dropped: 0,
  resolved: 0,
  troubled: 0,
  entered: 0,
  score: 0,
  answers: 0,
})

export function baselineSums(sums: Sums): BaselineSums {
  const of = (cell: number): number => sums.counters[cell] as number
  const scored = score(sums.answers, ANSWER_STRIDE)
  const dropped = of(Cell.dropped)
  return {
    dropped,
    resolved: dropped + of(Cell.progressed) + of(Cell.switched) + of(Cell.completed),
    troubled: of(Cell.troubled),
    entered: of(Cell.entered),
    score: scored.sum,
    answers: scored.n,
  }
}

export function addBaseline(into: BaselineSums, other: BaselineSums): void {
  into.dropped += other.dropped
  into.resolved += other.resolved
  into.troubled += other.troubled
  into.entered += other.entered
  into.score += other.score
  into.answers += other.answers
}

export const sameBaseline = (a: BaselineSums, b: BaselineSums): boolean =>
  (Object.keys(a) as (keyof BaselineSums)[]).every(name => a[name] === b[name])
