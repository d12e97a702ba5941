import { type HistoryRow, SCALES } from '@pulssi/protocol/client'
import type { ByteReader, ByteWriter } from './bytes.js'
import { pulseOf, round6, round6OrNull, scaleFigures, score, type Weights, wilson } from './figures.js'
import { ANSWER_STRIDE, ASK_CELLS, CELL_KEYS, Cell, DWELL_BUCKETS } from './limits.js'
import { askFigures } from './pulse.js'
import { dwellMs } from './visits.js'

/**
 * Cells as they stand in stored history. Files keep these numbers for long, so that they never change, whatever becomes
 * of the engine's own: a new cell takes a number that is free.
 */
export const Kept = { recovered: 15, answer: 16, asks: 112, dwell: 128 } as const
/** A counter's place here is its number in stored history. */
const COUNTERS = [
  Cell.entered,
  Cell.views,
  Cell.completed,
  Cell.progressed,
  Cell.switched,
  Cell.dropped,
  Cell.unseen,
  Cell.troubled,
] as const
const NONE = -1
const BUCKETS_STEP = 64

if (
  COUNTERS.length > Kept.recovered ||
  Kept.asks + ASK_CELLS > Kept.dwell ||
  Kept.answer + SCALES.length * ANSWER_STRIDE > Kept.asks
) {
  throw new RangeError('kept cells overlap')
}

/** Number in stored history of a cell below the signals or among the dwell times; −1: it isn't stored. */
function keptKey(key: number): number {
  if (key >= Cell.dwell) return key < Cell.dwell + DWELL_BUCKETS ? Kept.dwell + key - Cell.dwell : NONE
  if (key >= Cell.nudged) return NONE
  if (key >= Cell.asks) return Kept.asks + key - Cell.asks
  if (key >= Cell.answer) return Kept.answer + key - Cell.answer
  if (key >= Cell.recovered) return Kept.recovered
  return COUNTERS.indexOf(key as (typeof COUNTERS)[number])
}

const cellKeys = new Uint16Array(CELL_KEYS)
const cellCounts = new Float64Array(CELL_KEYS)

/** Writes a slice's cells as a Tally that holds nothing else would. Returns false, and writes nothing, where all are 0. */
export function writeSlice(
  out: ByteWriter,
  keys: Uint16Array,
  counts: Int32Array,
  first: number,
  length: number,
  names: readonly string[],
): boolean {
  let cells = 0
  const signals: [name: string, n: number][] = []
  for (let i = first; i < first + length && keys[i] < Cell.asked; i++) {
    const n = counts[i]
    if (n === 0) continue
    if (isSignal(keys[i])) {
      signals.push([names[keys[i] - Cell.signal], n])
      continue
    }
    const key = keptKey(keys[i])
    if (key === NONE) continue
    // Recoveries by channel stand one behind the other, and are one cell here.
    if (cells > 0 && cellKeys[cells - 1] === key) cells--
    else cellCounts[cells] = 0
    cellKeys[cells] = key
    cellCounts[cells++] += n
  }
  if (cells + signals.length === 0) return false
  out.varint(cells)
  for (let i = 0; i < cells; i++) writeCell(out, cellKeys[i], cellCounts[i])
  writeSignals(out, signals)
  return true
}

const isSignal = (key: number): boolean => key >= Cell.signal && key < Cell.exit

function writeSignals(out: ByteWriter, signals: [name: string, n: number][]): void {
  out.varint(signals.length)
  for (const [name, n] of signals.sort(([a], [b]) => (a < b ? -1 : 1))) {
    out.text(name)
    out.zigzag(n)
  }
}

/**
 * What a touchpoint or roll-up counted in some stretch of time, without anything that names a person: in bytes
 * `cells:varint (key:varint count:zigzag)* signals:varint (name:text count:zigzag)*`, zeros left out, keys rising.
 */
export class Tally {
  /** Counters, recoveries, answers and asks, by their numbers in stored history. */
  readonly #counts = new Float64Array(Kept.dwell)
  #dwell = new Float64Array(0)
  readonly #signals = new Map<string, number>()

  /** Adds a slice's cells, as a ledger's spans hold them. */
  addSpan(keys: Uint16Array, counts: Int32Array, first: number, length: number, signals: readonly string[]): void {
    for (let i = first; i < first + length; i++) {
      const key = keys[i] as number
      if (key >= Cell.asked) return
      if (isSignal(key)) this.#signal(signals[key - Cell.signal] as string, counts[i] as number)
      else this.#add(keptKey(key), counts[i] as number)
    }
  }

