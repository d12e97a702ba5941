import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { CHANCE_CLASSES, EVEN_QUESTIONS_PER_HOUR, FLOOR_SHARE } from './limits.js'
import { chances, isGettingWorse, PACE, type TouchpointFigures } from './policy.js'

const figures = (more: Partial<TouchpointFigures> = {}): TouchpointFigures => ({
  ...{ touchpoint: 'pay', entered: 1_000, n: 3, score: 0.2, error: 0.3, baseline: 0.2 },
  ...{ isIncident: false, isWorse: false },
  ...more,
})

const some = fc.record({
  touchpoint: fc.string(),
  entered: fc.nat(100_000),
  n: fc.nat(500),
  score: fc.option(fc.double({ min: -1, max: 1, noNaN: true })),
  error: fc.option(fc.double({ min: 0.001, max: 1, noNaN: true })),
  baseline: fc.option(fc.double({ min: -1, max: 1, noNaN: true })),
  isIncident: fc.boolean(),
  isWorse: fc.boolean(),
})

const classOf = (all: readonly TouchpointFigures[], i = 0): number => chances(all)[i]?.chanceClass ?? -1

describe('the asking policy', () => {
  it('N58 gives every touchpoint a chance, never under a tenth of its even share nor under the least there is', () => {
    fc.assert(
      fc.property(fc.array(some, { minLength: 1, maxLength: 30 }), all => {
        const visits = all.reduce((sum, { entered }) => sum + entered, 0)
        const even = Math.max(EVEN_QUESTIONS_PER_HOUR, (PACE.questionsPerVisit * visits) / all.length)
        const made = chances(all)
        expect(made.map(({ touchpoint, isWorse }) => [touchpoint, isWorse])).toEqual(
          all.map(({ touchpoint, isWorse }) => [touchpoint, isWorse]),
        )
        made.forEach(({ chanceClass }, i) => {
          expect(Number.isInteger(chanceClass)).toBe(true)
          const floor = Math.min(1, (FLOOR_SHARE * even) / Math.max(1, all[i]?.entered ?? 0))
          // The nearest power of two lies within half a class.
          expect(2 ** -chanceClass).toBeGreaterThanOrEqual(
            Math.max(floor / Math.SQRT2, 2 ** (1 - CHANCE_CLASSES)) - 1e-12,
          )
          expect(chanceClass).toBeGreaterThanOrEqual(0)
          expect(chanceClass).toBeLessThan(CHANCE_CLASSES)
        })
      }),
    )
  })

  it('N58 asks more where less is known, where fewer come, where an incident is open, and where a score has moved', () => {
    const others = Array.from({ length: 9 }, (_, i) => figures({ touchpoint: `t${i}` }))
    const than = (more: Partial<TouchpointFigures>) =>
      classOf([figures(more), ...others]) - classOf([figures(), ...others])
    expect(than({ n: 0, score: null, error: null })).toBeLessThan(0)
    expect(than({ n: 12, error: 0.15 })).toBeGreaterThan(0)
    expect(than({ entered: 100 })).toBeLessThan(0)
    expect(than({ isIncident: true })).toBeLessThan(0)
    expect(than({ score: -0.2 })).toBeLessThan(0)
    expect(than({ score: 0.6 })).toBe(than({ score: -0.2 }))
    expect(than({ score: -0.2, baseline: null })).toBe(0)
  })

  it('N58 asks everybody where hardly anybody comes', () => {
    expect(classOf([figures({ entered: 4, n: 0, score: null, error: null })])).toBe(0)
    expect(chances([])).toEqual([])
  })

  it('N58 takes a touchpoint for getting worse where a whole interval lies beyond what was before, and is believed', () => {
    const rate = { rate: 0.3, low: 0.2, high: 0.4, n: 100, believed: true, baseline: 0.3 }
    const sentiment = { low: -0.2, high: 0.2, believed: true, baseline: 0 }
    const pulse = (more: object) =>
      ({ dropOff: rate, friction: rate, sentiment, ...more }) as Parameters<typeof isGettingWorse>[0]
    expect(isGettingWorse(pulse({}))).toBe(false)
    for (const name of ['dropOff', 'friction']) {
      expect(isGettingWorse(pulse({ [name]: { ...rate, baseline: 0.19 } }))).toBe(true)
      expect(isGettingWorse(pulse({ [name]: { ...rate, baseline: 0.19, believed: false } }))).toBe(false)
      expect(isGettingWorse(pulse({ [name]: { ...rate, baseline: null } }))).toBe(false)
      expect(isGettingWorse(pulse({ [name]: { ...rate, baseline: 0.5 } }))).toBe(false)
    }
    expect(isGettingWorse(pulse({ sentiment: { ...sentiment, baseline: 0.21 } }))).toBe(true)
    expect(isGettingWorse(pulse({ sentiment: { ...sentiment, baseline: 0.21, believed: false } }))).toBe(false)
  })
})
