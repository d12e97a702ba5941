import fc from 'fast-check'
import { expect, test } from 'vitest'
import { SIGNALS_A_MINUTE } from './limits.js'
import { createRate } from './rate.js'

const call = fc.tuple(fc.nat(5_000), fc.boolean(), fc.constantFrom('rage', 'dead', 'slow'))
// Enough of them to fill a minute.
const calls = fc.array(call, { maxLength: 60, size: 'max' })

test('no minute has more than the bound, and no visit two of a name', () => {
  fc.assert(
    fc.property(calls, made => {
      const takes = createRate()
      const told: { atMs: number; key: string }[] = []
      let atMs = 0
      let visit = 0
      for (const [waitMs, isNew, name] of made) {
        atMs += waitMs
        if (isNew) visit++
        if (takes(atMs, visit, name)) told.push({ atMs, key: `${visit} ${name}` })
      }
      expect(new Set(told.map(({ key }) => key)).size).toBe(told.length)
      for (const { atMs: end } of told)
        expect(told.filter(({ atMs: at }) => at > end - 60_000 && at <= end).length).toBeLessThanOrEqual(
          SIGNALS_A_MINUTE,
        )
    }),
  )
})

test('the bound is reached, and a minute later there is room again', () => {
  const takes = createRate()
  const told = Array.from({ length: SIGNALS_A_MINUTE + 5 }, (_, visit) => takes(0, visit, 'dead')).filter(Boolean)
  expect(told.length).toBe(SIGNALS_A_MINUTE)
  expect(takes(59_999, 'other', 'dead')).toBe(false)
  expect(takes(60_000, 'other', 'dead')).toBe(true)
})
