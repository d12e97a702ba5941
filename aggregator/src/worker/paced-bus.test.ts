import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { Bus } from '../ports.js'
import { PACE_BYTES, PACE_MS } from './limits.js'
import { PacedBus } from './paced-bus.js'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

const make = (mostBytes?: number) => {
  const heard: string[] = []
  const bus: Bus = { publish: subject => void heard.push(subject), subscribe: () => () => {}, close: async () => {} }
  return { heard, paced: new PacedBus(bus, mostBytes) }
}
const half = new Uint8Array(PACE_BYTES / 2)

test('few messages go on at once, many PACE_BYTES every PACE_MS, all in their order', () => {
  const { heard, paced } = make()
  for (let i = 0; i < 6; i++) paced.publish(`large ${i}`, half)
  paced.publish('small', new Uint8Array(1))
  expect(heard).toEqual(['large 0', 'large 1'])
  vi.advanceTimersByTime(PACE_MS)
  expect(heard).toHaveLength(4)
  vi.advanceTimersByTime(2 * PACE_MS)
  expect(heard).toEqual([...Array.from({ length: 6 }, (_, i) => `large ${i}`), 'small'])
  vi.advanceTimersByTime(PACE_MS)
  expect(vi.getTimerCount()).toBe(0)
  paced.publish('later', half)
  expect(heard.at(-1)).toBe('later')
})

test('what there is no room for is dropped, and nothing comes once it is closed', async () => {
  const { heard, paced } = make(PACE_BYTES)
  for (let i = 0; i < 8; i++) paced.publish(`large ${i}`, half)
  vi.advanceTimersByTime(10 * PACE_MS)
  expect(heard).toEqual(['large 0', 'large 1', 'large 2', 'large 3'])
  for (let i = 0; i < 3; i++) paced.publish('last', half)
  await paced.close()
  vi.advanceTimersByTime(10 * PACE_MS)
  paced.publish('too late', half)
  expect(heard.slice(4)).toEqual(['last', 'last'])
})
