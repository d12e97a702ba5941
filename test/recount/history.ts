import type { HistoryRow, HistoryStep } from '@pulssi/protocol/client'
import { dropOffSum, frictionSum, NO_ASKS, percentile, pulseNumber, rate, scoreSum, sentiment } from './figures.js'
import type { Recount } from './recount.js'
import { Tally } from './tally.js'

const QUARTER = 900_000
const HOUR = 3_600_000
const DAY = 24 * HOUR
/** A sum of floats this close below a half is the half. */
const TIE = 1e-9

/** A row by the name of its step: the local date and hour, the date, or that of Monday. */
export type NamedRow = Omit<HistoryRow, 'from' | 'to'>

const localDates = new Map<string, Intl.DateTimeFormat>()

/** `2026-03-29` */
const localDate = (zone: string, ms: number): string => {
  const format = localDates.get(zone) ?? new Intl.DateTimeFormat('sv-SE', { timeZone: zone, dateStyle: 'short' })
  localDates.set(zone, format)
  return format.format(ms)
}

/** N38: names the step in which something counts, by the UTC hour in which it was. */
export const stepName = (step: HistoryStep, zone: string, ms: number): string => {
  const hour = Math.floor(ms / HOUR) * HOUR
  if (step === 'quarter') return new Date(Math.floor(ms / QUARTER) * QUARTER).toISOString()
  if (step === 'hour') return new Date(hour).toISOString()
  const date = localDate(zone, hour)
  if (step === 'day') return date
  const midnight = Date.parse(`${date}T00:00Z`)
  const sinceMonday = (new Date(midnight).getUTCDay() + 6) % 7
  return new Date(midnight - sinceMonday * DAY).toISOString().slice(0, 10)
}

/** Every row of a touchpoint or roll-up, by the name of its step. */
export const historyOf = (recount: Recount, name: string, step: HistoryStep, zone: string): Map<string, NamedRow> => {
  const tallies = new Map<string, Tally>()
  for (const touchpoint of name.startsWith('~') ? recount.membersOf(name) : [name]) {
    for (const fact of recount.facts(touchpoint)) {
      if (!['count', 'dwell', 'answer', 'signal'].includes(fact.what)) continue
      const key = stepName(step, zone, fact.time)
      const tally = tallies.get(key) ?? new Tally()
      tallies.set(key, tally)
      tally.add(fact)
    }
  }
  return new Map([...tallies].map(([key, tally]) => [key, rowOf(recount, name, tally)]))
}

const rowOf = ({ map }: Recount, touchpoint: string, tally: Tally): NamedRow => {
  const dwell = tally.dwellMs.sort((a, b) => a - b)
  const answered = sentiment(tally, null)
  const dropOff = rate(dropOffSum(tally), 0, null)
  const friction = rate(frictionSum(tally), 0, null)
  const pulse = pulseNumber(scoreSum(tally), dropOffSum(tally), frictionSum(tally), map.config.weights)
  return {
    touchpoint,
    visits: { ...tally.counters },
    dropOff: { rate: dropOff.rate, low: dropOff.low, high: dropOff.high, n: dropOff.n },
    sentiment: {
      score: answered.score,
      low: answered.low,
      high: answered.high,
      n: answered.n,
      scales: answered.scales,
    },
    friction: {
      rate: friction.rate,
      low: friction.low,
      high: friction.high,
      n: friction.n,
      signals: Object.fromEntries([...tally.signals].sort(([a], [b]) => (a < b ? -1 : 1))),
    },
    dwellMs: { p50: percentile(dwell, 50), p90: percentile(dwell, 90), p99: percentile(dwell, 99) },
    pulse: pulse === null ? null : Math.floor(pulse + 0.5 + TIE),
    asks: NO_ASKS,
  }
}
