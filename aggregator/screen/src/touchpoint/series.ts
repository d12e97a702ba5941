import type { HistoryRow } from '@pulssi/protocol/client'
import { type Figure, NOTHING, type Reading, readingOf } from './figures.js'

/** A step of time with what was read in it, or a stretch without any: `from` inclusive, `to` exclusive. */
export interface Point extends Reading {
  readonly from: number
  readonly to: number
}

/**
 * The rows of one touchpoint in the order of time, with one empty point for each stretch in which nothing was counted.
 * Steps are taken from the rows themselves: a day may have 23 or 25 hours.
 */
export const seriesOf = (rows: readonly HistoryRow[], figure: Figure, from: number, to: number): Point[] => {
  const points: Point[] = []
  let end = from
  for (const row of rows) {
    if (row.from > end) points.push({ from: end, to: row.from, ...NOTHING })
    points.push({ from: row.from, to: row.to, ...readingOf(row, figure) })
    end = row.to
  }
  if (to > end) points.push({ from: end, to, ...NOTHING })
  return points
}

/** As the chart wants them, by point: middle of the step in seconds, low, high, n, value; the last is drawn on top. */
export const columnsOf = (
  points: readonly Point[],
): [number[], (number | null)[], (number | null)[], (number | null)[], (number | null)[]] => [
  points.map(({ from, to }) => (from + to) / 2_000),
  points.map(({ low }) => low),
  points.map(({ high }) => high),
  points.map(({ n }) => (n === 0 ? null : n)),
  points.map(({ value }) => value),
]

/** Places of the values that have none beside them: a line would not show them. */
export const lonelyOf = (values: readonly (number | null | undefined)[]): number[] =>
  values.flatMap((value, at) => (value != null && values[at - 1] == null && values[at + 1] == null ? [at] : []))

/** Where a reader of the values begins: at the last one known, else at the end. */
export const lastKnown = (points: readonly Point[]): number => {
  const found = points.findLastIndex(({ value }) => value !== null)
  return found < 0 ? points.length - 1 : found
}

/** Where a key leads from one point to another; null: the key is none of ours. */
export const moved = (key: string, at: number, count: number): number | null => {
  const last = count - 1
  const page = Math.max(1, Math.round(count / 10))
  switch (key) {
    case 'ArrowLeft':
    case 'ArrowDown':
      return Math.max(0, at - 1)
    case 'ArrowRight':
    case 'ArrowUp':
      return Math.min(last, at + 1)
    case 'PageDown':
      return Math.max(0, at - page)
    case 'PageUp':
      return Math.min(last, at + page)
    case 'Home':
      return 0
    case 'End':
      return last
    default:
      return null
  }
}
