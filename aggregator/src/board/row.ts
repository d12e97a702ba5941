import { ESTIMATORS, type Pulse, type PulseRow, SCALES, WINDOWS } from '@pulssi/protocol'

const scalesOf = (pulse: Pulse): number[] => {
  const flat: number[] = []
  for (const [index, scale] of SCALES.entries()) {
    const figures = pulse.sentiment.scales[scale]
    if (figures !== undefined) flat.push(index, ...figures.levels)
  }
  return flat
}

/** A pulse as the wire carries it. Its clock and age are the frame's. */
export const toRow = (pulse: Pulse): PulseRow => {
  const { visits, dropOff, sentiment, friction, dwellMs, asks } = pulse
  return [
    pulse.touchpoint,
    pulse.channel,
    pulse.stage,
    WINDOWS.indexOf(pulse.window),
    visits.entered,
    visits.views,
    visits.active,
    visits.completed,
    visits.progressed,
    visits.switched,
    visits.dropped,
    visits.unseen,
    visits.recovered,
    visits.troubled,
    dropOff.rate,
    dropOff.low,
    dropOff.high,
    dropOff.n,
    dropOff.believed,
    dropOff.baseline,
    sentiment.score,
    sentiment.low,
    sentiment.high,
    sentiment.n,
    sentiment.visitors,
    sentiment.believed,
    sentiment.baseline,
    scalesOf(pulse),
    friction.rate,
    friction.low,
    friction.high,
    friction.n,
    friction.believed,
    friction.baseline,
    Object.entries(friction.signals).flat(),
    dwellMs.p50,
    dwellMs.p90,
    dwellMs.p99,
    pulse.visitors,
    pulse.late,
    pulse.pulse,
    sentiment.corrected.score,
    sentiment.corrected.low,
    sentiment.corrected.high,
    ESTIMATORS.indexOf(sentiment.corrected.estimator),
    sentiment.concentration,
    asks.shown,
    asks.dismissed,
    asks.answered,
    asks.expired,
    asks.rate,
    asks.saved,
  ]
}

export const sameList = (a: readonly unknown[], b: readonly unknown[]): boolean =>
  a.length === b.length && a.every((value, i) => value === b[i])

/** Flat pairs, field index and new value, of what differs; empty: nothing. */
export const changesOf = (before: PulseRow, after: PulseRow): unknown[] => {
  const changes: unknown[] = []
  for (let field = 0; field < after.length; field++) {
    const old = before[field]
    const now = after[field]
    if (old === now) continue
    if (Array.isArray(old) && Array.isArray(now) && sameList(old, now)) continue
    changes.push(field, now)
  }
  return changes
}
