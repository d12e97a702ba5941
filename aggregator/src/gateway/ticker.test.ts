import { pino } from 'pino'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { Appender } from './appender.js'
import type { DayIdentity } from './identity.js'
import { TICK_MS } from './retry.js'
import { Ticker, type TickerOptions } from './ticker.js'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

test('ticks never go back with the wall clock, and go on once it is past where it was', () => {
  const told: number[] = []
  let now = 10_000
  const ticker = new Ticker({
    appender: { tick: async (at: number) => void told.push(at) } as unknown as Appender,
    days: { rotate: async () => {} } as unknown as DayIdentity,
    intake: {} as TickerOptions['intake'],
    clock: { now: () => now },
    mode: 'wall',
    logger: pino({ level: 'silent' }),
  } as TickerOptions)
  for (now of [10_000, 11_000, 5_000, 6_000, 11_000, 12_000]) vi.advanceTimersByTime(TICK_MS)
  ticker.close()
  expect(told).toEqual([10_000, 11_000, 12_000])
})
