import { type AskFigures, type Pulse, type Rate, SCALES, type Scale, type ScaleFigures } from '@pulssi/protocol/client'
import type { Tally } from './tally.js'
import { concentration, oneVoiceOneVote } from './voices.js'

const Z = 1.959964
const PULL = 20
const ENOUGH_VISITORS = 5
const SCORE_HALF_WIDTH = 0.25
const RATE_HALF_WIDTH = 0.15

/** N31: what each level is worth in [−1, 1], lowest score first, emotions from delighted down. */
export const LEVEL_VALUES: Record<Scale, readonly number[]> = {
  thumb: [-1, 1],
  smiley: [-1, -1 / 3, 1 / 3, 1],
  csat: [1, 2, 3, 4, 5].map(x => (x - 3) / 2),
  nps: [-1, -1, -1, -1, -1, -1, -1, 0, 0, 1, 1],
  ces: [1, 2, 3, 4, 5, 6, 7].map(x => (x - 4) / 3),
  emotion: [1, 0.8, 0.6, 0.4, 0, -0.4, -0.6, -0.8, -1],
}

/** N35: 6 decimals, at the edge only. */
export const rounded = (x: number): number => Math.round(x * 1e6) / 1e6 + 0
const roundedOrNull = (x: number | null): number | null => (x === null ? null : rounded(x))

/** A figure's raw material: the sum x over n. */
export interface Sum {
  readonly x: number
  readonly n: number
}

export const dropOffSum = ({ counters: c }: Tally): Sum => ({
  x: c.dropped,
  n: c.dropped + c.progressed + c.switched + c.completed,
})
export const frictionSum = ({ counters: c }: Tally): Sum => ({ x: c.troubled, n: c.entered })
export const scoreSum = (tally: Tally): Sum => {
  const { sum, n } = answers(tally)
  return { x: sum, n }
}

/** N31: sums over the scales in their order, levels from the lowest up. */
const answers = (tally: Tally): { n: number; sum: number; squares: number } => {
  let n = 0
  let sum = 0
  let squares = 0
  for (const scale of SCALES) {
    tally.levels.get(scale)?.forEach((count, level) => {
      const value = LEVEL_VALUES[scale][level] ?? 0
      n += count
      sum += count * value
      squares += count * value * value
    })
  }
  return { n, sum, squares }
}

/** N31: Wilson's interval. */
const wilson = ({ x, n }: Sum): { low: number; high: number } => {
  const p = x / n
  const middle = (p + (Z * Z) / (2 * n)) / (1 + (Z * Z) / n)
  const half = (Z / (1 + (Z * Z) / n)) * Math.sqrt((p * (1 - p)) / n + (Z * Z) / (4 * n * n))
  return { low: middle - half, high: middle + half }
}

export const rate = (sum: Sum, visitors: number, baseline: number | null): Rate => {
  if (sum.n === 0) {
    return { rate: null, low: null, high: null, n: 0, believed: false, baseline: roundedOrNull(baseline) }
  }
  const { low, high } = wilson(sum)
  return {
    rate: rounded(sum.x / sum.n),
    low: rounded(low),
    high: rounded(high),
    n: sum.n,
    // N33
    believed: visitors >= ENOUGH_VISITORS && (high - low) / 2 < RATE_HALF_WIDTH,
    baseline: roundedOrNull(baseline),
  }
}

/** N31: one answer at −1 and one at +1 are added before the variance is taken. */
export const sentiment = (tally: Tally, baseline: number | null): Pulse['sentiment'] => {
  const { n, sum, squares } = answers(tally)
  const visitors = tally.answerers.size
  const scales = scaleFigures(tally)
  const common = { n, visitors }
  if (n === 0) {
    return {
      score: null,
      low: null,
      high: null,
      ...common,
      believed: false,
      baseline: roundedOrNull(baseline),
      scales,
      corrected: { score: null, low: null, high: null, estimator: 'plain' },
      concentration: null,
    }
  }
  const score = sum / n
  const N = n + 2
  const variance = (squares + 2 - (sum * sum) / N) / (N - 1)
  const half = Z * Math.sqrt(variance / N)
  const plain = {
    score: rounded(score),
    low: rounded(Math.max(-1, score - half)),
    high: rounded(Math.min(1, score + half)),
  }
  return {
    ...plain,
    ...common,
    // N33
    believed: visitors >= ENOUGH_VISITORS && half < SCORE_HALF_WIDTH,
    baseline: roundedOrNull(baseline),
    scales,
    corrected: oneVoiceOneVote(tally.said) ?? { ...plain, estimator: 'plain' },
    concentration: concentration(tally.said),
  }
}

/** Of a stream in which nobody was asked anything. */
export const NO_ASKS: AskFigures = { shown: 0, dismissed: 0, answered: 0, expired: 0, rate: null, saved: 0 }

const scaleFigures = (tally: Tally): Pulse['sentiment']['scales'] => {
  const figures: Partial<Record<Scale, ScaleFigures>> = {}
  for (const scale of SCALES) {
    const levels = tally.levels.get(scale)
    if (levels) figures[scale] = standardFigure(scale, levels)
  }
  return figures
}

/** Each scale's own standard figure. */
export const standardFigure = (scale: Scale, levels: number[]): ScaleFigures => {
  const n = levels.reduce((a, b) => a + b, 0)
  const from = (level: number) => levels.slice(level).reduce((a, b) => a + b, 0)
  const mean = (value: (level: number) => number) => levels.reduce((sum, k, i) => sum + k * value(i), 0) / n
  const worth = (level: number) => LEVEL_VALUES[scale][level] ?? 0
  switch (scale) {
    case 'thumb':
      return { levels, share: rounded(from(1) / n), n }
    case 'smiley':
      return { levels, share: rounded(from(2) / n), index: rounded(((mean(worth) + 1) / 2) * 100), n }
    case 'csat':
      return { levels, share: rounded(from(3) / n), n }
    case 'nps':
      return { levels, nps: rounded(mean(worth) * 100), n }
    case 'ces':
      return { levels, mean: rounded(mean(level => level + 1)), share: rounded(from(4) / n), n }
    case 'emotion':
      return { levels, value: rounded(mean(worth) * 100), n }
  }
}

/** N32: pulled toward the wider figure by the weight of 20. */
export const pulledToward = ({ x, n }: Sum, wider: number): number => (x + PULL * wider) / (n + PULL)

/** N34: the value at rank ⌈p·n/100⌉, exact here. */
export const percentile = (sorted: readonly number[], p: number): number | null =>
  sorted[Math.ceil((p * sorted.length) / 100) - 1] ?? null

export interface Weights {
  readonly sentiment: number
  readonly dropOff: number
  readonly friction: number
}

/** The pulse 0–100 before rounding: a part whose n is 0 is left out and the rest rescaled. */
export const pulseNumber = (score: Sum, dropOff: Sum, friction: Sum, weights: Weights): number | null => {
  const parts: { weight: number; value: number }[] = []
  if (score.n > 0) parts.push({ weight: weights.sentiment, value: (score.x / score.n + 1) / 2 })
  if (dropOff.n > 0) parts.push({ weight: weights.dropOff, value: 1 - dropOff.x / dropOff.n })
  if (friction.n > 0) parts.push({ weight: weights.friction, value: 1 - friction.x / friction.n })
  const weight = parts.reduce((sum, part) => sum + part.weight, 0)
  if (weight === 0) return null
  return (100 * parts.reduce((sum, part) => sum + part.weight * part.value, 0)) / weight
}
