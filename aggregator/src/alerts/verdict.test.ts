import { WINDOWS, type Window } from '@pulssi/protocol/client'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Readings } from '../engine/index.js'
import { type Condition, isBeyond, judge } from './verdict.js'

type Read = Readings['dropOff']
const NOTHING: Read = { value: null, low: null, high: null, n: 0, backed: false }
const told = (low: number, high: number, backed = true): Read => ({ value: (low + high) / 2, low, high, n: 50, backed })

/** Readings of some windows; nothing is known of the others. */
const reading =
  (windows: Partial<Record<Window, Read>>) =>
  (window: Window): Readings => {
    const found = windows[window] ?? NOTHING
    return { visitors: found.n, sentiment: found, dropOff: found, friction: found }
  }

const below = (threshold: number, window: Window = '5m') => ({ figure: 'sentiment', below: threshold, window }) as const
const above = (threshold: number, window: Window = '5m') => ({ figure: 'dropOff', above: threshold, window }) as const

describe('a rule', () => {
  test('holds where the whole interval lies beyond the threshold', () => {
    expect(judge(below(-0.2), reading({ '5m': told(-0.8, -0.3) })).type).toBe('bad')
    expect(judge(below(-0.2), reading({ '5m': told(-0.8, -0.2) })).type).toBe('unsure')
    expect(judge(above(0.5), reading({ '5m': told(0.51, 0.9) })).type).toBe('bad')
    expect(judge(above(0.5), reading({ '5m': told(0.5, 0.9) })).type).toBe('unsure')
  })

  test('takes 5 voices, however sure the interval is', () => {
    expect(judge(below(-0.2), reading({ '5m': told(-0.9, -0.8, false) })).type).toBe('unsure')
  })

  test('holds in the shortest window where that is so, from its own on', () => {
    const bad = told(-0.8, -0.6)
    const verdict = judge(below(-0.2), reading({ '1m': bad, '5m': told(-0.9, 0.5), '15m': bad, '24h': bad }))
    expect(verdict).toMatchObject({ type: 'bad', seen: { window: '15m' } })
  })

  test('a shorter window wholly on the other side is the newer news', () => {
    expect(judge(below(-0.2), reading({ '5m': told(0.1, 0.3), '24h': told(-0.8, -0.6) })).type).toBe('calm')
  })

  test('looks at the total only where that is its own window', () => {
    const total = reading({ total: told(-0.8, -0.6) })
    expect([judge(below(-0.2), total).type, judge(below(-0.2, 'total'), total).type]).toEqual(['calm', 'bad'])
  })

  test('lets go once its own window is well past the threshold, or empty, and not before', () => {
    const at = (value: number) => judge(above(0.5), reading({ '5m': told(value - 0.2, value + 0.2) })).type
    expect([at(0.55), at(0.48), at(0.45), at(0.2)]).toEqual(['unsure', 'unsure', 'calm', 'calm'])
    expect(judge(above(0.5), reading({})).type).toBe('calm')
  })

  test('a threshold at the end of its scale can be got past', () => {
    expect(judge(below(0.98), reading({ '5m': told(0.98, 1) })).type).toBe('calm')
    expect(judge(above(0.02), reading({ '5m': told(0, 0.02) })).type).toBe('calm')
    expect(judge({ figure: 'sentiment', above: -0.5, window: '5m' }, reading({ '5m': told(-0.9, -0.6) })).type).toBe(
      'calm',
    )
  })
})

const bounds = fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.double({ min: 0, max: 1, noNaN: true }))
const read: fc.Arbitrary<Read> = fc
  .tuple(bounds, fc.boolean())
  .map(([[a, b], backed]) => told(Math.min(a, b), Math.max(a, b), backed))

test('what holds and what is calm exclude each other, whatever the windows say', () => {
  const windows = fc.record(Object.fromEntries(WINDOWS.map(window => [window, read])) as Record<Window, typeof read>)
  const side = fc.constantFrom<('below' | 'above')[]>('below', 'above')
  fc.assert(
    fc.property(windows, side, fc.double({ min: 0, max: 1, noNaN: true }), (seen, which, threshold) => {
      const condition: Condition = { figure: 'friction', [which]: threshold }
      const verdict = judge({ ...condition, window: '5m' }, reading(seen))
      if (verdict.type === 'bad') {
        const { low, high, backed } = seen[verdict.seen.window]
        expect(backed).toBe(true)
        expect(which === 'below' ? (high as number) < threshold : (low as number) > threshold).toBe(true)
        expect(isBeyond(condition, reading(seen)(verdict.seen.window))).toBe(true)
      }
      if (verdict.type === 'calm') expect(isBeyond(condition, reading(seen)('5m'))).toBe(false)
    }),
  )
})
