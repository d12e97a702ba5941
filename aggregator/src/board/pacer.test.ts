import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { REST_RATIO, UPDATE_MS } from './limits.js'
import { Pacer } from './pacer.js'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

const fail = (error: unknown): void => {
  throw error
}

test('the first reason is answered at once, and from then on there is one update every UPDATE_MS', async () => {
  const at: number[] = []
  const pacer = new Pacer(async () => {
    at.push(performance.now())
    return false
  }, fail)
  const start = performance.now()
  for (let ms = 0; ms < 20 * UPDATE_MS; ms += 10) {
    pacer.wake()
    await vi.advanceTimersByTimeAsync(10)
  }
  expect((at[0] ?? 0) - start).toBeLessThan(UPDATE_MS / 10)
  expect(at.length).toBeGreaterThanOrEqual(19)
  const gaps = at.slice(1).map((time, i) => time - (at[i] ?? 0))
  expect(Math.min(...gaps)).toBeGreaterThanOrEqual(UPDATE_MS - 10)
  pacer.close()
})

test('without a reason nothing runs; with something left, it runs again by itself', async () => {
  let runs = 0
  const pacer = new Pacer(async () => ++runs < 3, fail)
  await vi.advanceTimersByTimeAsync(10 * UPDATE_MS)
  expect(runs).toBe(0)
  pacer.wake()
  await vi.advanceTimersByTimeAsync(10 * UPDATE_MS)
  expect(runs).toBe(3)
})

test('a reason that comes while an update runs leads to another one', async () => {
  let runs = 0
  const pacer: Pacer = new Pacer(async () => {
    if (++runs === 1) pacer.wake()
    return false
  }, fail)
  pacer.wake()
  await vi.advanceTimersByTimeAsync(10 * UPDATE_MS)
  expect(runs).toBe(2)
})

test('an update that works long is followed by a longer rest', async () => {
  const workMs = 150
  const at: number[] = []
  const pacer = new Pacer(async () => {
    at.push(performance.now())
    vi.advanceTimersByTime(workMs)
    return at.length < 2
  }, fail)
  pacer.wake()
  await vi.advanceTimersByTimeAsync(20 * UPDATE_MS)
  expect((at[1] ?? 0) - (at[0] ?? 0)).toBeGreaterThanOrEqual(workMs * (1 + REST_RATIO))
})

test('a failed update is told, and the next one comes all the same', async () => {
  const errors: unknown[] = []
  let runs = 0
  const pacer = new Pacer(
    async () => {
      if (++runs === 1) throw new Error('no')
      return false
    },
    error => errors.push(error),
  )
  pacer.wake()
  await vi.advanceTimersByTimeAsync(2 * UPDATE_MS)
  pacer.wake()
  await vi.advanceTimersByTimeAsync(2 * UPDATE_MS)
  expect([runs, errors.length]).toEqual([2, 1])
})

test('closed, it runs no more', async () => {
  let runs = 0
  const pacer = new Pacer(async () => ++runs > 0, fail)
  pacer.wake()
  pacer.close()
  pacer.wake()
  await vi.advanceTimersByTimeAsync(2 * UPDATE_MS)
  expect(runs).toBe(0)
})
