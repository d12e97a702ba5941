import type { HistoryStep } from '@pulssi/protocol/client'
import { QUARTER_MS } from '../engine/index.js'
import type { Zone } from './zone.js'

const HOUR_MS = 3_600_000
/** No local day is shorter. */
const SHORTEST_DAY_MS = 20 * HOUR_MS
const MONDAY = 1

/** Consecutive steps of time: where each begins, and where the last one ends. ms since 1970 */
export interface Steps {
  readonly begins: readonly number[]
  readonly end: number
}

const floorTo = (ms: number, unit: number): number => Math.floor(ms / unit) * unit

/**
 * Rows are of whole UTC hours, and an hour belongs to the local date on which it begins. So where a zone is not whole
 * hours from UTC, a day begins at the first UTC hour after local midnight.
 */
const dayBegin = (zone: Zone, ms: number): number => {
  let hour = floorTo(ms, HOUR_MS)
  const { date } = zone.at(hour)
  while (zone.at(hour - HOUR_MS).date === date) hour -= HOUR_MS
  return hour
}

const nextDay = (zone: Zone, begin: number): number => {
  const { date } = zone.at(begin)
  let hour = begin + SHORTEST_DAY_MS
  while (zone.at(hour).date === date) hour += HOUR_MS
  while (zone.at(hour - HOUR_MS).date !== date) hour -= HOUR_MS
  return hour
}

const isMonday = (zone: Zone, ms: number): boolean => new Date(`${zone.at(ms).date}T00:00:00Z`).getUTCDay() === MONDAY

const weekBegin = (zone: Zone, ms: number): number => {
  let day = dayBegin(zone, ms)
  while (!isMonday(zone, day)) day = dayBegin(zone, day - HOUR_MS)
  return day
}

const nextWeek = (zone: Zone, begin: number): number => {
  let day = nextDay(zone, begin)
  while (!isMonday(zone, day)) day = nextDay(zone, day)
  return day
}

/** Beginning of the step that holds an instant. */
export const beginOf = (step: HistoryStep, zone: Zone, ms: number): number => {
  switch (step) {
    case 'quarter':
      return floorTo(ms, QUARTER_MS)
    case 'hour':
      return floorTo(ms, HOUR_MS)
    case 'day':
      return dayBegin(zone, ms)
    case 'week':
      return weekBegin(zone, ms)
    default:
      return step satisfies never
  }
}

const nextOf = (step: HistoryStep, zone: Zone, begin: number): number => {
  switch (step) {
    case 'quarter':
      return begin + QUARTER_MS
    case 'hour':
      return begin + HOUR_MS
    case 'day':
      return nextDay(zone, begin)
    case 'week':
      return nextWeek(zone, begin)
    default:
      return step satisfies never
  }
}

/** All steps that hold an instant of [from, to), or none after the first `most` + 1. */
export const stepsOf = (step: HistoryStep, zone: Zone, from: number, to: number, most: number): Steps => {
  const begins: number[] = []
  let end = from < to ? beginOf(step, zone, from) : from
  while (end < to && begins.length <= most) {
    begins.push(end)
    end = nextOf(step, zone, end)
  }
  return { begins, end }
}

/** Beginning of the first of `count` steps, the last of which holds the instant before `to`. */
export const beginBefore = (step: HistoryStep, zone: Zone, to: number, count: number): number => {
  let begin = beginOf(step, zone, to - 1)
  for (let i = 1; i < count; i++) begin = beginOf(step, zone, begin - 1)
  return begin
}

/** First UTC hour of a local date (`YYYY-MM-DD`), or of the next one where the zone has no such day; null: no date. */
export const dateBegin = (zone: Zone, date: string): number | null => {
  const noon = Date.parse(`${date}T12:00:00Z`)
  if (Number.isNaN(noon) || new Date(noon).toISOString().slice(0, 10) !== date) return null
  let hour = noon - 30 * HOUR_MS
  while (zone.at(hour).date < date) hour += HOUR_MS
  return hour
}

/** Number of the step that holds an instant; −1: none does. */
export const stepAt = ({ begins, end }: Steps, ms: number): number => {
  if (ms >= end) return -1
  let low = 0
  let high = begins.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((begins[middle] as number) <= ms) low = middle + 1
    else high = middle
  }
  return low - 1
}
