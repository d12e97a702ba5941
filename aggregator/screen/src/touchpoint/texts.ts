/** Values and times of the opened touchpoint as its language writes them. */
import type { HistoryStep } from '@pulssi/protocol/client'
import type { Format } from '../format.js'
import type { Figure, Reading } from './figures.js'
import type { TouchpointWords } from './words.js'

export const valueText = (format: Format, figure: Figure, value: number): string =>
  figure === 'visits' ? format.count(value) : format.figure(figure, value)

const MANY = 10_000

/** A number with so many digits behind the point; never a minus before zero. */
export const fixed = (language: string, value: number, digits: number): string =>
  new Intl.NumberFormat(language, {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
    signDisplay: 'negative',
  })
    .format(value)
    .replace('-', '−')

/** As short as a cell of the heat table needs it: whole percent, a tenth of a score. */
export const shortText = (language: string, figure: Figure, value: number): string => {
  switch (figure) {
    case 'dropOff':
    case 'friction':
      return fixed(language, value * 100, 0)
    case 'sentiment':
      return fixed(language, value, 1)
    case 'visits':
      return new Intl.NumberFormat(language, value < MANY ? {} : { notation: 'compact' }).format(value)
    default:
      return figure satisfies never
  }
}

/** A mark of the value axis. */
export const axisText = (language: string, figure: Figure, value: number): string => {
  const text = shortText(language, figure, value)
  return figure === 'dropOff' || figure === 'friction' ? `${text}\u00a0%` : text
}

/** Value, interval and n in one line. */
export const readingText = (words: TouchpointWords, format: Format, figure: Figure, reading: Reading): string => {
  const { value, low, high, n } = reading
  if (value === null) return words.nothingCounted
  const text = `${words.figures[figure]} ${valueText(format, figure, value)}`
  if (low === null || high === null) return text
  const interval = words.between(valueText(format, figure, low), valueText(format, figure, high))
  return `${text} (${interval}) · ${words.count} ${format.count(n)}`
}

type Span = (from: number, to: number) => string

/** A step's time, as exact as the step is; a stretch of several steps begins and ends as they do. */
export const spanOf = (language: string, step: HistoryStep, zone: string): Span => {
  const day = { weekday: 'short', day: 'numeric', month: 'short', timeZone: zone } as const
  if (step === 'quarter' || step === 'hour') {
    const format = new Intl.DateTimeFormat(language, { ...day, hour: '2-digit', minute: '2-digit', hourCycle: 'h23' })
    return (from, to) => format.formatRange(from, to)
  }
  const format = new Intl.DateTimeFormat(language, { ...day, year: 'numeric' })
  // The last day of a stretch is the one that ends with it.
  return (from, to) => format.formatRange(from, Math.max(from, to - 1))
}

const DAY_SECONDS = 86_400

/** Marks of the time axis: days where they are days apart, else hours, with the day at midnight. In seconds. */
export const ticksOf = (language: string, zone: string): ((seconds: number[], apart: number) => string[]) => {
  const day = new Intl.DateTimeFormat(language, { day: 'numeric', month: 'numeric', timeZone: zone })
  const time = new Intl.DateTimeFormat(language, {
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
    timeZone: zone,
  })
  return (seconds, apart) =>
    seconds.map(second => {
      const at = second * 1_000
      const text = time.format(at)
      return apart >= DAY_SECONDS || /^00\D00$/.test(text) ? day.format(at) : text
    })
}
