import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { FIGURES, readingOf } from './figures.js'
import { columnsOf, lastKnown, lonelyOf, moved, seriesOf } from './series.js'
import { HOUR_MS, hourlyRows, rowOf } from './testing/rows.js'

const START = 1_732_233_600_000
const HOURS = 168
const END = START + HOURS * HOUR_MS
const figure = fc.constantFrom(...FIGURES)

describe('a series', () => {
  it('covers its time without a hole or an overlap, whatever rows are missing', () => {
    fc.assert(
      fc.property(hourlyRows(START, HOURS), figure, (rows, of) => {
        const points = seriesOf(rows, of, START, END)
        expect(points[0]?.from).toBe(START)
        expect(points.at(-1)?.to).toBe(END)
        for (const [at, { from, to }] of points.entries()) {
          expect(to).toBeGreaterThan(from)
          if (at > 0) expect(from).toBe(points[at - 1]?.to)
        }
      }),
    )
  })

  it('shows each row at its time, and an empty point where nothing was counted', () => {
    fc.assert(
      fc.property(hourlyRows(START, HOURS), figure, (rows, of) => {
        const points = seriesOf(rows, of, START, END)
        const at = new Map(rows.map(row => [row.from, row]))
        for (const { from, to, ...reading } of points) {
          const row = at.get(from)
          if (row === undefined) expect(reading).toEqual({ value: null, low: null, high: null, n: 0 })
          else expect({ ...reading, to }).toEqual({ ...readingOf(row, of), to: row.to })
        }
        expect(points.filter(({ from }) => at.has(from))).toHaveLength(rows.length)
      }),
    )
  })

  it('goes to the chart as columns of one length, in the order of time, with nulls as gaps', () => {
    fc.assert(
      fc.property(hourlyRows(START, HOURS), figure, (rows, of) => {
        const points = seriesOf(rows, of, START, END)
        const [xs, ...columns] = columnsOf(points)
        for (const column of columns) expect(column).toHaveLength(xs.length)
        for (const [at, x] of xs.entries()) if (at > 0) expect(x).toBeGreaterThan(xs[at - 1] ?? x)
        expect(columns[3]).toEqual(points.map(({ value }) => value))
      }),
    )
  })

  it('takes a day of 23 or 25 hours as it is', () => {
    const counts = { progressed: 3, dropped: 1, troubled: 0, answers: {} }
    const days = [rowOf(START, START + 23 * HOUR_MS, counts), rowOf(START + 23 * HOUR_MS, START + 48 * HOUR_MS, counts)]
    expect(seriesOf(days, 'dropOff', START, START + 48 * HOUR_MS).map(({ value }) => value)).toEqual([0.25, 0.25])
  })

  it('names the values that stand alone', () => {
    expect(lonelyOf([1, null, 2, 3, null, 4])).toEqual([0, 5])
    expect(lonelyOf([null, null])).toEqual([])
    expect(lonelyOf([7])).toEqual([0])
  })
})

describe('reading by key', () => {
  it('begins at the last value that is known', () => {
    const points = [1, null, 2, null].map(value => ({ from: 0, to: 1, value, low: null, high: null, n: 0 }))
    expect(lastKnown(points)).toBe(2)
    expect(lastKnown(points.map(point => ({ ...point, value: null })))).toBe(3)
    expect(lastKnown([])).toBe(-1)
  })

  it('never leaves the series, and reaches both ends', () => {
    const keys = ['ArrowLeft', 'ArrowRight', 'ArrowUp', 'ArrowDown', 'PageUp', 'PageDown', 'Home', 'End']
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 500 }), fc.array(fc.constantFrom(...keys)), (count, pressed) => {
        let at = 0
        for (const key of pressed) {
          at = moved(key, at, count) ?? -1
          expect(at).toBeGreaterThanOrEqual(0)
          expect(at).toBeLessThan(count)
        }
        expect(moved('Home', at, count)).toBe(0)
        expect(moved('End', at, count)).toBe(count - 1)
      }),
    )
  })

  it('leaves other keys to the page', () => {
    expect(moved('Tab', 3, 10)).toBeNull()
  })
})
