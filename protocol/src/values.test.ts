import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { AHEAD_MS, EARLIEST_AT, Refusal, SCALE_LEVELS, SCALES, type WireEvent } from './client/index.js'
import { events } from './testing/frames.js'
import { checkEvent } from './values.js'

const NOW = Date.UTC(2026, 0, 1)
const good = (event: WireEvent) => checkEvent(event, NOW, NOW)

describe('W30 to W34: single values', () => {
  test('no event of the grammar makes the check throw, and a name never becomes another', () => {
    const known = new Set<number>([0, Refusal.badTime, Refusal.badScore, Refusal.textTooLong, Refusal.badValue])
    fc.assert(
      fc.property(events(3), fc.double({ noNaN: true }), (event, at) => {
        expect(known.has(checkEvent(event, at, NOW))).toBe(true)
      }),
    )
  })

  test('W30: a whole millisecond from 2000 to a day ahead, dt included', () => {
    const cases: [number, number, number][] = [
      [EARLIEST_AT, 0, 0],
      [EARLIEST_AT, -1, Refusal.badTime],
      [EARLIEST_AT - 1, 1, 0],
      [NOW + AHEAD_MS, 0, 0],
      [NOW, AHEAD_MS + 1, Refusal.badTime],
      [NOW + 0.5, 0, Refusal.badTime],
      [NOW, 0.25, Refusal.badTime],
      [1e300, -1e300, Refusal.badTime],
      [-62_135_596_800_000, 0, Refusal.badTime],
    ]
    for (const [at, dt, code] of cases) expect(checkEvent([0, dt, 0], at, NOW), `${at} ${dt}`).toBe(code)
  })

  test('W31: exactly the levels of each scale', () => {
    for (const [index, scale] of SCALES.entries()) {
      const { first, count } = SCALE_LEVELS[scale]
      for (let score = -2; score < 14; score += 0.5) {
        const isLevel = score >= first && score < first + count && Number.isInteger(score)
        expect(good([3, 0, 0, index, score]), `${scale} ${score}`).toBe(isLevel ? 0 : Refusal.badScore)
      }
    }
    expect(good([3, 0, 0, 0, -0])).toBe(0)
    expect(good([3, 0, 0, 0, 2 ** 32])).toBe(Refusal.badScore)
  })

  test('W32: an option from 0 to 5', () => {
    for (const option of [0, 5]) expect(good([4, 0, 0, 'a', option])).toBe(0)
    for (const option of [-1, 6, 0.5, 1e300]) expect(good([4, 0, 0, 'a', option])).toBe(Refusal.badScore)
  })

  test('W33: 500 code points, not UTF-16 units', () => {
    expect(good([3, 0, 0, 2, 5, '😀'.repeat(500)])).toBe(0)
    expect(good([3, 0, 0, 2, 5, `${'😀'.repeat(500)}x`])).toBe(Refusal.textTooLong)
    expect(good([4, 0, 0, 'a', 'x'.repeat(500)])).toBe(0)
    expect(good([4, 0, 0, 'a', 'x'.repeat(501)])).toBe(Refusal.textTooLong)
    expect(good([3, 0, 0, 2, 5, null])).toBe(0)
  })

  test('W34: a value within ±1e12', () => {
    for (const value of [1e12, -1e12, 0.1]) expect(good([2, 0, 0, value])).toBe(0)
    for (const value of [1e12 + 1, -1.0001e12, 1e300]) expect(good([2, 0, 0, value])).toBe(Refusal.badValue)
    expect(good([2, 0, 0])).toBe(0)
  })

  test('time is judged first', () => {
    expect(checkEvent([3, 0, 0, 2, 9], 0, NOW)).toBe(Refusal.badTime)
  })
})
