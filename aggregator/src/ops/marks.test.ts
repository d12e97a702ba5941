import fc from 'fast-check'
import { expect, test } from 'vitest'
import { MARKS } from './limits.js'
import { type Mark, Marks } from './marks.js'

const HOUR = 3_600_000

/** The log's growth as images see it: each some time and some entries after the one before. */
const growth = fc
  .array(fc.tuple(fc.integer({ min: 1, max: 3 * HOUR }), fc.integer({ min: 0, max: 1_000 })), { maxLength: 300 })
  .map(steps => {
    const marks: Mark[] = []
    for (const [ms, entries] of steps) {
      const { sequence = 0, at = 1e12 } = marks.at(-1) ?? {}
      marks.push({ sequence: sequence + entries, at: at + ms })
    }
    return marks
  })

test('nothing younger than the log is kept is called old, what is much older is, and marks are few', () => {
  fc.assert(
    fc.property(growth, fc.integer({ min: 1, max: 400 * 24 }), (images, hours) => {
      const keepMs = hours * HOUR
      const marks = new Marks(keepMs)
      for (const [i, image] of images.entries()) {
        marks.add(image)
        const expired = marks.expired(image.at)
        const old = images.slice(0, i + 1).filter(({ at }) => at <= image.at - keepMs)
        expect(expired).toBeLessThanOrEqual(old.at(-1)?.sequence ?? 0)
        // Between two images so far apart a mark was made, and not after the later one.
        const space = Math.max(60_000, Math.ceil(keepMs / MARKS))
        const surelyOld = old.filter(({ at }) => (old.at(-1)?.at ?? 0) - at >= space)
        expect(expired).toBeGreaterThanOrEqual(surelyOld.at(-1)?.sequence ?? 0)
        expect(marks.list.length).toBeLessThanOrEqual(MARKS + 2)
      }
    }),
    { numRuns: 200 },
  )
})

test('marks made by a clock that was far ahead go once it is right again', () => {
  const marks = new Marks(72 * HOUR)
  expect(marks.add({ sequence: 10, at: 1e12 + 1_000 * HOUR })).toBe(true)
  expect(marks.add({ sequence: 20, at: 1e12 })).toBe(true)
  expect(marks.list).toEqual([{ sequence: 20, at: 1e12 }])
  expect(marks.expired(1e12 + 71 * HOUR)).toBe(0)
  expect(marks.expired(1e12 + 72 * HOUR)).toBe(20)
})
