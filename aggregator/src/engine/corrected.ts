import type { Corrected, Estimator } from '@pulssi/protocol/client'
import type { Heard } from './answered.js'
import { round6, round6OrNull, SCORE_PARTS, type Score, Z } from './figures.js'
import { CHANCE_CLASSES, SCORE_VALUES } from './limits.js'
import { SCORES } from './score-values.js'
import type { Willingness } from './silence.js'

/** Answers that a chance decided from which on they stand for everybody. */
const ENOUGH_ASKED = 10

interface Weighted {
  readonly score: number
  /** Half of the interval before it is clipped to [−1, 1]. */
  readonly half: number
}

/** Answers on a scale that a chance decided, of counts as they lie from Cell.asked on. */
export const askedAnswers = (asked: Int32Array): number => asked.reduce((sum, count) => sum + count, 0)

/**
 * Score of everybody who might have been asked, from those who were: each answer weighs as many as it stands for, the
 * inverse of the chance by which it was asked for. Hájek, Comment on a paper by Basu (1971); its variance by
 * linearization (Särndal, Swensson, Wretman, Model Assisted Survey Sampling, 1992, section 5.7), with an answer more of
 * mean weight at each end, so that equal weights give the plain interval. `weightOf`: what else an answer weighs, by its
 * score in [−1, 1].
 */
export function hajek(asked: Int32Array, weightOf: (score: number) => number): Weighted {
  let [n, weights, sum] = [0, 0, 0]
  const each = (visit: (count: number, weight: number, score: number) => void): void => {
    for (let cell = 0; cell < CHANCE_CLASSES * SCORE_VALUES; cell++) {
      const count = (asked[cell] as number) + (asked[cell + CHANCE_CLASSES * SCORE_VALUES] as number)
      if (count === 0) continue
      const score = (SCORES[cell % SCORE_VALUES] as number) / SCORE_PARTS
      visit(count, 2 ** Math.floor(cell / SCORE_VALUES) * weightOf(score), score)
    }
  }
  each((count, weight, score) => {
    n += count
    weights += count * weight
    sum += count * weight * score
  })
  const more = n + 2
  const end = weights / n
  const whole = weights + 2 * end
  const centre = sum / whole
  let squares = end * end * ((1 - centre) ** 2 + (1 + centre) ** 2)
  each((count, weight, score) => {
    squares += count * (weight * (score - centre)) ** 2
  })
  return { score: sum / weights, half: (Z * Math.sqrt((more / (more - 1)) * squares)) / whole }
}

/** One voice, one vote: the mean of each one's mean, with the plain interval of those. */
function voicesOf({ voices: n, means, squares }: Heard): Weighted {
  const more = n + 2
  const variance = ((squares + 2) * more - means * means) / (more * (more - 1))
  return { score: means / n, half: Z * Math.sqrt(Math.max(0, variance) / more) }
}

const clipped = (estimator: Estimator, { score, half }: Weighted): Corrected => ({
  score: round6(score),
  low: round6(Math.max(-1, score - half)),
  high: round6(Math.min(1, score + half)),
  estimator,
})

/**
 * The score by the best that is known of who answers: how willing they are (`silence`), else by what chance they were
 * asked (`asked`), else who they are (`voices`, where one of those remembered answered more than once), else as it is
 * (`plain`). What was fitted to find the willingness is taken as known: the interval doesn't widen for it.
 */
export function corrected(
  asked: Int32Array | null,
  plain: Score,
  heard: Heard,
  willingness: Willingness | null,
): Corrected {
  if (asked !== null && askedAnswers(asked) >= ENOUGH_ASKED) {
    if (willingness === null)
      return clipped(
        'asked',
        hajek(asked, () => 1),
      )
    const { none, slope } = willingness
    return clipped(
      'silence',
      hajek(asked, score => none + slope * Math.abs(score)),
    )
  }
  if (heard.n > heard.voices) return clipped('voices', voicesOf(heard))
  return {
    score: round6OrNull(plain.score),
    low: round6OrNull(plain.low),
    high: round6OrNull(plain.high),
    estimator: 'plain',
  }
}
