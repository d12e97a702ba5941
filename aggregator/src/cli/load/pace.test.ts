import fc from 'fast-check'
import { expect, test } from 'vitest'
import { dueMs, paceOf } from './pace.js'

test('all connections together keep the rate, evenly spread', () => {
  const rates = fc.integer({ min: 1, max: 1_000_000 })
  const small = fc.integer({ min: 1, max: 100 })
  fc.assert(
    fc.property(rates, small, small, (rate, batch, connections) => {
      const due = Array.from({ length: connections }, (_, index) => {
        const pace = paceOf(rate, batch, 0, index, connections)
        return [0, 1, 2].map(n => dueMs(pace, n, 0))
      })
        .flat()
        .sort((a, b) => a - b)
      const everyMs = (batch * 1_000) / rate
      due.forEach((ms, n) => {
        expect(ms).toBeCloseTo(n * everyMs, 6)
      })
    }),
  )
})

test('a batch that goes late was due when it was due', () => {
  expect(dueMs(paceOf(10, 1, 1_000, 0, 1), 3, 9_999)).toBe(1_300)
  expect(dueMs(paceOf(null, 1, 1_000, 0, 1), 3, 9_999)).toBe(9_999)
})
