import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Bucket } from './bucket.js'

test('never lets through more than a second’s worth plus what time has filled', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 50 }),
      fc.array(fc.integer({ min: 0, max: 300 }), { maxLength: 200 }),
      (rate, waits) => {
        const bucket = new Bucket(rate, 0)
        let now = 0
        let taken = 0
        for (const wait of waits) {
          now += wait
          if (bucket.take(now) === 0) taken++
        }
        expect(taken).toBeLessThanOrEqual(rate + (now * rate) / 1_000 + 1e-6)
      },
    ),
  )
})

test('waiting as long as it says is enough', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 2_000 }), rate => {
      const bucket = new Bucket(rate, 0)
      for (let i = 0; i < rate; i++) expect(bucket.take(0)).toBe(0)
      const wait = bucket.take(0)
      expect(wait).toBeGreaterThan(0)
      expect(bucket.take(wait)).toBe(0)
    }),
  )
})

test('a clock that goes back fills nothing', () => {
  const bucket = new Bucket(1, 1_000)
  expect(bucket.take(1_000)).toBe(0)
  expect(bucket.take(0)).toBe(1_000)
})

test('a debt is filled up before anything is taken again, and is never more than a full bucket', () => {
  const bucket = new Bucket(10, 0, 20)
  bucket.spend(0, 1_000)
  expect(bucket.waitMs(0)).toBe(2_100)
  expect(bucket.take(2_000)).toBe(100)
  expect(bucket.take(2_100)).toBe(0)
})

test('who wants more than the bucket holds gets what it holds', () => {
  const bucket = new Bucket(10, 0)
  expect(bucket.take(0, 100)).toBe(0)
  expect(bucket.take(0, 1)).toBe(100)
})

test('however long it rests, it holds no more than its size', () => {
  const bucket = new Bucket(10, 0)
  expect(bucket.take(1_000_000, 10)).toBe(0)
  expect(bucket.take(1_000_000, 1)).toBe(100)
})
