import { eachCount } from './cells.js'
import { type Interval, wilson } from './figures.js'
import { Cell, NUDGE_CELLS, NudgeCell } from './limits.js'
import type { Spot } from './spot.js'
import type { Spots } from './spots.js'
import type { Range } from './windows.js'

/** Visits with a known outcome, how many of them were dropped, and the share with Wilson's 95 % interval. */
export interface Left {
  readonly n: number
  readonly dropped: number
  readonly rate: number | null
  readonly low: number | null
  readonly high: number | null
}

/** What a nudge did at a touchpoint. `effect`: rate of the nudged less that of the others, with its 95 % interval. */
export interface Nudged {
  readonly nudged: Left
  readonly control: Left
  readonly effect: { readonly difference: number | null; readonly low: number | null; readonly high: number | null }
}

const left = (dropped: number, n: number): Left =>
  n === 0 ? { n, dropped, rate: null, low: null, high: null } : { n, dropped, rate: dropped / n, ...wilson(dropped, n) }

/**
 * Interval of the difference of two shares, x out of n less y out of m, both n and m over 0.
 * Newcombe, Interval estimation for the difference between independent proportions (1998), method 10.
 */
export function newcombe(x: number, n: number, y: number, m: number): Interval {
  const p = x / n
  const q = y / m
  const a = wilson(x, n)
  const b = wilson(y, m)
  return {
    low: p - q - Math.hypot(p - a.low, b.high - q),
    high: p - q + Math.hypot(a.high - p, q - b.low),
  }
}

/** From NUDGE_CELLS counts. */
export function nudgedOf(counts: ArrayLike<number>): Nudged {
  const of = (cell: number): number => counts[cell] as number
  const nudged = left(of(NudgeCell.nudgedDropped), of(NudgeCell.nudged))
  const control = left(of(NudgeCell.controlDropped), of(NudgeCell.control))
  if (nudged.rate === null || control.rate === null) {
    return { nudged, control, effect: { difference: null, low: null, high: null } }
  }
  const interval = newcombe(nudged.dropped, nudged.n, control.dropped, control.n)
  return { nudged, control, effect: { difference: nudged.rate - control.rate, ...interval } }
}

/** Of one touchpoint over all partitions. */
export function nudgesAt(spots: Spots, spot: Spot, range: Range | null): Nudged {
  const sums = new Int32Array(NUDGE_CELLS)
  eachCount(spots, spot, range, Cell.nudged, Cell.nudged + NUDGE_CELLS, (key, n) => {
    sums[key - Cell.nudged] = (sums[key - Cell.nudged] as number) + n
  })
  return nudgedOf(sums)
}
