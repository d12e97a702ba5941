import { type BatchFrame, Frame } from '@pulssi/protocol'
import { expect, test } from 'vitest'
import { Addresses } from './addresses.js'
import { DEFAULT_LIMITS } from './limits.js'
import { Pace } from './pace.js'

const batch = (events: number): BatchFrame => [
  Frame.batch,
  1,
  null,
  ['cart'],
  [[null, null, 0, 0, Array.from({ length: events }, () => [0, 0, 0] as const)]],
]

const make = (rate: 'page' | 'service', limits: Partial<Record<keyof typeof DEFAULT_LIMITS, number>>) => {
  const clock = { ms: 0 }
  const all = { ...DEFAULT_LIMITS, ...limits }
  const address = new Addresses(all, () => clock.ms).of('192.0.2.1')
  return { clock, pace: new Pace({ limits: all, rate, address, now: () => clock.ms }) }
}

test('an address that sends too many events is refused before its frames are decoded, as long as it was told', () => {
  const { clock, pace } = make('page', { pageEventsPerAddressPerSecond: 100 })
  expect(pace.events(batch(100))).toBeNull()
  expect(pace.events(batch(1))).toMatchObject({ retryMs: 1_000 })
  clock.ms = 400
  expect(pace.refusal).toMatchObject({ retryMs: 600 })
  clock.ms = 1_000
  expect(pace.refusal).toBeNull()
  expect(pace.events(batch(100))).toBeNull()
})

test('the events of services are not counted', () => {
  const { pace } = make('service', { pageEventsPerAddressPerSecond: 1 })
  expect(pace.events(batch(100))).toBeNull()
  expect(pace.events(batch(100))).toBeNull()
})

test('a flood is what many times exceeds the rate, whatever it consists of', () => {
  const { clock, pace } = make('page', { pageMessagesPerSecond: 2, floodFactor: 3 })
  expect(pace.perSecond).toBe(2)
  expect(Array.from({ length: 7 }, () => pace.heard())).toEqual([false, false, false, false, false, false, true])
  expect([pace.message(), pace.message()]).toEqual([null, null])
  expect(pace.refusal).toMatchObject({ retryMs: 500 })
  expect(pace.message()).toMatchObject({ retryMs: 500 })
  clock.ms = 500
  expect(pace.refusal).toBeNull()
  expect(pace.heard()).toBe(false)
})
