import type { Incident } from '@pulssi/protocol/client'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Rule } from '../config/index.js'
import { acknowledged, type Open, step } from './life.js'
import type { Verdict } from './verdict.js'

const RULE: Rule = {
  name: 'payment hurts',
  touchpoint: 'checkout.payment',
  figure: 'sentiment',
  below: -0.2,
  window: '5m',
  for: 120_000,
  clear: 180_000,
}
const START = 1_732_250_000_000
const seen = { window: '5m', value: -0.6, low: -0.8, high: -0.4, n: 30, visitors: 29 } as const
const BAD: Verdict = { type: 'bad', seen }
const CALM: Verdict = { type: 'calm' }
const UNSURE: Verdict = { type: 'unsure' }

/** Runs verdicts, each at its time in s after the start; returns the states that were told, with those times. */
const run = (steps: readonly (readonly [verdict: Verdict, atS: number, isGap?: boolean])[], rule = RULE) => {
  let open: Open | null = null
  let ids = 0
  const told: [Incident['state'], number, string][] = []
  for (const [verdict, atS, isGap = false] of steps) {
    const target = { rule, touchpoint: RULE.touchpoint, newId: () => `i.${++ids}` }
    const stepped = step(open, verdict, target, { now: START + atS * 1_000, isGap })
    open = stepped.open
    if (stepped.changed !== null) told.push([stepped.changed.state, atS, stepped.changed.id])
  }
  return { told: told.map(([state, atS]) => [state, atS]), ids: told.map(([, , id]) => id), open: open as Open | null }
}

describe('an incident', () => {
  test('is pending until the rule has held for long enough, then fires, once', () => {
    const { told, ids } = run([
      [BAD, 0],
      [BAD, 119],
      [BAD, 120],
      [BAD, 121],
    ])
    expect(told).toEqual([
      ['pending', 0],
      ['firing', 120],
    ])
    expect(new Set(ids).size).toBe(1)
  })

  test('fires at once without a for', () => {
    expect(run([[BAD, 0]], { ...RULE, for: 0 }).told).toEqual([['firing', 0]])
  })

  test('that holds no more before it fired never was', () => {
    const { told, open } = run([
      [BAD, 0],
      [UNSURE, 60],
    ])
    expect([told.at(-1), open]).toEqual([['resolved', 60], null])
  })

  test('counts no time in which nobody looked', () => {
    const { told } = run([
      [BAD, 0],
      [BAD, 600, true],
      [BAD, 719],
      [BAD, 720],
    ])
    expect(told).toEqual([
      ['pending', 0],
      ['firing', 720],
    ])
  })

  test('is resolved when all was calm for long enough without a break', () => {
    const { told } = run([
      [BAD, 0],
      [BAD, 120],
      [CALM, 200],
      [UNSURE, 300],
      [CALM, 310],
      [CALM, 489],
      [CALM, 490],
    ])
    expect(told.slice(2)).toEqual([['resolved', 490]])
  })

  test('is not resolved by time in which nobody looked', () => {
    const { told } = run([
      [BAD, 0],
      [BAD, 120],
      [CALM, 200],
      [CALM, 400, true],
      [CALM, 579],
      [CALM, 580],
    ])
    expect(told.slice(2)).toEqual([['resolved', 580]])
  })

  test('that comes again is another one', () => {
    const once: [Verdict, number][] = [
      [BAD, 0],
      [CALM, 1],
      [CALM, 181],
    ]
    const { ids } = run([...once, [BAD, 182]], { ...RULE, for: 0 })
    expect(ids).toEqual(['i.1', 'i.1', 'i.2'])
  })

  test('tells the figures with which the rule held last', () => {
    const { open } = run([
      [BAD, 0],
      [BAD, 120],
      [CALM, 130],
    ])
    expect(open?.incident).toMatchObject({ value: -0.6, window: '5m', n: 30, below: -0.2, above: null })
  })

  test('is acknowledged while it fires, and stays what it is when told twice', () => {
    const pending = run([[BAD, 0]]).open as Open
    const firing = run([[BAD, 0]], { ...RULE, for: 0 }).open as Open
    const once = acknowledged(firing, START + 5)
    expect(acknowledged(pending, START)).toBeNull()
    expect(once?.incident).toMatchObject({ state: 'acknowledged', acknowledgedAt: START + 5 })
    expect(acknowledged(once as Open, START + 9)).toBe(once)
  })
})

test('whatever is seen: no firing before its time, no end within clear of the last sign, states in their order', () => {
  const sight = fc.record({
    verdict: fc.constantFrom(BAD, BAD, CALM, UNSURE),
    afterS: fc.integer({ min: 1, max: 100 }),
    isGap: fc.boolean(),
  })
  fc.assert(
    fc.property(fc.array(sight, { maxLength: 60 }), fc.constantFrom(0, 60_000, 120_000), (sights, forMs) => {
      let atS = 0
      const steps = sights.map(({ verdict, afterS, isGap }) => {
        atS += afterS
        return [verdict, atS, isGap] as const
      })
      const { told } = run(steps, { ...RULE, for: forMs })
      let state: unknown = 'resolved'
      for (const [next, when] of told) {
        const before = steps.filter(([, at]) => at <= (when as number))
        if (next === 'firing') {
          // Unbroken and seen all along.
          const held = before.filter(([, at]) => at > (when as number) - forMs / 1_000)
          expect(held.every(([verdict]) => verdict === BAD)).toBe(true)
          if (forMs > 0) expect(state).toBe('pending')
        }
        if (next === 'resolved' && state === 'firing') {
          const recent = before.filter(([, at]) => at > (when as number) - RULE.clear / 1_000)
          expect(recent.every(([verdict]) => verdict === CALM)).toBe(true)
        }
        if (next === 'pending') expect(state).toBe('resolved')
        state = next
      }
    }),
  )
})
