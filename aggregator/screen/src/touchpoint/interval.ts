/** 95 % intervals of sums made on the screen, by the rules of the figures themselves. */
const Z = 1.959964
/** Half an interval must be less, as in a pulse. */
const RATE_HALF = 0.15
const SCORE_HALF = 0.25

export interface Interval {
  readonly low: number
  readonly high: number
  /** Narrow enough to be believed. */
  readonly sure: boolean
}

/** Wilson's, of x among n > 0. */
export const rateInterval = (x: number, n: number): Interval => {
  const rate = x / n
  const square = Z * Z
  const middle = (rate + square / (2 * n)) / (1 + square / n)
  const half = (Z / (1 + square / n)) * Math.sqrt((rate * (1 - rate)) / n + square / (4 * n * n))
  return {
    low: Math.max(0, middle - half),
    high: Math.min(1, middle + half),
    sure: half < RATE_HALF,
  }
}

/** Of n > 0 answers: sum of their scores and of the squares. One answer at either end is added first. */
export const scoreInterval = (sum: number, squares: number, n: number): Interval => {
  const score = sum / n
  const count = n + 2
  const mean = sum / count
  const variance = Math.max(0, (squares + 2 - count * mean * mean) / (count - 1))
  const half = Z * Math.sqrt(variance / count)
  return {
    low: Math.max(-1, score - half),
    high: Math.min(1, score + half),
    sure: half < SCORE_HALF,
  }
}
