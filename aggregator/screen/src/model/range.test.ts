import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { stretchesOf, visibleRange } from './range.js'

const ROW_PX = 60
const DRAWN_MAX = 80

describe('the rows that are drawn', () => {
  test('are all that lie in view, and few others', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 5_000 }),
        fc.integer({ min: -400_000, max: 2_000 }),
        fc.integer({ min: 200, max: 2_400 }),
        (count, top, viewPx) => {
          const { from, to } = visibleRange(count, ROW_PX, top, viewPx)
          expect(from).toBeGreaterThanOrEqual(0)
          expect(to).toBeLessThanOrEqual(count)
          expect(to - from).toBeLessThanOrEqual(DRAWN_MAX)
          for (let row = 0; row < count; row++) {
            const begins = top + row * ROW_PX
            if (begins < viewPx && begins + ROW_PX > 0) expect(row >= from && row < to).toBe(true)
          }
        },
      ),
      { numRuns: 50 },
    )
  })

  test('are a few where no row has been measured yet', () => {
    expect(visibleRange(2_000, 0, 0, 900)).toEqual({ from: 0, to: 12 })
    expect(visibleRange(3, 0, 0, 900)).toEqual({ from: 0, to: 3 })
  })
})

describe('the stretches of a table', () => {
  test('cover each row once, and the row with the focus is drawn', () => {
    fc.assert(
      fc.property(
        fc.nat(500),
        fc.nat(500),
        fc.nat(60),
        fc.option(fc.integer({ min: -1, max: 600 })),
        (count, start, length, focused) => {
          const from = Math.min(start, count)
          const range = { from, to: Math.min(count, from + length) }
          const covered: string[] = []
          for (const stretch of stretchesOf(count, range, focused)) {
            const rows = stretch.kind === 'gap' ? stretch.rows : stretch.to - stretch.from
            expect(stretch.from).toBe(covered.length)
            for (let row = 0; row < rows; row++) covered.push(stretch.kind)
          }
          expect(covered).toHaveLength(count)
          if (focused !== null && focused >= 0 && focused < count) expect(covered[focused]).toBe('rows')
          expect(covered.filter(kind => kind === 'rows').length).toBeLessThanOrEqual(range.to - range.from + 1)
        },
      ),
    )
  })
})
