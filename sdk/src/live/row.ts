import { ESTIMATORS, type Pulse, type PulseRow, type Rate, WINDOWS } from '@pulssi/protocol/client'
import { scalesOf } from './scales.js'

type RateFields = readonly [
  rate: number | null,
  low: number | null,
  high: number | null,
  n: number,
  believed: boolean,
  baseline: number | null,
]
const rateOf = ([rate, low, high, n, believed, baseline]: RateFields): Rate => ({
  rate,
  low,
  high,
  n,
  believed,
  baseline,
})

const signalsOf = (flat: readonly (string | number)[]): Record<string, number> => {
  const pairs: [string, number][] = []
  for (let at = 0; at + 1 < flat.length; at += 2) pairs.push([String(flat[at]), Number(flat[at + 1])])
  return Object.fromEntries(pairs)
}

/** A row as the pulse that it stands for: the same object that `GET /v1/pulse` gives. */
export const pulseOf = (row: PulseRow, clock: number, ageMs: number): Pulse => {
  const [touchpoint, channel, stage, window, entered, views, active, completed, progressed, switched, dropped] = row
  const [unseen, recovered, troubled] = row.slice(11) as [number, number, number]
  const [score, low, high, n, visitors, believed, baseline, scales] = row.slice(20) as [
    ...fields: [number | null, number | null, number | null, number, number, boolean, number | null, number[]],
  ]
  const [p50, p90, p99, distinct, late, pulse] = row.slice(35) as [
    ...fields: [number | null, number | null, number | null, number, number, number | null],
  ]
  const [correctedScore, correctedLow, correctedHigh, estimator, concentration] = row.slice(41) as [
    ...fields: [number | null, number | null, number | null, number, number | null],
  ]
  const [shown, dismissed, answered, expired, rate, saved] = row.slice(46) as [
    ...fields: [number, number, number, number, number | null, number],
  ]
  const corrected = {
    score: correctedScore,
    low: correctedLow,
    high: correctedHigh,
    estimator: ESTIMATORS[estimator] ?? 'plain',
  }
  return {
    touchpoint,
    channel,
    stage,
    window: WINDOWS[window] ?? 'total',
    clock,
    ageMs,
    visits: { entered, views, active, completed, progressed, switched, dropped, unseen, recovered, troubled },
    dropOff: rateOf(row.slice(14) as unknown as RateFields),
    sentiment: {
      score,
      low,
      high,
      n,
      visitors,
      believed,
      baseline,
      scales: scalesOf(scales),
      corrected,
      concentration,
    },
    friction: { ...rateOf(row.slice(28) as unknown as RateFields), signals: signalsOf(row[34]) },
    dwellMs: { p50, p90, p99 },
    visitors: distinct,
    late,
    pulse,
    asks: { shown, dismissed, answered, expired, rate, saved },
  }
}
