import { SCALE_LEVELS, SCALES, type Scale } from '@pulssi/protocol/client'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  pulseOf,
  rateBelieved,
  round6,
  round6OrNull,
  scaleFigures,
  score,
  scoreBelieved,
  shrunk,
  wilson,
} from './figures.js'

const STRIDE = 16
const Z = 1.959964

/** The table of scales, level by level. */
const SCORES: Record<Scale, readonly number[]> = {
  thumb: [-1, 1],
  smiley: [-1, -1 / 3, 1 / 3, 1],
  csat: [-1, -0.5, 0, 0.5, 1],
  nps: [-1, -1, -1, -1, -1, -1, -1, 0, 0, 1, 1],
  ces: [-1, -2 / 3, -1 / 3, 0, 1 / 3, 2 / 3, 1],
  emotion: [1, 0.8, 0.6, 0.4, 0, -0.4, -0.6, -0.8, -1],
}

type Histogram = Partial<Record<Scale, readonly number[]>>

/** `others`: what stands in the cells that no level uses; they must not count. */
function cells(histogram: Histogram, others = 0): number[] {
  const out = new Array<number>(SCALES.length * STRIDE).fill(others)
  SCALES.forEach((scale, i) => {
    for (let level = 0; level < SCALE_LEVELS[scale].count; level++) {
      out[i * STRIDE + level] = histogram[scale]?.[level] ?? 0
    }
  })
  return out
}

const histogram: fc.Arbitrary<Histogram> = fc.record(
  Object.fromEntries(
    SCALES.map(scale => {
      const { count } = SCALE_LEVELS[scale]
      return [scale, fc.array(fc.oneof(fc.constant(0), fc.nat(40)), { minLength: count, maxLength: count })]
    }),
  ) as Record<Scale, fc.Arbitrary<number[]>>,
  { requiredKeys: [] },
)

const answersOf = (all: Histogram): number[] =>
  SCALES.flatMap(scale =>
    (all[scale] ?? []).flatMap((n, level) => new Array<number>(n).fill(SCORES[scale][level] as number)),
  )

describe('N31 rates', () => {
  it('have the two shares as interval that the observed one is z standard errors away from', () => {
    const shares = fc.integer({ min: 1, max: 100_000 }).chain(n => fc.tuple(fc.nat(n), fc.constant(n)))
    fc.assert(
      fc.property(shares, ([x, n]) => {
        const { low, high } = wilson(x, n)
        const observed = x / n
        for (const bound of [low, high]) {
          expect((bound - observed) ** 2).toBeCloseTo((Z * Z * bound * (1 - bound)) / n, 12)
        }
        expect(low).toBeLessThanOrEqual(observed + 1e-12)
        expect(high).toBeGreaterThanOrEqual(observed - 1e-12)
        expect(high - low).toBeGreaterThan(0)
        expect(Math.min(low, 1 - high)).toBeGreaterThanOrEqual(0)
      }),
      { numRuns: 300 },
    )
  })

  it.each([
    [28, 111, 0.252252, 0.180677, 0.340402],
    [11, 120, 0.091667, 0.051957, 0.156708],
  ])('are those of the sample pulse: %i of %i', (x, n, rate, low, high) => {
    const interval = wilson(x, n)
    expect([round6(x / n), round6(interval.low), round6(interval.high)]).toEqual([rate, low, high])
  })
})

