import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { LONGEST_WAIT_MS, RETRY_AFTER_MS, RETRY_DELAYS_MS } from '../limits.js'
import { dueBy, retryAfterMs, waitMs } from './schedule.js'

const schedule = (random: number) => ({ delaysMs: RETRY_DELAYS_MS, random: () => random })

describe('the schedule', () => {
  test('is that of Standard Webhooks, and ends', () => {
    const waits = Array.from({ length: 10 }, (_, attempts) => waitMs(schedule(0), attempts, null))
    const minutes = waits.map(wait => (wait ?? 0) / 60_000)
    expect(minutes).toEqual([0, 5 / 60, 5, 30, 120, 300, 600, 840, 1_200, 1_440])
    expect(waitMs(schedule(0), 10, null)).toBeNull()
  })

  test('adds up to a tenth, and never comes earlier than asked for', () => {
    const random = fc.double({ min: 0, max: 1, noNaN: true })
    fc.assert(
      fc.property(random, fc.integer({ min: 1, max: 9 }), fc.option(fc.nat(RETRY_AFTER_MS)), (share, n, asked) => {
        const delay = RETRY_DELAYS_MS[n] as number
        const wait = waitMs(schedule(share), n, asked) as number
        expect(wait).toBeGreaterThanOrEqual(Math.max(delay, asked ?? 0))
        expect(wait).toBeLessThanOrEqual(Math.max(delay * 1.1, asked ?? 0))
        expect(wait).toBeLessThanOrEqual(LONGEST_WAIT_MS)
      }),
    )
  })

  test('takes a Retry-After in seconds or as a date, and believes no more than a day of it', () => {
    const now = Date.UTC(2026, 4, 4)
    expect(retryAfterMs('120', now)).toBe(120_000)
    expect(retryAfterMs(new Date(now + 60_000).toUTCString(), now)).toBe(60_000)
    expect(retryAfterMs(new Date(now - 60_000).toUTCString(), now)).toBe(0)
    expect(retryAfterMs('99999999999', now)).toBe(RETRY_AFTER_MS)
    for (const text of [undefined, '', 'soon', '-5']) expect(retryAfterMs(text, now) ?? 0).toBe(0)
  })

  test('a time of a clock that was turned back is now', () => {
    expect(dueBy(5, 10)).toBe(5)
    expect(dueBy(10 + LONGEST_WAIT_MS, 10)).toBe(10 + LONGEST_WAIT_MS)
    expect(dueBy(11 + LONGEST_WAIT_MS, 10)).toBe(10)
  })
})
