import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { newcombe, nudgedOf } from './nudged.js'

const share = fc.integer({ min: 1, max: 5_000 }).chain(n => fc.tuple(fc.integer({ min: 0, max: n }), fc.constant(n)))

describe('the effect of nudges', () => {
  it('N65: is as Newcombe’s paper has it', () => {
    // Its table II, to four digits.
    const near = (
      [low, high]: readonly [number, number],
      [x, n, y, m]: readonly [number, number, number, number],
    ): void => {
      const found = newcombe(x, n, y, m)
      expect(found.low).toBeCloseTo(low, 4)
      expect(found.high).toBeCloseTo(high, 4)
    }
    near([0.0524, 0.3339], [56, 70, 48, 80])
    near([0.0582, 0.8062], [6, 7, 2, 7])
    near([0.1705, 0.809], [9, 10, 3, 10])
    near([0.6791, 1], [10, 10, 0, 20])
  })

  it('N65: lies within its interval, which turns around with its sides', () => {
    fc.assert(
      fc.property(share, share, ([x, n], [y, m]) => {
        const { low, high } = newcombe(x, n, y, m)
        const difference = x / n - y / m
        expect(low).toBeLessThanOrEqual(difference + 1e-12)
        expect(high).toBeGreaterThanOrEqual(difference - 1e-12)
        expect(low).toBeGreaterThanOrEqual(-1 - 1e-12)
        expect(high).toBeLessThanOrEqual(1 + 1e-12)
        const turned = newcombe(y, m, x, n)
        expect(turned.low).toBeCloseTo(-high, 12)
        expect(turned.high).toBeCloseTo(-low, 12)
      }),
    )
  })

  it('N65: is not known while either side has no visits', () => {
    const nothing = { difference: null, low: null, high: null }
    expect(nudgedOf([0, 0, 0, 0])).toMatchObject({ effect: nothing, nudged: { rate: null }, control: { rate: null } })
    expect(nudgedOf([4, 1, 0, 0])).toMatchObject({ effect: nothing, nudged: { n: 4, dropped: 1, rate: 0.25 } })
    expect(nudgedOf([120, 30, 110, 44]).effect.difference).toBeCloseTo(-0.15, 12)
  })
})