describe('N31 scores', () => {
  it('are the mean of all answers, with the interval of the answers and one more at each end', () => {
    fc.assert(
      fc.property(histogram, all => {
        const answers = answersOf(all)
        const { n, sum, score: mean, low, high, half } = score(cells(all, 99), STRIDE)
        expect(n).toBe(answers.length)
        if (n === 0) {
          expect([mean, low, high]).toEqual([null, null, null])
          return
        }
        const expected = answers.reduce((a, b) => a + b, 0) / n
        const more = [...answers, -1, 1]
        const centre = more.reduce((a, b) => a + b, 0) / more.length
        const variance = more.reduce((a, b) => a + (b - centre) ** 2, 0) / (more.length - 1)
        const expectedHalf = Z * Math.sqrt(variance / more.length)
        expect(sum).toBeCloseTo(expected * n * 30, 6)
        expect(mean).toBeCloseTo(expected, 9)
        expect(half).toBeCloseTo(expectedHalf, 9)
        expect(low).toBeCloseTo(Math.max(-1, expected - expectedHalf), 9)
        expect(high).toBeCloseTo(Math.min(1, expected + expectedHalf), 9)
        for (const figure of [mean, low, high]) expect(Math.abs(figure as number)).toBeLessThanOrEqual(1 + 1e-12)
      }),
      { numRuns: 200 },
    )
  })

  it('are those of the sample pulse', () => {
    const { score: mean, low, high, n, half } = score(cells({ csat: [9, 6, 4, 8, 6] }), STRIDE)
    expect([round6OrNull(mean), round6OrNull(low), round6OrNull(high), n]).toEqual([-0.060606, -0.317136, 0.195924, 33])
    expect(scoreBelieved(n, half, true)).toBe(false)
  })

  it.each([
    ['thumb', [1, 3], { share: 0.75 }],
    ['smiley', [0, 1, 2, 5], { share: 0.875, index: 83.333333 }],
    ['csat', [9, 6, 4, 8, 6], { share: 0.424242 }],
    ['nps', [1, 0, 0, 0, 0, 0, 1, 2, 1, 3, 2], { nps: 30 }],
    ['ces', [1, 0, 0, 1, 1, 0, 1], { mean: 4.25, share: 0.5 }],
    ['emotion', [1, 0, 0, 0, 1, 0, 0, 0, 2], { value: -25 }],
    ['emotion', [0, 1, 1, 1, 0, 1, 0, 0, 0], { value: 35 }],
  ] as const)('keep the standard figure of %s', (scale, levels, expected) => {
    const n = (levels as readonly number[]).reduce((a, b) => a + b, 0)
    const figures = scaleFigures(cells({ [scale]: levels }, 99), STRIDE)
    expect(figures).toEqual({ [scale]: { levels, ...expected, n } })
    expect(Object.keys(figures[scale] as object)).toEqual(['levels', ...Object.keys(expected), 'n'])
  })
})

describe('N33 belief', () => {
  it('needs five visitors and a narrow interval', () => {
    expect(scoreBelieved(5, 0.249, true)).toBe(true)
    expect(scoreBelieved(5, 0.249, false)).toBe(false)
    expect(scoreBelieved(5, 0.25, true)).toBe(false)
    expect(scoreBelieved(0, 0, true)).toBe(false)
    expect(rateBelieved({ low: 0.2, high: 0.49 }, true)).toBe(true)
    expect(rateBelieved({ low: 0.2, high: 0.49 }, false)).toBe(false)
    expect(rateBelieved({ low: 0, high: 0.3 }, true)).toBe(false)
    expect(rateBelieved(null, true)).toBe(false)
  })
})

describe('the pulse', () => {
  const weights = { sentiment: 0.5, dropOff: 0.3, friction: 0.2 }
  const part = fc.option(fc.nat(1000))

  it('is the weighted mean of the parts known, in whole percent, halves up: by integers alone', () => {
    fc.assert(
      fc.property(part, part, part, (s, d, f) => {
        const scored = s === null ? null : (2 * s) / 1000 - 1
        const shares = [d, f].map(x => (x === null ? null : 1 - x / 1000)) as [number | null, number | null]
        const known = [
          [s, 5],
          [d, 3],
          [f, 2],
        ].filter((one): one is [number, number] => one[0] !== null)
        const weight = known.reduce((sum, [, w]) => sum + w, 0)
        const sum = known.reduce((all, [x, w]) => all + x * w, 0)
        // sum / weight is in thousandths; twice ten times the weight makes the half a whole number.
        const expected = weight === 0 ? null : Math.floor((2 * sum + 10 * weight) / (20 * weight))
        expect(pulseOf(scored, ...shares, weights)).toBe(expected)
      }),
      { numRuns: 2_000 },
    )
  })

  it('rounds 75.5 to 76, and is 64 in the sample', () => {
    expect(pulseOf(0.51, null, null, weights)).toBe(76)
    expect(pulseOf(0.5099, null, null, weights)).toBe(75)
    expect(pulseOf(-2 / 33, 28 / 111, 11 / 120, weights)).toBe(64)
    expect(pulseOf(1, 0, 0, weights)).toBe(100)
    expect(pulseOf(-1, 1, 1, weights)).toBe(0)
    expect(pulseOf(null, null, null, weights)).toBe(null)
  })
})

describe('numbers at the edge', () => {
  it('N35 have six decimals and no negative zero', () => {
    expect([round6(1 / 3), round6(-2 / 3), round6(1e-7), round6(2)]).toEqual([0.333333, -0.666667, 0, 2])
    expect(Object.is(round6(-1e-9), 0)).toBe(true)
    expect(round6OrNull(null)).toBe(null)
  })

  it('N32 are drawn toward the whole with a weight of 20', () => {
    expect(shrunk(0, 0, 0.3)).toBeCloseTo(0.3, 12)
    expect(shrunk(10, 20, 0.1)).toBeCloseTo(0.3, 12)
  })
})
