/** Rows of history as they might come: made from counts, so that every figure in a row agrees with every other. */
import { type HistoryRow, SCALE_LEVELS, SCALES, type Scale } from '@pulssi/protocol/client'
import fc from 'fast-check'

export interface Counts {
  readonly progressed: number
  readonly dropped: number
  readonly troubled: number
  readonly answers: Partial<Record<Scale, number[]>>
}

const rate = (x: number, n: number) => ({
  rate: n === 0 ? null : x / n,
  low: n === 0 ? null : 0,
  high: n === 0 ? null : 1,
  n,
})

export const rowOf = (from: number, to: number, { progressed, dropped, troubled, answers }: Counts): HistoryRow => {
  const entered = progressed + dropped
  const scales = Object.fromEntries(
    Object.entries(answers).map(([scale, levels]) => [scale, { levels, n: levels.reduce((a, b) => a + b, 0) }]),
  )
  const n = Object.values(scales).reduce((sum, figures) => sum + figures.n, 0)
  const known = n === 0 ? null : 0
  return {
    touchpoint: 'checkout.payment',
    from,
    to,
    visits: {
      entered,
      views: 0,
      completed: 0,
      progressed,
      switched: 0,
      dropped,
      unseen: 0,
      recovered: 0,
      troubled: Math.min(troubled, entered),
    },
    dropOff: rate(dropped, entered),
    sentiment: { score: known, low: known, high: known, n, scales },
    friction: { ...rate(Math.min(troubled, entered), entered), signals: {} },
    dwellMs: { p50: null, p90: null, p99: null },
    pulse: null,
    asks: { shown: 0, dismissed: 0, answered: 0, expired: 0, rate: null, saved: 0 },
  }
}

const count = fc.integer({ min: 0, max: 40 })
const answers = fc
  .record(
    Object.fromEntries(
      SCALES.map(scale => {
        const length = SCALE_LEVELS[scale].count
        return [scale, fc.array(count, { minLength: length, maxLength: length })]
      }),
    ),
    { requiredKeys: [] },
  )
  .map(record => record as Partial<Record<Scale, number[]>>)
const counts: fc.Arbitrary<Counts> = fc.record({ progressed: count, dropped: count, troubled: count, answers })

export const HOUR_MS = 3_600_000

/** Hourly rows in the order of time, with holes. */
export const hourlyRows = (start: number, hours: number): fc.Arbitrary<HistoryRow[]> =>
  fc
    .uniqueArray(fc.tuple(fc.integer({ min: 0, max: hours - 1 }), counts), {
      selector: ([hour]) => hour,
      maxLength: 60,
    })
    .map(rows =>
      rows
        .sort(([a], [b]) => a - b)
        .map(([hour, made]) => rowOf(start + hour * HOUR_MS, start + (hour + 1) * HOUR_MS, made)),
    )
