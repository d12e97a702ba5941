/** Stretches of history that are shown, and how they are asked for. Times are the server's, never the browser's. */
import type { HistoryStep } from '@pulssi/protocol/client'
import type { Parameters } from '../api.js'

export const RANGES = ['day', 'week', 'quarter'] as const
export type RangeName = (typeof RANGES)[number]

interface Range {
  readonly step: HistoryStep
  readonly days: number
  /** How often it is read anew. */
  readonly everyMs: number
}

const MINUTE_MS = 60_000
const DAY_MS = 1_440 * MINUTE_MS

export const RANGE: Readonly<Record<RangeName, Range>> = {
  day: { step: 'quarter', days: 1, everyMs: MINUTE_MS },
  week: { step: 'hour', days: 7, everyMs: 5 * MINUTE_MS },
  quarter: { step: 'day', days: 90, everyMs: 15 * MINUTE_MS },
}

/** Four whole weeks, so that each weekday is there as often; about half a megabyte when every hour has a row. */
export const HEAT_RANGE: Range = { step: 'hour', days: 28, everyMs: 15 * MINUTE_MS }

/** `clock` is the server's, ms since 1970. */
export const historyParameters = (
  touchpoint: string,
  { step, days }: Range,
  clock: number,
  zone: string,
): Parameters => {
  const to = Math.floor(clock)
  return { touchpoint, step, zone, from: to - days * DAY_MS, to }
}

/** The browser's time zone; UTC where it doesn't say. */
export const browserZone = (): string => Intl.DateTimeFormat().resolvedOptions().timeZone || 'UTC'

/** `2026-11-22` in a zone. */
const dateIn = (zone: string, at: number): string =>
  new Intl.DateTimeFormat('sv-SE', { timeZone: zone, dateStyle: 'short' }).format(at)

/** Of a downloaded file; a roll-up's name loses its `~`, which some shells read as a home folder. */
export const fileNameOf = (touchpoint: string, step: HistoryStep, zone: string, from: number, to: number): string => {
  const name = touchpoint.replace(/[^a-z0-9_.-]/g, '')
  return `pulssi-${name}-${step}-${dateIn(zone, from)}-${dateIn(zone, to)}.csv`
}
