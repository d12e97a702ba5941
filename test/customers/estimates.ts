import type { Answer } from './customers.js'
import { Series } from './series.js'

/**
 * How a score is made of answers. `plain`: the mean of all. `asked`: of those that were asked for, each standing for as
 * many visits as its chance says; who speaks unasked is left out.
 */
export const ESTIMATORS = ['plain', 'asked'] as const
export type Estimator = (typeof ESTIMATORS)[number]

export interface Estimate {
  /** Answers that it is made of. */
  readonly n: number
  readonly score: number
  readonly low: number
  readonly high: number
}

export interface Estimates {
  /** Over (after, until]; null where nobody answered. */
  over(touchpoint: number, after: number, until: number): Estimate | null
  /** As `over`, or where nobody answered the last answer before: it stands until another comes. */
  standing(touchpoint: number, after: number, until: number): number
}

/** Two-sided 95 % of the normal distribution. */
const Z = 1.959964

export const estimates = (answers: readonly Answer[], touchpoints: number, by: Estimator): Estimates => {
  const used = by === 'plain' ? answers : answers.filter(({ chance }) => chance !== null)
  const rows = Array.from({ length: touchpoints }, () => [] as { at: number; values: number[] }[])
  for (const { at, touchpoint, score, chance } of used) {
    const weight = by === 'plain' ? 1 : 1 / (chance ?? 1)
    rows[touchpoint]?.push({ at, values: [weight, weight * score, weight * score * score, weight * weight] })
  }
  const series = rows.map(list => new Series(list, 4))
  const over = (touchpoint: number, after: number, until: number): Estimate | null => {
    const { n, sums } = (series[touchpoint] as Series).over(after, until)
    return n === 0 ? null : estimate(n, sums)
  }
  const standing = (touchpoint: number, after: number, until: number): number => {
    const newest = (series[touchpoint] as Series).newest(until)
    if (newest === null) return 0
    return over(touchpoint, Math.min(after, newest - 1), until)?.score ?? 0
  }
  return { over, standing }
}

/** The interval of a score, an answer more at each end, of as many answers of equal weight as would say as much. */
const estimate = (n: number, [weights, values, squares, weights2]: readonly number[]): Estimate => {
  const [w, x, xx, ww] = [weights, values, squares, weights2] as [number, number, number, number]
  const score = x / w
  const alike = (w * w) / ww
  const more = alike + 2
  const variance = (((xx / w) * alike + 2) * more - (score * alike) ** 2) / (more * (more - 1))
  const half = Z * Math.sqrt(Math.max(0, variance) / more)
  return { n, score, low: score - half, high: score + half }
}
