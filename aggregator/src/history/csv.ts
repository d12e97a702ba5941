import type { HistoryRow } from '@pulssi/protocol/client'
import type { Zone } from './zone.js'

type Value = string | number | null

/** Columns of a history row in CSV. Times in UTC; `local` is where the step begins in the zone that was asked for. */
const COLUMNS: Readonly<Record<string, (row: HistoryRow, zone: Zone) => Value>> = {
  touchpoint: row => row.touchpoint,
  from: row => new Date(row.from).toISOString(),
  to: row => new Date(row.to).toISOString(),
  local: (row, zone) => `${zone.at(row.from).date} ${zone.at(row.from).time}`,
  entered: row => row.visits.entered,
  views: row => row.visits.views,
  completed: row => row.visits.completed,
  progressed: row => row.visits.progressed,
  switched: row => row.visits.switched,
  dropped: row => row.visits.dropped,
  unseen: row => row.visits.unseen,
  recovered: row => row.visits.recovered,
  troubled: row => row.visits.troubled,
  dropOffRate: row => row.dropOff.rate,
  dropOffLow: row => row.dropOff.low,
  dropOffHigh: row => row.dropOff.high,
  dropOffN: row => row.dropOff.n,
  sentimentScore: row => row.sentiment.score,
  sentimentLow: row => row.sentiment.low,
  sentimentHigh: row => row.sentiment.high,
  sentimentN: row => row.sentiment.n,
  frictionRate: row => row.friction.rate,
  frictionLow: row => row.friction.low,
  frictionHigh: row => row.friction.high,
  frictionN: row => row.friction.n,
  signals: row =>
    Object.entries(row.friction.signals)
      .map(([name, n]) => `${name} ${n}`)
      .join('; '),
  dwellP50Ms: row => row.dwellMs.p50,
  dwellP90Ms: row => row.dwellMs.p90,
  dwellP99Ms: row => row.dwellMs.p99,
  pulse: row => row.pulse,
  asksShown: row => row.asks.shown,
  asksDismissed: row => row.asks.dismissed,
  asksAnswered: row => row.asks.answered,
  asksExpired: row => row.asks.expired,
  responseRate: row => row.asks.rate,
  asksSaved: row => row.asks.saved,
}

/** A spreadsheet takes a text that begins so for a formula. */
const FORMULA = /^[=+\-@\t\r]/
const QUOTED = /[",\r\n]/
const LINE_END = '\r\n'

/** A value as RFC 4180 has it. A text that a spreadsheet would compute gets an apostrophe before it. */
export const csvCell = (value: Value): string => {
  if (value === null) return ''
  if (typeof value === 'number') return String(value)
  const text = FORMULA.test(value) ? `'${value}` : value
  return QUOTED.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

/** The header, then a line for each row. */
export function* historyCsv(rows: Iterable<HistoryRow>, zone: Zone): Generator<string> {
  const columns = Object.values(COLUMNS)
  yield Object.keys(COLUMNS).join(',') + LINE_END
  for (const row of rows) yield columns.map(column => csvCell(column(row, zone))).join(',') + LINE_END
}
