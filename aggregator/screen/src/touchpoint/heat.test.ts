import type { HistoryRow } from '@pulssi/protocol/client'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type HeatCell, HOURS, heatOf, hourIn } from './heat.js'
import { HOUR_MS, hourlyRows, rowOf } from './testing/rows.js'

/** A Monday, 00:00 UTC. */
const MONDAY = Date.UTC(2024, 10, 18)
const WEEKS_HOURS = 28 * 24
const zone = fc.constantFrom('UTC', 'Europe/Helsinki', 'America/New_York', 'Asia/Kolkata', 'Pacific/Chatham')
const rows = hourlyRows(MONDAY, WEEKS_HOURS)

const total = (cells: HeatCell[][], of: (cell: HeatCell) => number): number =>
  cells.flat().reduce((sum, cell) => sum + of(cell), 0)
const sum = (given: readonly HistoryRow[], of: (row: HistoryRow) => number): number =>
  given.reduce((all, row) => all + of(row), 0)

describe('the heat table', () => {
  it('holds what its rows hold, no more and no less', () => {
    fc.assert(
      fc.property(rows, zone, (given, name) => {
        const visits = heatOf(given, name, 'visits')
        expect(total(visits, ({ value }) => value ?? 0)).toBe(sum(given, row => row.visits.entered))
        const dropOff = heatOf(given, name, 'dropOff')
        expect(total(dropOff, ({ n }) => n)).toBe(sum(given, row => row.dropOff.n))
        expect(total(dropOff, ({ value, n }) => (value ?? 0) * n)).toBeCloseTo(
          sum(given, row => row.visits.dropped),
          6,
        )
        const friction = heatOf(given, name, 'friction')
        expect(total(friction, ({ value, n }) => (value ?? 0) * n)).toBeCloseTo(
          sum(given, row => row.visits.troubled),
          6,
        )
        expect(total(heatOf(given, name, 'sentiment'), ({ n }) => n)).toBe(sum(given, row => row.sentiment.n))
      }),
    )
  })

  it('has seven days of 24 hours, Monday first, with each value inside its interval', () => {
    fc.assert(
      fc.property(rows, zone, fc.constantFrom('dropOff', 'friction', 'sentiment'), (given, name, figure) => {
        const cells = heatOf(given, name, figure as 'dropOff')
        expect(cells.map(row => row.length)).toEqual(Array(7).fill(HOURS))
        for (const { value, low, high, n, belief } of cells.flat()) {
          if (n === 0)
            expect({ value, low, high, belief }).toEqual({ value: null, low: null, high: null, belief: 'few' })
          else {
            expect(low).toBeLessThanOrEqual((value ?? 2) + 1e-9)
            expect(high).toBeGreaterThanOrEqual((value ?? -2) - 1e-9)
          }
        }
      }),
    )
  })

  it('puts an hour where the zone puts it', () => {
    const counts = { progressed: 6, dropped: 2, troubled: 0, answers: {} }
    const row = rowOf(MONDAY + 22 * HOUR_MS, MONDAY + 23 * HOUR_MS, counts)
    expect(heatOf([row], 'UTC', 'visits')[0]?.[22]?.value).toBe(8)
    expect(heatOf([row], 'Europe/Helsinki', 'visits')[1]?.[0]?.value).toBe(8)
    expect(heatOf([row], 'America/New_York', 'visits')[0]?.[17]?.value).toBe(8)
  })

  it('counts the hour that a clock passes twice in one cell', () => {
    const placeOf = hourIn('Europe/Helsinki')
    const repeated = Date.UTC(2024, 9, 27, 0)
    expect(placeOf(repeated)).toEqual({ weekday: 6, hour: 3 })
    expect(placeOf(repeated + HOUR_MS)).toEqual({ weekday: 6, hour: 3 })
  })

  it('believes no cell of few visits, and none whose interval is wide', () => {
    const beliefOf = (progressed: number) => {
      const row = rowOf(MONDAY, MONDAY + HOUR_MS, { progressed, dropped: progressed, troubled: 0, answers: {} })
      return heatOf([row], 'UTC', 'dropOff')[0]?.[0]?.belief
    }
    expect([2, 3, 200].map(beliefOf)).toEqual(['few', 'unsure', 'sure'])
  })
})
