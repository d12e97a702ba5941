import { EMOTIONS, SCALE_LEVELS, SCALES, type Scale, type ScaleFigures } from '@pulssi/protocol/client'

/** Two-sided 95 % of the normal distribution. */
export const Z = 1.959964
const SCORE_HALF_WIDTH = 0.25
const RATE_HALF_WIDTH = 0.15
/** Weight, in answers or visits, of the wider whole in a baseline. */
const PRIOR = 20

export interface Interval {
  low: number
  high: number
}

/**
 * Scores are counted in thirtieths: in them every level of every scale is a whole number, so that sums don't depend on
 * the order in which they are added up.
 */
export const SCORE_PARTS = 30
const EMOTION_SCORES = [30, 24, 18, 12, 0, -12, -18, -24, -30]

/** Score of each level in thirtieths. */
export const LEVEL_SCORES: Record<Scale, readonly number[]> = {
  thumb: [-30, 30],
  smiley: [-30, -10, 10, 30],
  csat: [1, 2, 3, 4, 5].map(x => (x - 3) * 15),
  nps: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10].map(x => (x < 7 ? -30 : x < 9 ? 0 : 30)),
  ces: [1, 2, 3, 4, 5, 6, 7].map(x => (x - 4) * 10),
  emotion: EMOTION_SCORES,
}
if (EMOTION_SCORES.length !== EMOTIONS.length) throw new RangeError('a score for each emotion')

/** Wilson's score interval of x out of n > 0. Wilson, Probable inference (1927). */
export function wilson(x: number, n: number): Interval {
  const share = x / n
  const centre = share + (Z * Z) / (2 * n)
  const half = Z * Math.sqrt((share * (1 - share)) / n + (Z * Z) / (4 * n * n))
  const scale = 1 + (Z * Z) / n
  return { low: Math.max(0, (centre - half) / scale), high: Math.min(1, (centre + half) / scale) }
}

export interface Score {
  n: number
  /** Sum of all answers' scores, in thirtieths. */
  sum: number
  score: number | null
  low: number | null
  high: number | null
  /** Half of the interval before it is clipped to [−1, 1]. */
  half: number
}

/** Answers by scale and level, `stride` apart, to score and interval. */
export function score(answers: ArrayLike<number>, stride: number): Score {
  let n = 0
  let sum = 0
  let squares = 0
  SCALES.forEach((scale, i) => {
    LEVEL_SCORES[scale].forEach((value, level) => {
      const count = answers[i * stride + level] as number
      n += count
      sum += count * value
      squares += count * value * value
    })
  })
  if (n === 0) return { n, sum, score: null, low: null, high: null, half: 0 }
  const mean = sum / (SCORE_PARTS * n)
  // One answer more at each end keeps the variance of few equal answers from being zero.
  const more = n + 2
  const unit = SCORE_PARTS * SCORE_PARTS
  const variance = ((squares + 2 * unit) * more - sum * sum) / (unit * more * (more - 1))
  const half = Z * Math.sqrt(Math.max(0, variance) / more)
  return { n, sum, score: mean, low: Math.max(-1, mean - half), high: Math.min(1, mean + half), half }
}

export const scoreBelieved = (n: number, half: number, backed: boolean): boolean =>
  n > 0 && backed && half < SCORE_HALF_WIDTH

export const rateBelieved = (interval: Interval | null, backed: boolean): boolean =>
  interval !== null && backed && (interval.high - interval.low) / 2 < RATE_HALF_WIDTH

/** A part's own share, drawn toward the whole's. */
export const shrunk = (x: number, n: number, toward: number): number => (x + PRIOR * toward) / (n + PRIOR)

/** The standard figures of the scales that have answers. */
export function scaleFigures(answers: ArrayLike<number>, stride: number): Partial<Record<Scale, ScaleFigures>> {
  const figures: Partial<Record<Scale, ScaleFigures>> = {}
  SCALES.forEach((scale, i) => {
    const levels = Array.from(
      { length: SCALE_LEVELS[scale].count },
      (_, level) => answers[i * stride + level] as number,
    )
    const n = total(levels)
    if (n > 0) figures[scale] = { levels, ...standard(scale, levels, n), n }
  })
  return figures
}

function standard(scale: Scale, levels: number[], n: number): Partial<ScaleFigures> {
  const above = (first: number): number => total(levels.slice(first)) / n
  const mean = (): number => levels.reduce((sum, count, level) => sum + count * level, 0) / n
  switch (scale) {
    case 'thumb':
      return { share: round6(above(1)) }
    case 'smiley':
      return { share: round6(above(2)), index: round6((mean() / 3) * 100) }
    case 'csat':
      return { share: round6(above(3)) }
    case 'nps':
      return { nps: round6((above(9) - total(levels.slice(0, 7)) / n) * 100) }
    case 'ces':
      return { mean: round6(mean() + 1), share: round6(above(4)) }
    case 'emotion': {
      const sum = levels.reduce((all, count, level) => all + count * (EMOTION_SCORES[level] as number), 0)
      return { value: round6((sum / (SCORE_PARTS * n)) * 100) }
    }
  }
}

const total = (levels: readonly number[]): number => levels.reduce((sum, count) => sum + count, 0)

export interface Weights {
  sentiment: number
  dropOff: number
  friction: number
}

/** 0–100, rounded half up, from the parts that are known; null if none is. */
export function pulseOf(
  scored: number | null,
  dropOff: number | null,
  friction: number | null,
  weights: Weights,
): number | null {
  let sum = 0
  let weight = 0
  const part = (value: number, share: number): void => {
    sum += value * share
    weight += share
  }
  if (scored !== null) part((scored + 1) / 2, weights.sentiment)
  if (dropOff !== null) part(1 - dropOff, weights.dropOff)
  if (friction !== null) part(1 - friction, weights.friction)
  if (weight === 0) return null
  // Nine decimals first: 75.5 must round up whatever the order of the additions that made it 75.49999999999999.
  return Math.floor(Math.round((sum / weight) * 1e11) / 1e9 + 0.5)
}

/** 6 decimals, as numbers are at the edge; no negative zero. */
export const round6 = (value: number): number => Math.round(value * 1e6) / 1e6 + 0

export const round6OrNull = (value: number | null): number | null => (value === null ? null : round6(value))
