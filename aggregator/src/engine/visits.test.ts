import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { dwellBucket, dwellMs } from './visits.js'

const ms = fc.oneof(
  fc.nat(200),
  fc.nat(100_000),
  fc.nat(0xffffffff),
  fc.nat(31).chain(bit => fc.integer({ min: -1, max: 1 }).map(d => Math.max(0, 2 ** bit + d))),
)

describe('dwell times', () => {
  it('N34 come back from their bucket within 1.6 %, exact under 64 ms', () => {
    fc.assert(
      fc.property(ms, value => {
        const back = dwellMs(dwellBucket(value))
        if (value < 64) expect(back).toBe(value)
        else expect(Math.abs(back - value)).toBeLessThanOrEqual(0.016 * value)
      }),
      { numRuns: 2_000 },
    )
  })

  it('N34 keep their order', () => {
    fc.assert(
      fc.property(ms, ms, (a, b) => {
        const [less, more] = a < b ? [a, b] : [b, a]
        expect(dwellBucket(less)).toBeLessThanOrEqual(dwellBucket(more))
        expect(dwellMs(dwellBucket(less))).toBeLessThanOrEqual(dwellMs(dwellBucket(more)))
      }),
      { numRuns: 1_000 },
    )
  })

  it('N34 have 32 buckets an octave and leave none out', () => {
    const steps = (from: number): number => dwellBucket(from * 2) - dwellBucket(from)
    for (let bit = 5; bit < 31; bit++) expect(steps(2 ** bit)).toBe(32)
    const used = new Set(Array.from({ length: 100_000 }, (_, value) => dwellBucket(value)))
    expect(used.size).toBe(dwellBucket(99_999) + 1)
  })

  it('N34 stay in the last bucket beyond 49 days', () => {
    expect(dwellBucket(2 ** 32)).toBe(dwellBucket(2 ** 32 - 1))
    expect(dwellBucket(2 ** 40)).toBe(895)
  })
})