  /** Adds what `write` wrote. */
  read(input: ByteReader): void {
    for (let left = input.varint(); left > 0; left--) this.#add(input.varint(), input.zigzag())
    for (let left = input.varint(); left > 0; left--) this.#signal(input.text(), input.zigzag())
  }

  get isEmpty(): boolean {
    const isZero = (n: number): boolean => n === 0
    return this.#counts.every(isZero) && this.#dwell.every(isZero) && [...this.#signals.values()].every(isZero)
  }

  write(out: ByteWriter): void {
    out.varint(filled(this.#counts) + filled(this.#dwell))
    this.#counts.forEach((n, key) => {
      if (n !== 0) writeCell(out, key, n)
    })
    this.#dwell.forEach((n, bucket) => {
      if (n !== 0) writeCell(out, Kept.dwell + bucket, n)
    })
    writeSignals(out, this.#named())
  }

  /** The figures of a history row (N31, N34, N35). */
  figures(weights: Weights): Omit<HistoryRow, 'touchpoint' | 'from' | 'to'> {
    const of = (cell: (typeof COUNTERS)[number]): number => this.#counts[COUNTERS.indexOf(cell)] as number
    const answers = this.#counts.subarray(Kept.answer, Kept.asks)
    const scored = score(answers, ANSWER_STRIDE)
    const [entered, dropped, troubled] = [of(Cell.entered), of(Cell.dropped), of(Cell.troubled)]
    const [completed, progressed, switched] = [of(Cell.completed), of(Cell.progressed), of(Cell.switched)]
    const resolved = dropped + progressed + switched + completed
    return {
      visits: {
        entered,
        views: of(Cell.views),
        completed,
        progressed,
        switched,
        dropped,
        unseen: of(Cell.unseen),
        recovered: this.#counts[Kept.recovered] as number,
        troubled,
      },
      dropOff: rate(dropped, resolved),
      sentiment: {
        score: round6OrNull(scored.score),
        low: round6OrNull(scored.low),
        high: round6OrNull(scored.high),
        n: scored.n,
        scales: scaleFigures(answers, ANSWER_STRIDE),
      },
      friction: { ...rate(troubled, entered), signals: Object.fromEntries(this.#named()) },
      dwellMs: { p50: this.#dwellMs(50), p90: this.#dwellMs(90), p99: this.#dwellMs(99) },
      pulse: pulseOf(
        scored.score,
        resolved > 0 ? dropped / resolved : null,
        entered > 0 ? troubled / entered : null,
        weights,
      ),
      asks: askFigures(cell => this.#counts[Kept.asks + cell] as number),
    }
  }

  #add(key: number, n: number): void {
    if (key === NONE) return
    if (key < Kept.dwell) {
      this.#counts[key] = (this.#counts[key] as number) + n
      return
    }
    const bucket = key - Kept.dwell
    if (bucket >= this.#dwell.length) this.#grow(bucket)
    this.#dwell[bucket] = (this.#dwell[bucket] as number) + n
  }

  #grow(bucket: number): void {
    const grown = new Float64Array(Math.ceil((bucket + 1) / BUCKETS_STEP) * BUCKETS_STEP)
    grown.set(this.#dwell)
    this.#dwell = grown
  }

  #signal(name: string, n: number): void {
    this.#signals.set(name, (this.#signals.get(name) ?? 0) + n)
  }

  #named(): [string, number][] {
    return [...this.#signals].filter(([, n]) => n !== 0).sort(([a], [b]) => (a < b ? -1 : 1))
  }

  #dwellMs(p: number): number | null {
    const n = this.#dwell.reduce((sum, count) => sum + count, 0)
    let left = Math.ceil((p * n) / 100)
    if (n === 0) return null
    for (let bucket = 0; bucket < this.#dwell.length; bucket++) {
      left -= this.#dwell[bucket] as number
      if (left <= 0) return dwellMs(bucket)
    }
    return null
  }
}

function filled(counts: Float64Array): number {
  let n = 0
  for (const count of counts) if (count !== 0) n++
  return n
}

function writeCell(out: ByteWriter, key: number, n: number): void {
  out.varint(key)
  out.zigzag(n)
}

function rate(x: number, n: number): HistoryRow['dropOff'] {
  if (n <= 0) return { rate: null, low: null, high: null, n }
  const { low, high } = wilson(x, n)
  return { rate: round6(x / n), low: round6(low), high: round6(high), n }
}
