import { WINDOWS } from '@pulssi/protocol/client'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { difference } from './difference.js'
import { readConfig, readLine } from './read.js'
import { HOUR, MINUTE, recountOf, SECOND, T0, type Told, tick } from './story.js'

/** How many entered `a` in each window, when one event at `at` is looked at from `clock`. */
const windowsOf = (at: number, clock: number): string[] => {
  const recount = recountOf([{ at }, tick(clock)])
  return WINDOWS.filter(window => recount.pulses(['a'], window)[0]?.visits.entered === 1)
}

const answer = (at: number, level: number, touchpoint: string): Told => ({
  at,
  kind: 'feedback',
  scale: 'csat',
  level,
  touchpoint,
})

describe('recount, as a whole', () => {
  it('any interleaving of the visitors counts the same, `late` apart', () => {
    const step = fc.record({
      visitor: fc.constantFrom('u', 'v', 'w'),
      touchpoint: fc.constantFrom('a', 'b', 'c'),
      kind: fc.constantFrom('enter', 'leave', 'goal', 'feedback', 'signal', 'link'),
      scale: fc.constant('csat'),
      level: fc.integer({ min: 0, max: 4 }),
      at: fc.integer({ min: 0, max: 2 * HOUR }),
    } satisfies { [K in keyof Told]: fc.Arbitrary<Told[K]> })
    const end = tick(3 * HOUR)
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), log => {
        const byVisitor = ['w', 'u', 'v'].flatMap(name => log.filter(({ visitor }) => visitor === name))
        for (const window of WINDOWS) {
          const expected = recountOf([...log, end]).journey(window)
          const actual = recountOf([...byVisitor, end]).journey(window)
          expect(difference(expected, actual, { ignore: ['late'] })).toBe(null)
        }
      }),
    )
  })

  it('every visit has one outcome or is open', () => {
    const steps = fc.array(fc.tuple(fc.integer({ min: 0, max: 2 * HOUR }), fc.constantFrom('a', 'b')), {
      maxLength: 40,
    })
    fc.assert(
      fc.property(steps, log => {
        const recount = recountOf(log.map(([at, touchpoint]) => ({ at, touchpoint })))
        for (const { visits: v } of recount.journey('total').pulses) {
          expect(v.completed + v.progressed + v.switched + v.dropped + v.unseen + v.active).toBe(v.entered)
        }
      }),
    )
  })
})

describe('recount, windows', () => {
  it('N30: a window holds the slices that start in (c − W, c]', () => {
    expect(windowsOf(0, 0)).toEqual([...WINDOWS])
    // The 5 s slice at 0 starts exactly 1 min before 60 s: out; the one at 5 s is in.
    expect(windowsOf(4_999, MINUTE)).toEqual(['5m', '15m', '1h', '24h', 'total'])
    expect(windowsOf(5_000, MINUTE)).toEqual([...WINDOWS])
    expect(windowsOf(0, 5 * MINUTE)).toEqual(['15m', '1h', '24h', 'total'])
    expect(windowsOf(59_999, 15 * MINUTE)).toEqual(['1h', '24h', 'total'])
    expect(windowsOf(60_000, HOUR)).toEqual(['1h', '24h', 'total'])
    expect(windowsOf(15 * MINUTE - 1, 24 * HOUR)).toEqual(['total'])
    expect(windowsOf(15 * MINUTE, 24 * HOUR)).toEqual(['24h', 'total'])
  })

  it('N30: outcomes and transitions count when they happen, openings at their event', () => {
    const recount = recountOf([{ at: 0 }, { at: 8 * MINUTE, touchpoint: 'b' }])
    const { pulses, transitions } = recount.journey('5m')
    expect(pulses.map(({ visits }) => [visits.entered, visits.progressed])).toEqual([
      [0, 1],
      [1, 0],
    ])
    expect(transitions).toEqual([{ from: 'a', to: 'b', n: 1 }])
  })

  it('N32: baselines of touchpoint, stage, channel and journey', () => {
    const config = { touchpoints: [{ pattern: 'a', stage: 's' }] }
    // Before the 5 min: at a 4 answers of +1, at b 1 of −1. Journey 3/5 = 0.6; stage (4 + 12) / 24 = 0.666667;
    // a (4 + 20·0.666667) / 24 = 0.722222; b, without a stage, (−1 + 12) / 21 = 0.52381; channel web (3 + 12) / 25.
    const log = [...[0, 0, 0, 0].map(at => answer(at, 4, 'a')), answer(0, 0, 'b'), answer(HOUR, 0, 'a')]
    const recount = recountOf(log, config)
    const names = ['~journey', '~stage.s', '~channel.web', 'a', 'b']
    const baselines = recount.pulses(names, '5m').map(pulse => pulse.sentiment.baseline)
    expect(baselines).toEqual([0.6, 0.666667, 0.6, 0.722222, 0.52381])
    expect(recount.pulses(names, '24h').map(pulse => pulse.sentiment.baseline)).toEqual(names.map(() => null))
    // No visit was entered: the journey has no n.
    expect(recount.pulses(names, '5m').map(pulse => pulse.friction.baseline)).toEqual(names.map(() => null))
  })

  it('N32: from 15 min slices that start in (c − W − 24 h, c − W]', () => {
    const known = (at: number, clock: number) =>
      recountOf([answer(at, 4, 'a'), tick(clock)]).pulses(['a'], '1m')[0]?.sentiment.baseline
    expect(known(0, MINUTE)).toBe(1)
    expect(known(0, MINUTE - 1)).toBe(null)
    expect(known(14 * MINUTE, MINUTE + 24 * HOUR - 1)).toBe(1)
    expect(known(14 * MINUTE, MINUTE + 24 * HOUR)).toBe(null)
  })

  it('N35: roll-ups are sums of their touchpoints', () => {
    const recount = recountOf(
      [{ at: 0 }, { at: 1, touchpoint: 'b' }, { at: 2, visitor: 'w', touchpoint: 'c', channel: 'phone' }],
      {
        touchpoints: [
          { pattern: 'a', stage: 's' },
          { pattern: 'c', stage: 's' },
        ],
      },
    )
    expect(recount.rollUps).toEqual(['~channel.phone', '~channel.web', '~journey', '~stage.s'])
    const pulses = recount.pulses(recount.rollUps, 'total')
    expect(pulses.map(({ visits, visitors }) => [visits.entered, visits.active, visitors])).toEqual([
      [1, 1, 1],
      [2, 1, 1],
      [3, 2, 2],
      [2, 1, 2],
    ])
    expect(pulses.map(({ channel, stage }) => [channel, stage])).toEqual([
      ['phone', null],
      ['web', null],
      [null, null],
      [null, 's'],
    ])
  })

  it('N35: transitions are sorted by from, then to', () => {
    const path = ['b', 'c', 'b', 'a', 'b', 'a']
    const recount = recountOf(path.map((touchpoint, i) => ({ at: i * SECOND, touchpoint })))
    expect(recount.journey('total').transitions.map(({ from, to, n }) => `${from}${to}${n}`)).toEqual([
      'ab1',
      'ba2',
      'bc1',
      'cb1',
    ])
  })

  it('N36: distinct visitors are exact, the comparison allows 6 % beyond 256 alone', () => {
    const crowd = Array.from({ length: 300 }, (_, i) => ({ at: 0, visitor: `v${i}` }))
    expect(recountOf(crowd).pulses(['a'], 'total')[0]?.visitors).toBe(300)
    const pulse = (visitors: number) => ({ pulses: [{ touchpoint: 'a', visitors }] })
    expect(difference(pulse(300), pulse(318))).toBe(null)
    expect(difference(pulse(300), pulse(319))).toEqual({ path: 'pulses.a.visitors', expected: 300, actual: 319 })
    expect(difference(pulse(256), pulse(255))).not.toBe(null)
  })
})

