import type { Judgement } from './judging.js'
import { MINUTE_MS } from './limits.js'

/** What a policy came to over all seeds. Errors: of the pulse's plain score, and of answers weighed by chance. */
export interface Row {
  readonly name: string
  readonly questionsPer1000: number
  readonly answersPer1000: number
  readonly error: number
  readonly askedError: number
  /** Of `sentiment.corrected`; null: no pulse was made. */
  readonly correctedError: number | null
  /** Median over all drops, a drop not seen counting as the longest; null: most were not seen. */
  readonly noticedMs: number | null
  readonly drops: number
  readonly missed: number
  readonly falseAlarms: number
}

const mean = (list: readonly number[]): number => list.reduce((sum, x) => sum + x, 0) / list.length

const median = (list: readonly (number | null)[]): number | null => {
  const sorted = list.map(x => x ?? Number.POSITIVE_INFINITY).sort((a, b) => a - b)
  const middle = sorted[Math.floor((sorted.length - 1) / 2)] ?? Number.POSITIVE_INFINITY
  return Number.isFinite(middle) ? middle : null
}

export const rowOf = (name: string, judged: readonly (Judgement & { correctedError?: number })[]): Row => {
  const corrected = judged.flatMap(({ correctedError }) => correctedError ?? [])
  const noticed = judged.flatMap(({ noticedMs }) => noticedMs)
  return {
    name,
    questionsPer1000: mean(judged.map(({ questionsPer1000 }) => questionsPer1000)),
    answersPer1000: mean(judged.map(({ answersPer1000 }) => answersPer1000)),
    error: mean(judged.map(({ error }) => error.plain)),
    askedError: mean(judged.map(({ error }) => error.asked)),
    correctedError: corrected.length === 0 ? null : mean(corrected),
    noticedMs: median(noticed),
    drops: noticed.length,
    missed: noticed.filter(x => x === null).length,
    falseAlarms: mean(judged.map(({ falseAlarms }) => falseAlarms)),
  }
}

/**
 * Questions that a fixed share needs for this error, from the rows of fixed shares: on the straight line between the two
 * nearest, in logarithms. null: less than the least of them, or more than the most.
 */
export const questionsAt = (error: number, fixed: readonly Row[]): number | null => {
  const rows = [...fixed].sort((a, b) => a.questionsPer1000 - b.questionsPer1000)
  for (const [i, row] of rows.entries()) {
    const before = rows[i - 1]
    if (before === undefined || error > before.error || error < row.error) continue
    const share = Math.log(before.error / error) / Math.log(before.error / row.error)
    return before.questionsPer1000 * (row.questionsPer1000 / before.questionsPer1000) ** share
  }
  return null
}

const HEAD = [
  'policy',
  'asked',
  'answers',
  'error',
  'by asked',
  'corrected',
  'noticed',
  'missed',
  'false',
  'fixed asks',
]
const WIDTHS = [26, 8, 9, 8, 10, 11, 9, 10, 8, 18]

export const tableOf = (rows: readonly Row[], fixed: readonly Row[]): string =>
  [HEAD, ...rows.map(row => cells(row, fixed))]
    .map(line =>
      line.map((text, i) => (i === 0 ? text.padEnd(WIDTHS[i] ?? 0) : text.padStart(WIDTHS[i] ?? 0))).join(''),
    )
    .join('\n')

const cells = (row: Row, fixed: readonly Row[]): string[] => {
  const needs = questionsAt(row.error, fixed)
  return [
    row.name,
    row.questionsPer1000.toFixed(1),
    row.answersPer1000.toFixed(1),
    row.error.toFixed(3),
    row.askedError.toFixed(3),
    row.correctedError?.toFixed(3) ?? '',
    row.noticedMs === null ? 'never' : `${Math.round(row.noticedMs / MINUTE_MS)} min`,
    `${row.missed} of ${row.drops}`,
    `${(100 * row.falseAlarms).toFixed(2)} %`,
    needs === null ? '–' : `${needs.toFixed(1)} (×${(needs / row.questionsPer1000).toFixed(2)})`,
  ]
}
