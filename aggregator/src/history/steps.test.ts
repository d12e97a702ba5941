import { HISTORY_STEPS } from '@pulssi/protocol/client'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { beginBefore, dateBegin, stepAt, stepsOf } from './steps.js'
import { type Zone, zoneOf } from './zone.js'

const HOUR_MS = 3_600_000
const zone = (name: string): Zone => zoneOf(name) as Zone
const helsinki = zone('Europe/Helsinki')
const iso = (ms: number): string => new Date(ms).toISOString()
const at = (text: string): number => Date.parse(text)

/** How many hours each step takes. */
const hoursOf = ({ begins, end }: ReturnType<typeof stepsOf>): number[] =>
  begins.map((begin, i) => ((begins[i + 1] ?? end) - begin) / HOUR_MS)

describe('steps', () => {
  test('a day in which clocks change has 23 or 25 hours', () => {
    const spring = stepsOf('day', helsinki, at('2026-03-28T00:00+02:00'), at('2026-03-31T00:00+03:00'), 99)
    expect(hoursOf(spring)).toEqual([24, 23, 24])
    const autumn = stepsOf('day', helsinki, at('2026-10-24T00:00+03:00'), at('2026-10-27T00:00+02:00'), 99)
    expect(hoursOf(autumn)).toEqual([24, 25, 24])
    expect(hoursOf(stepsOf('week', helsinki, at('2026-03-25T00:00Z'), at('2026-04-01T00:00Z'), 99))).toEqual([167, 168])
  })

  test('where midnight does not exist a day begins at the first hour of its date', () => {
    const { begins } = stepsOf('day', zone('America/Santiago'), at('2025-09-06T12:00Z'), at('2025-09-08T12:00Z'), 99)
    expect(begins.map(iso)).toEqual([
      '2025-09-06T04:00:00.000Z',
      '2025-09-07T04:00:00.000Z',
      '2025-09-08T03:00:00.000Z',
    ])
    const troll = stepsOf('day', zone('Antarctica/Troll'), at('2026-03-28T12:00Z'), at('2026-03-30T12:00Z'), 99)
    expect(hoursOf(troll)).toEqual([24, 22, 24])
  })

  test('an hour belongs to the local date on which it begins, where a zone is not whole hours from UTC', () => {
    const { begins } = stepsOf('day', zone('Asia/Kolkata'), at('2026-01-05T12:00Z'), at('2026-01-05T13:00Z'), 99)
    expect(begins.map(iso)).toEqual(['2026-01-04T19:00:00.000Z'])
  })

  test('a week begins on Monday', () => {
    for (const name of ['UTC', 'Pacific/Auckland', 'America/New_York']) {
      const { begins } = stepsOf('week', zone(name), at('2026-01-01T00:00Z'), at('2026-03-01T00:00Z'), 99)
      for (const begin of begins) {
        expect(new Intl.DateTimeFormat('en', { timeZone: name, weekday: 'long' }).format(begin)).toBe('Monday')
      }
    }
  })

  test('follow one another without a gap, and hold what was asked for and no step more', () => {
    const zones = [
      'UTC',
      'Europe/Helsinki',
      'America/St_Johns',
      'Australia/Lord_Howe',
      'Pacific/Apia',
      'Asia/Kathmandu',
    ]
    fc.assert(
      fc.property(
        fc.constantFrom(...HISTORY_STEPS),
        fc.constantFrom(...zones),
        fc.integer({ min: at('2001-01-01T00:00Z'), max: at('2030-01-01T00:00Z') }),
        fc.integer({ min: 1, max: 40 * 24 * HOUR_MS }),
        fc.nat(100),
        (step, name, from, length, share) => {
          const to = from + length
          const steps = stepsOf(step, zone(name), from, to, 10_000)
          expect(steps.begins[0]).toBeLessThanOrEqual(from)
          expect(steps.end).toBeGreaterThanOrEqual(to)
          expect(steps.begins.at(-1)).toBeLessThan(to)
          expect(steps.begins[1] ?? steps.end).toBeGreaterThan(from)
          const instant = from + Math.floor((length * share) / 101)
          const found = stepAt(steps, instant)
          expect(steps.begins[found]).toBeLessThanOrEqual(instant)
          expect(steps.begins[found + 1] ?? steps.end).toBeGreaterThan(instant)
          expect([stepAt(steps, (steps.begins[0] as number) - 1), stepAt(steps, steps.end)]).toEqual([-1, -1])
        },
      ),
      { numRuns: 150 },
    )
  })

  test('can be counted back from an end', () => {
    const noon = at('2026-03-30T12:00Z')
    expect(iso(beginBefore('hour', helsinki, noon, 24))).toBe('2026-03-29T12:00:00.000Z')
    expect(iso(beginBefore('day', helsinki, noon, 3))).toBe('2026-03-27T22:00:00.000Z')
    expect(iso(beginBefore('week', helsinki, noon, 2))).toBe('2026-03-22T22:00:00.000Z')
  })

  test('a date begins where its zone says, and nonsense is none', () => {
    expect(iso(dateBegin(helsinki, '2026-07-01') as number)).toBe('2026-06-30T21:00:00.000Z')
    expect(iso(dateBegin(zone('Pacific/Kiritimati'), '2026-07-01') as number)).toBe('2026-06-30T10:00:00.000Z')
    expect(iso(dateBegin(zone('Etc/GMT+12'), '2026-07-01') as number)).toBe('2026-07-01T12:00:00.000Z')
    // The islands jumped over this day.
    expect(iso(dateBegin(zone('Pacific/Apia'), '2011-12-30') as number)).toBe('2011-12-30T10:00:00.000Z')
    expect([dateBegin(helsinki, '2026-02-30'), dateBegin(helsinki, '2026-13-01')]).toEqual([null, null])
  })
})

test('no zone that the time zone database does not have', () => {
  for (const name of ['', 'Europe/Atlantis', '+02:00; DROP', 'x'.repeat(65), '../../etc/passwd']) {
    expect(zoneOf(name)).toBe(null)
  }
})