describe('recount, comparison and reading', () => {
  it('finds the first path that differs, whatever the order of keys', () => {
    const expected = { clock: 1, events: { late: 1, lost: 0 }, list: [1, 2] }
    expect(difference(expected, { list: [1, 2], clock: 1, events: { lost: 0, late: 1 } })).toBe(null)
    expect(difference(expected, { ...expected, list: [2, 1] })?.path).toBe('list.0')
    expect(difference(expected, { ...expected, events: { late: 1 } })?.path).toBe('events.lost')
    const other = { ...expected, events: { late: 2, lost: 0 } }
    expect(difference(expected, other)?.path).toBe('events.late')
    expect(difference(expected, other, { ignore: ['late'] })).toBe(null)
  })

  it('allows dwell 2 %, and null only for null', () => {
    const dwell = (p50: number | null) => ({ dwellMs: { p50 } })
    expect(difference({ a: dwell(1000) }, { a: dwell(1020) })).toBe(null)
    expect(difference({ a: dwell(1000) }, { a: dwell(1021) })).not.toBe(null)
    expect(difference({ a: dwell(null) }, { a: dwell(0) })).not.toBe(null)
  })

  it('reads lines as they stand in a replay file', () => {
    const line = { visitor: 'v', stream: 's', seq: 3, at: T0, kind: 'feedback', touchpoint: 'a', scale: 'emotion' }
    expect(readLine(JSON.stringify({ ...line, score: 'angry' }))).toMatchObject({ level: 8, seq: 3, refused: false })
    expect(readLine(JSON.stringify({ ...line, scale: 'ces', score: 7 }))).toMatchObject({ level: 6 })
    expect(readLine(JSON.stringify({ ...line, scale: 'ces', score: 8 }))).toMatchObject({ refused: true })
    expect(readLine('{"visitor":')).toEqual({ type: 'refuse', count: 1 })
  })

  it('reads a configuration file', () => {
    const journey = {
      idle: '5d',
      touchpoints: { 'a.*': { stage: 's', grace: '90s' } },
      channels: { phone: { idle: '2h' } },
    }
    expect(readConfig(JSON.stringify({ journey }))).toMatchObject({
      idleMs: 120 * HOUR,
      graceMs: 30 * SECOND,
      touchpoints: [{ pattern: 'a.*', stage: 's', graceMs: 90 * SECOND }],
      channels: { phone: { idleMs: 2 * HOUR } },
    })
    expect(() => readConfig('{"journey":{"idle":"5"}}')).toThrow('"5" is no duration')
  })
})
