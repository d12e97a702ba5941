import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Histogram } from './histogram.js'

const exact = (values: readonly number[], share: number): number =>
  [...values].sort((a, b) => a - b)[Math.max(1, Math.ceil(share * values.length)) - 1] ?? Number.NaN

describe('a histogram of times', () => {
  test('is within 1/64 of the sorted times, whatever they are', () => {
    const times = fc.array(fc.integer({ min: 0, max: 600_000_000 }), { minLength: 1, maxLength: 300 })
    fc.assert(
      fc.property(times, fc.constantFrom(0.5, 0.9, 0.99), (us, share) => {
        const histogram = new Histogram()
        for (const each of us) histogram.add(each / 1_000)
        const right = exact(us, share) / 1_000
        const found = histogram.quantile(share) ?? Number.NaN
        expect(Math.abs(found - right)).toBeLessThanOrEqual(right / 64 + 1e-9)
      }),
    )
  })

  test('the longest is exact, and no share is above it', () => {
    const histogram = new Histogram()
    histogram.add(999.999, 1_000_000)
    expect(histogram.quantiles()).toEqual({ p50: 999.999, p90: 999.999, p99: 999.999, max: 999.999, n: 1_000_000 })
  })

  test('what is out of bounds counts at the bounds; of nothing nothing is known', () => {
    const histogram = new Histogram()
    expect(histogram.quantiles()).toEqual({ p50: null, p90: null, p99: null, max: null, n: 0 })
    histogram.add(-5)
    histogram.add(1e12)
    expect(histogram.quantile(0.5)).toBe(0)
    expect(histogram.quantiles().max).toBe((2 ** 32 - 1) / 1_000)
  })
})
