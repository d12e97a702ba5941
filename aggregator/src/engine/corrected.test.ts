import { SCALES } from '@pulssi/protocol/client'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Heard } from './answered.js'
import { corrected, hajek } from './corrected.js'
import { round6, score } from './figures.js'
import { ANSWER_STRIDE, ASKED_CELLS, CHANCE_CLASSES, SCORE_VALUES } from './limits.js'
import { scoreValue } from './score-values.js'

const CSAT = SCALES.indexOf('csat')
const EVERY: Heard = { n: 0, voices: 0, most: 0, means: 0, squares: 0 }

/** Answers of the csat's five levels, all asked for by one chance. */
const askedOf = (levels: readonly number[], chanceClass = 0, isFloor = false): Int32Array => {
  const asked = new Int32Array(ASKED_CELLS)
  levels.forEach((n, level) => {
    asked[((isFloor ? CHANCE_CLASSES : 0) + chanceClass) * SCORE_VALUES + scoreValue(CSAT, level)] = n
  })
  return asked
}
const plus = (a: Int32Array, b: Int32Array): Int32Array => a.map((n, cell) => n + (b[cell] as number))
const plainOf = (levels: readonly number[]): ReturnType<typeof score> => {
  const answers = new Int32Array(SCALES.length * ANSWER_STRIDE)
  levels.forEach((n, level) => {
    answers[CSAT * ANSWER_STRIDE + level] = n
  })
  return score(answers, ANSWER_STRIDE)
}
const levels = fc
  .array(fc.nat(40), { minLength: 5, maxLength: 5 })
  .filter(counts => counts.reduce((sum, n) => sum + n, 0) >= 10)

describe('N61 a corrected score', () => {
  it('of answers that all weigh the same is the plain one, with the plain interval', () => {
    fc.assert(
      fc.property(levels, fc.nat(CHANCE_CLASSES - 1), fc.boolean(), (counts, chanceClass, isFloor) => {
        const plain = plainOf(counts)
        const found = hajek(askedOf(counts, chanceClass, isFloor), () => 1)
        expect(found.score).toBeCloseTo(plain.score as number, 12)
        expect(found.half).toBeCloseTo(plain.half, 12)
      }),
    )
  })

  it('is that of everybody where the moody are asked sixteen times as often as the others', () => {
    const everybody = [320, 160, 640, 480, 960]
    const eager = askedOf([320, 160, 0, 0, 960], 0)
    const rare = askedOf([0, 0, 40, 30, 0], 4)
    const { score: found, estimator } = corrected(plus(eager, rare), plainOf([320, 160, 40, 30, 960]), EVERY, null)
    expect(estimator).toBe('asked')
    expect(found).toBe(round6(plainOf(everybody).score as number))
  })

  it('is wider, the more unequal the weights are', () => {
    const equal = hajek(askedOf([10, 10, 10, 10, 10], 2), () => 1)
    const unequal = hajek(plus(askedOf([5, 5, 5, 5, 5], 4), askedOf([5, 5, 5, 5, 5], 0)), () => 1)
    expect(unequal.score).toBeCloseTo(equal.score, 12)
    expect(unequal.half).toBeGreaterThan(1.2 * equal.half)
  })

  it('takes the silent into account where it is known how silent they are', () => {
    // One in two of the extreme answers, one in five of those in the middle.
    const everybody = [100, 0, 400, 0, 200]
    const answered = [50, 0, 80, 0, 100]
    const found = corrected(askedOf(answered, 3), plainOf(answered), EVERY, { none: 5, slope: -3 })
    expect(found).toMatchObject({ score: round6(plainOf(everybody).score as number), estimator: 'silence' })
  })

  it('of fewer than ten answers that a chance decided says nothing of those who were not asked', () => {
    const counts = [9, 0, 0, 0, 0]
    const alone = { n: 9, voices: 9, most: 1, means: -9, squares: 9 }
    const { score: value, low, high } = plainOf(counts)
    expect(corrected(askedOf(counts), plainOf(counts), alone, { none: 5, slope: -3 })).toEqual({
      score: value,
      low: round6(low as number),
      high: round6(high as number),
      estimator: 'plain',
    })
  })

  it('gives one voice one vote where a voice speaks more than once', () => {
    // Ninety answers of one furious voice, and ten voices that are glad.
    const heard = { n: 100, voices: 11, most: 90, means: -1 + 10, squares: 11 }
    const found = corrected(new Int32Array(ASKED_CELLS), plainOf([90, 0, 0, 0, 10]), heard, null)
    expect(found).toMatchObject({ score: round6(9 / 11), estimator: 'voices', high: 1 })
    expect(found.low).toBeLessThan(9 / 11)
  })

  it('of nothing is nothing', () => {
    expect(corrected(new Int32Array(ASKED_CELLS), plainOf([0, 0, 0, 0, 0]), EVERY, null)).toEqual({
      score: null,
      low: null,
      high: null,
      estimator: 'plain',
    })
  })
})
