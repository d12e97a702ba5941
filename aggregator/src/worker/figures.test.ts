import { expect, it } from 'vitest'
import { WorkerFigures } from './figures.js'

it('sums what the partitions hold, of each the newest', () => {
  const figures = new WorkerFigures()
  expect([figures.visitors, figures.tableBytes]).toEqual([0, 0])
  figures.hold(2, { visitors: 5, sizeBytes: 50 })
  figures.hold(0, { visitors: 1, sizeBytes: 10 })
  figures.hold(2, { visitors: 7, sizeBytes: 70 })
  expect([figures.visitors, figures.tableBytes]).toEqual([8, 80])
})

it('keeps the last image', () => {
  const figures = new WorkerFigures()
  figures.stored({ storedAt: 1, tookMs: 2, sizeBytes: 3 })
  figures.stored({ storedAt: 4, tookMs: 5, sizeBytes: 6 })
  expect(figures.images).toBe(2)
  expect(figures.lastImage).toEqual({ storedAt: 4, tookMs: 5, sizeBytes: 6 })
})
