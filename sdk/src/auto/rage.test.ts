import fc from 'fast-check'
import { expect, test } from 'vitest'
import { RAGE_CLICKS, RAGE_MS, RAGE_PX } from './limits.js'
import { isRage as isRageOf, type Spot } from './rage.js'

const isRage = (clicks: readonly Spot[]): boolean => isRageOf([...clicks].reverse())
const spot = (timeStamp: number, clientX = 0, clientY = 0) => ({ timeStamp, clientX, clientY })
const earlier = fc.array(fc.record({ timeStamp: fc.nat(900), clientX: fc.nat(2_000), clientY: fc.nat(2_000) }))

test('fewer clicks are no rage', () => {
  fc.assert(
    fc.property(fc.array(fc.constant(spot(0)), { maxLength: RAGE_CLICKS - 1 }), clicks => {
      expect(isRage(clicks)).toBe(false)
    }),
  )
})

test('the last ones within the time and the place are, whatever came before', () => {
  fc.assert(
    fc.property(earlier, fc.nat(RAGE_MS), fc.nat(RAGE_PX), (before, spanMs, awayPx) => {
      expect(isRage([...before, spot(1_000), spot(1_000 + spanMs / 2), spot(1_000 + spanMs, awayPx)])).toBe(true)
    }),
  )
})

test('those over a longer time, or further away, are not', () => {
  fc.assert(
    fc.property(earlier, fc.nat(5_000), fc.nat(500), (before, moreMs, morePx) => {
      const first = [...before, spot(1_000), spot(1_000)]
      expect(isRage([...first, spot(1_001 + RAGE_MS + moreMs)])).toBe(false)
      expect(isRage([...first, spot(1_000, 0, RAGE_PX + 1 + morePx)])).toBe(false)
    }),
  )
})
