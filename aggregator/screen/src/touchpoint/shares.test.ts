import fc from 'fast-check'
import { expect, it } from 'vitest'
import { SHARES_SHOWN, sharesOf } from './shares.js'

const rows = fc.array(fc.nat(1_000), { maxLength: 40 })

it('shares and the rest make one whole, whatever is shown', () => {
  fc.assert(
    fc.property(rows, fc.integer({ min: 1, max: 10 }), (counts, limit) => {
      const { shown, rest, total } = sharesOf(counts, n => n, limit)
      const all = counts.reduce((sum, n) => sum + n, 0)
      expect(total).toBe(all)
      expect(shown.reduce((sum, { n }) => sum + n, rest.n)).toBe(all)
      expect(shown.reduce((sum, { share }) => sum + share, rest.share)).toBeCloseTo(all === 0 ? 0 : 1, 9)
      expect(shown.length + rest.rows).toBe(counts.filter(n => n > 0).length)
      expect(shown.length).toBeLessThanOrEqual(limit)
    }),
  )
})

it('the most frequent are shown, most first', () => {
  const counts = Array.from({ length: SHARES_SHOWN + 2 }, (_, at) => at)
  const { shown, rest } = sharesOf(counts, n => n)
  expect(shown.map(({ n }) => n)).toEqual([9, 8, 7, 6, 5, 4, 3, 2])
  expect(rest).toEqual({ rows: 1, n: 1, share: 1 / 45 })
})
