import type { Window } from '@pulssi/protocol/client'
import { type Page, RING_START, TOTAL_SPAN } from './ledger.js'
import { HOUR_MS, SLICE_COUNT, SLICE_MS, SLICE_SPAN } from './limits.js'

/** `size`: index into SLICE_MS; `slices`: how many of them the window holds. */
type Shape = { size: number; slices: number }

const SHAPES: Record<Exclude<Window, 'total'>, Shape> = {
  '1m': { size: 0, slices: 12 },
  '5m': { size: 0, slices: 60 },
  '15m': { size: 1, slices: 15 },
  '1h': { size: 1, slices: 60 },
  '24h': { size: 2, slices: 96 },
}
const BASELINE: Shape = { size: 2, slices: 96 }
const BASELINE_SIZE_MS = SLICE_MS[2]
/** The oldest slice that a baseline needs must still be kept. */
if ((BASELINE.slices + 1) * BASELINE_SIZE_MS + HOUR_MS > SLICE_COUNT[2] * BASELINE_SIZE_MS) {
  throw new RangeError('15 min slices are kept for the longest baseline')
}

/** Slices by size and index, first and last included. `total` has none. */
export interface Range {
  size: number
  first: number
  last: number
}

/** The slices that start in (clock − window, clock]. */
export function rangeOf(window: Window, clock: number): Range | null {
  if (window === 'total') return null
  const { size, slices } = SHAPES[window]
  const last = Math.floor(clock / (SLICE_MS[size] as number))
  return { size, first: last - slices + 1, last }
}

/** The 15 min slices that start in (clock − window − 24 h, clock − window]; null where there is no baseline. */
export function baselineOf(window: Window, clock: number): Range | null {
  if (window === 'total' || window === '24h') return null
  const { size, slices } = SHAPES[window]
  const last = Math.floor((clock - slices * (SLICE_MS[size] as number)) / BASELINE_SIZE_MS)
  return { size: BASELINE.size, first: last - BASELINE.slices + 1, last }
}

/**
 * How far a range has moved, as far as that matters: once all that was counted by `countedBy` (ms since 1970) is behind
 * it, it stays empty.
 */
export const movesOf = (range: Range | null, countedBy: number): number => {
  if (range === null) return 0
  const { size, first, last } = range
  return Math.min(last, Math.floor(countedBy / (SLICE_MS[size] as number)) + last - first + 1)
}

/** First 5 s slice of a range, for crowds. */
export const sinceOf = (range: Range | null): number =>
  range === null ? 1 : range.first * (SLICE_SPAN[range.size] as number)

/** The places of a page's non-empty spans in a range. */
export function eachSpan(page: Page, range: Range | null, visit: (place: number) => void): void {
  if (range === null) {
    if ((page.length[TOTAL_SPAN] as number) > 0) visit(TOTAL_SPAN)
    return
  }
  const start = RING_START[range.size] as number
  const count = SLICE_COUNT[range.size] as number
  for (let index = Math.max(range.first, 0); index <= range.last; index++) {
    const place = start + (index % count)
    if (page.index[place] === index && (page.length[place] as number) > 0) visit(place)
  }
}
