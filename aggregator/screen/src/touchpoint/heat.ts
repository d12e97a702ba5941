import type { HistoryRow, Scale } from '@pulssi/protocol/client'
import { type Figure, NOTHING, type Reading } from './figures.js'
import { rateInterval, scoreInterval } from './interval.js'
import { answeredOf, scoreOf } from './levels.js'

export const WEEKDAYS = [0, 1, 2, 3, 4, 5, 6] as const
export const HOURS = 24

/** Visits or answers; a pulse asks for as many distinct visitors, whom history doesn't know. */
const FEW = 5

/** `few`: less than FEW stand behind it. `unsure`: enough do, but the interval is too wide to be believed. */
export type Belief = 'sure' | 'unsure' | 'few'

/** What one hour of a weekday (0 is Monday) holds. */
export interface HeatCell extends Reading {
  readonly weekday: number
  readonly hour: number
  readonly belief: Belief
}

interface Sum {
  value: number
  squares: number
  n: number
}

/** What a row adds to its cell: the value over n is the figure; of visits, the value is. */
const addend = ({ visits, dropOff, sentiment }: HistoryRow, figure: Figure): Sum => {
  switch (figure) {
    case 'dropOff':
      return { value: visits.dropped, squares: 0, n: dropOff.n }
    case 'friction':
      return { value: visits.troubled, squares: 0, n: visits.entered }
    case 'visits':
      return { value: visits.entered, squares: 0, n: visits.entered }
    case 'sentiment': {
      const sum = { value: 0, squares: 0, n: 0 }
      for (const [scale, { levels }] of answeredOf(sentiment.scales)) addLevels(sum, scale, levels)
      return sum
    }
    default:
      return figure satisfies never
  }
}

const addLevels = (sum: Sum, scale: Scale, levels: readonly number[]): void => {
  for (const [at, count] of levels.entries()) {
    const score = scoreOf(scale, at)
    sum.value += count * score
    sum.squares += count * score * score
    sum.n += count
  }
}

const figureOf = ({ value, squares, n }: Sum, figure: Figure): Reading & { belief: Belief } => {
  if (n === 0) return { ...NOTHING, belief: 'few' }
  const isFew = n < FEW
  if (figure === 'visits') return { value, low: null, high: null, n, belief: isFew ? 'few' : 'sure' }
  const { low, high, sure } = figure === 'sentiment' ? scoreInterval(value, squares, n) : rateInterval(value, n)
  return { value: value / n, low, high, n, belief: isFew ? 'few' : sure ? 'sure' : 'unsure' }
}

const DAY_NAMES = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun']

/** Weekday and hour at which a time falls in a zone. */
export const hourIn = (zone: string): ((at: number) => { weekday: number; hour: number }) => {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    weekday: 'short',
    hour: '2-digit',
    hourCycle: 'h23',
  })
  return at => {
    const parts = format.formatToParts(at)
    const part = (type: string): string => parts.find(each => each.type === type)?.value ?? ''
    return { weekday: DAY_NAMES.indexOf(part('weekday')), hour: Number(part('hour')) }
  }
}

/** Hourly rows of one touchpoint, by weekday and hour of the zone: seven rows of 24 cells, Monday first. */
export const heatOf = (rows: readonly HistoryRow[], zone: string, figure: Figure): HeatCell[][] => {
  const placeOf = hourIn(zone)
  const sums: Sum[] = Array.from({ length: WEEKDAYS.length * HOURS }, () => ({ value: 0, squares: 0, n: 0 }))
  for (const row of rows) {
    const { weekday, hour } = placeOf(row.from)
    const sum = sums[weekday * HOURS + hour]
    if (sum === undefined) continue
    const { value, squares, n } = addend(row, figure)
    sum.value += value
    sum.squares += squares
    sum.n += n
  }
  return WEEKDAYS.map(weekday =>
    sums
      .slice(weekday * HOURS, (weekday + 1) * HOURS)
      .map((sum, hour) => ({ weekday, hour, ...figureOf(sum, figure) })),
  )
}
