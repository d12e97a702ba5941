import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fileNameOf, HEAT_RANGE, historyParameters, RANGE, RANGES } from './ranges.js'

const CLOCK = Date.UTC(2024, 10, 22, 12)
const DAY_MS = 86_400_000

describe('a stretch of history', () => {
  it("ends at the server's clock and is as long as it is called, whatever the browser's clock says", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...RANGES.map(name => RANGE[name]), HEAT_RANGE),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (range, part) => {
          const { from, to, step } = historyParameters('a.b', range, CLOCK + part, 'UTC')
          expect([to, step]).toEqual([Math.floor(CLOCK + part), range.step])
          expect(Number(to) - Number(from)).toBe(range.days * DAY_MS)
        },
      ),
    )
  })

  it('of the heat table holds each weekday as often', () => {
    expect(HEAT_RANGE.days % 7).toBe(0)
  })
})

describe('the name of a file', () => {
  it('says what it holds, by the days of its zone', () => {
    const [from, to] = [CLOCK - DAY_MS, CLOCK + 11 * 3_600_000]
    expect(fileNameOf('checkout.payment', 'hour', 'UTC', from, to)).toBe(
      'pulssi-checkout.payment-hour-2024-11-21-2024-11-22.csv',
    )
    expect(fileNameOf('checkout.payment', 'hour', 'Europe/Helsinki', from, to)).toMatch(/2024-11-21-2024-11-23\.csv$/)
  })

  it('holds nothing that a disk or a shell takes for more than a name', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), name => {
        expect(fileNameOf(name, 'day', 'UTC', CLOCK, CLOCK)).toMatch(
          /^pulssi-[a-z0-9_.-]*-day-2024-11-22-2024-11-22\.csv$/,
        )
      }),
    )
    expect(fileNameOf('~journey', 'day', 'UTC', CLOCK, CLOCK)).toMatch(/^pulssi-journey-/)
  })
})
