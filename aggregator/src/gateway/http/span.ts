import type { HistoryStep } from '@pulssi/protocol'
import { beginBefore, dateBegin, HISTORY_DAYS, type Zone, zoneOf } from '../../history/index.js'
import { badRequest } from './answer.js'

const DAY_MS = 86_400_000
const MS = /^\d{1,15}$/
const DATE = /^\d{4}-\d\d-\d\d$/
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,3})?)?(Z|[+-]\d\d:\d\d)$/
const DEFAULT_ZONE = 'UTC'
/** Steps of an answer where `from` is left out: 24 h, 7 days, 13 weeks. */
const STEPS: Readonly<Record<HistoryStep, number>> = { quarter: 96, hour: 24, day: 7, week: 13 }
/** Nothing the engine takes is older. */
const EARLIEST_MS = Date.UTC(2000, 0, 1)
const LATEST_MS = Date.UTC(9999, 0, 1)

/** ms since 1970, both. */
export interface Span {
  readonly from: number
  readonly to: number
}

/** Throws HttpError 400. */
export const zoneNamed = (query: URLSearchParams): Zone => {
  const zone = zoneOf(query.get('zone') ?? DEFAULT_ZONE)
  if (zone === null) throw badRequest('zone is the IANA name of a time zone, such as Europe/Helsinki')
  return zone
}

const instant = (query: URLSearchParams, name: string, zone: Zone): number | null => {
  const text = query.get(name)
  if (text === null) return null
  const ms = MS.test(text)
    ? Number(text)
    : DATE.test(text)
      ? dateBegin(zone, text)
      : TIME.test(text)
        ? Date.parse(text)
        : NaN
  if (ms !== null && ms >= EARLIEST_MS && ms < LATEST_MS) return ms
  throw badRequest(`${name} is ms since 1970, a date (2026-01-31), or a time with its offset (2026-01-31T09:00Z)`)
}

/** What `from` and `to` say, or the steps up to the clock. Throws HttpError 400. */
export const spanOf = (query: URLSearchParams, step: HistoryStep, zone: Zone, clock: number): Span => {
  const to = instant(query, 'to', zone) ?? clock + 1
  const from = instant(query, 'from', zone) ?? beginBefore(step, zone, to, STEPS[step])
  if (from >= to) throw badRequest('from lies before to')
  if (to - from > (HISTORY_DAYS + 1) * DAY_MS) throw badRequest(`from and to lie at most ${HISTORY_DAYS} days apart`)
  return { from, to }
}
