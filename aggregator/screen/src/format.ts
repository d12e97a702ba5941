/** Numbers and times as the reader's language writes them. Times are the server's, in the reader's time zone. */
import type { FigureName } from './model/figure.js'
import type { Language } from './words/index.js'

export interface Format {
  /** A figure's value; a rate as percent, a score with its sign. */
  figure(name: FigureName, value: number): string
  /** How far a value lies from another one, with its sign: rates in percentage points. */
  difference(name: FigureName, value: number, from: number): string
  count(value: number): string
  /** ms since 1970 as hours, minutes and seconds. */
  time(at: number): string
  /** ms since 1970 as day and time. */
  moment(at: number): string
  /** A length of time in its greatest whole unit. */
  duration(ms: number): string
}

const SECOND_MS = 1_000
const MINUTE_MS = 60 * SECOND_MS
const HOUR_MS = 60 * MINUTE_MS
const DAY_MS = 24 * HOUR_MS
const UNITS = [
  ['day', DAY_MS],
  ['hour', HOUR_MS],
  ['minute', MINUTE_MS],
  ['second', SECOND_MS],
] as const

/** Percentage points. */
const POINTS: Readonly<Record<Language, string>> = { en: 'pp', fi: '%-yks.' }

const rateFormat = (language: Language): ((value: number) => string) => {
  const percent = new Intl.NumberFormat(language, { minimumFractionDigits: 1, maximumFractionDigits: 1 })
  return value => `${percent.format(value * 100)} %`
}

export const formatOf = (language: Language): Format => {
  const rate = rateFormat(language)
  const counts = new Intl.NumberFormat(language)
  const score = new Intl.NumberFormat(language, {
    minimumFractionDigits: 2,
    maximumFractionDigits: 2,
    signDisplay: 'negative',
  })
  const points = new Intl.NumberFormat(language, { maximumFractionDigits: 1, minimumFractionDigits: 1 })
  const times = new Intl.DateTimeFormat(language, {
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    hour12: false,
  })
  const moments = new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeStyle: 'short', hour12: false })
  const lengths = new Map(
    UNITS.map(([unit]) => [unit, new Intl.NumberFormat(language, { style: 'unit', unit, unitDisplay: 'short' })]),
  )
  const minus = (text: string): string => text.replace('-', '−')
  const signed = (value: number, text: string): string => (value > 0 ? `+${text}` : minus(text))
  return {
    figure: (name, value) => {
      if (name !== 'sentiment') return rate(value)
      const text = score.format(value)
      return signed(Math.abs(value) < 0.005 ? 0 : value, text)
    },
    difference: (name, value, from) => {
      const apart = value - from
      if (name === 'sentiment') return signed(apart, score.format(apart))
      return `${signed(apart, points.format(apart * 100))}\u00a0${POINTS[language]}`
    },
    count: value => counts.format(value),
    time: at => times.format(at),
    moment: at => moments.format(at),
    duration: ms => {
      const [unit, unitMs] = UNITS.find(([, size]) => ms >= size) ?? (['second', SECOND_MS] as const)
      return lengths.get(unit)?.format(Math.max(0, Math.floor(ms / unitMs))) ?? ''
    },
  }
}
