import { Kind, WINDOWS } from '@pulssi/protocol/client'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { DEFAULT_CONFIG } from './config.js'
import { Engine } from './engine.js'
import { IdHash } from './hash.js'
import { ERASURE_MEMORY_MS, ERASURES } from './limits.js'
import { RecordWriter } from './record.js'
import { View } from './view.js'

const START = 1_700_000_000_000
const quiet = { verdict: (): void => {}, refused: (): void => {} }
const hash = new IdHash([1, 2])
const idOf = (name: string): [number, number] => {
  const { hi, lo } = hash.of(name)
  return [hi, lo]
}

const event = fc.record({
  visitor: fc.nat(30),
  kind: fc.constantFrom(Kind.enter, Kind.leave, Kind.goal, Kind.feedback, Kind.signal),
  place: fc.nat(4),
  channel: fc.constantFrom('web', 'app'),
  level: fc.nat(4),
})
const step = fc.record({
  aheadMs: fc.oneof(fc.nat(10_000), fc.nat(3_600_000), fc.nat(40 * 3_600_000)),
  events: fc.array(event, { maxLength: 12 }),
  erased: fc.array(fc.nat(30), { maxLength: 2 }),
  mapped: fc.option(fc.boolean(), { freq: 8 }),
  /** By partition: whether the view gets the partial after this step. */
  gets: fc.tuple(fc.boolean(), fc.boolean()),
  /** The partition's engine is another one from here on: restored from an image, having read the log. */
  restored: fc.boolean(),
})
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never

const MAP = { ...DEFAULT_CONFIG, stages: ['close'], touchpoints: [{ pattern: 't1', stage: 'close', channel: 'store' }] }

/** A partition's entry of a step. */
const entryOf = ({ events, erased, mapped }: Step, partition: number, clock: number): Uint8Array => {
  const out = new RecordWriter()
  out.tick(clock)
  if (mapped !== null) out.config(mapped ? MAP : DEFAULT_CONFIG)
  for (const { visitor, kind, place, channel, level } of events) {
    if (visitor % 2 !== partition) continue
    const [visitorHi, visitorLo] = idOf(`v${visitor}`)
    const ids = { visitorHi, visitorLo, streamHi: 7, streamLo: 7, hasStream: false, seq: 0 }
    out.begin({ receivedAt: clock, base: clock, dataClock: false, page: false, bot: false, ...ids })
    const detail = kind === Kind.signal ? 'rage' : kind === Kind.feedback ? `{"comment":"${visitor} said"}` : ''
    out.event(kind, out.place(`t${place}`, channel, []), clock, 2, level, detail)
    out.end()
  }
  for (const visitor of erased) if (visitor % 2 === partition) out.erase(clock, idOf(`v${visitor}`), [clock, visitor])
  return out.take()
}

/** All that a view says. A roll-up that everybody left stays known, but holds nobody. */
const told = (view: View): string => {
  const rollups = view.select(['~*']).filter(name => view.pulse(name, 'total', START).visitors > 0)
  const detailOf = (name: string, window: (typeof WINDOWS)[number]): unknown => {
    const steps = view.detail(name, window)
    for (;;) {
      const next = steps.next()
      if (next.done === true) return next.value
    }
  }
  return JSON.stringify([
    view.stale(),
    view.select(['*']).map(name => view.voices(name)),
    WINDOWS.map(window => [
      view.journey(window, START),
      rollups.map(name => view.pulse(name, window, START)),
      [...view.select(['*']), ...rollups].map(name => detailOf(name, window)),
    ]),
  ])
}

const whole = (engines: readonly Engine[], views: readonly View[]): void => {
  engines.forEach((engine, partition) => {
    const partial = engine.partial(true) as Uint8Array
    for (const view of views) view.absorb(partition, partial, START)
  })
}

describe('a whole partial', () => {
  it('makes a view what a fresh one would be, whatever partials it missed', () => {
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 14 }), steps => {
        const engines = [new Engine([1, 2]), new Engine([1, 2])]
        const view = new View(2)
        let clock = START
        for (const [i, one] of steps.entries()) {
          clock += one.aheadMs
          for (const partition of [0, 1]) {
            const entry = entryOf(one, partition, clock)
            if (one.restored) engines[partition] = Engine.restore((engines[partition] as Engine).image())
            const engine = engines[partition] as Engine
            engine.apply(entry, quiet)
            const partial = engine.partial(one.restored || i === 0)
            if (partial === null || (i > 0 && one.gets[partition] === false)) continue
            // What goes on from what was missed may be refused, and what it left behind must not matter.
            try {
              view.absorb(partition, partial, START)
            } catch (error) {
              expect(error).toBeInstanceOf(RangeError)
            }
          }
        }
        const fresh = new View(2)
        whole(engines, [view, fresh])
        // Where erasures were missed, the other partitions' visitors are there once they came whole again.
        if (view.lacking.size > 0) whole(engines, [view, fresh])
        expect(view.lacking.size).toBe(0)
        expect(told(view)).toBe(told(fresh))
      }),
      { numRuns: 40 },
    )
  })

  it('changes no version where nothing changed, and each where something did', () => {
    fc.assert(
      fc.property(fc.array(step, { minLength: 2, maxLength: 8 }), steps => {
        const engine = new Engine([1, 2])
        const view = new View(1)
        const versions = (): Map<string, readonly [string, number]> =>
          new Map(
            view.select(['*', '~*']).flatMap(name =>
              WINDOWS.map(window => {
                const text = JSON.stringify({ ...view.pulse(name, window, START), clock: 0 })
                return [`${name} ${window}`, [text, view.version(name, window)]] as const
              }),
            ),
          )
        let clock = START
        for (const one of steps) {
          clock += one.aheadMs
          const before = versions()
          engine.apply(entryOf(one, 0, clock), quiet)
          view.absorb(0, engine.partial(true) as Uint8Array, START)
          const after = versions()
          for (const [key, [text, version]] of before) {
            const [textNow, versionNow] = after.get(key) ?? [text, version]
            expect(versionNow, key).toBeGreaterThanOrEqual(version)
            if (textNow !== text) expect(versionNow, key).toBeGreaterThan(version)
          }
          view.absorb(0, engine.partial(true) as Uint8Array, START)
          expect(versions()).toEqual(after)
        }
      }),
      { numRuns: 20 },
    )
  })

  it('of another log leaves nothing of the one before', () => {
    const told = (view: View, name: string): number[] => {
      const { visits, visitors } = view.pulse(name, 'total', START)
      return [visits.entered, visitors, view.voices(name).length]
    }
    const seen = (places: readonly number[], at = START): Engine => {
      const engine = new Engine([1, 2])
      const events = places.flatMap(place =>
        [0, 2, 4, 6, 8].flatMap(visitor => [
          { visitor, kind: Kind.enter, place, channel: 'web' as const, level: 0 },
          { visitor, kind: Kind.feedback, place, channel: 'web' as const, level: 0 },
        ]),
      )
      const story = { aheadMs: 0, erased: [], mapped: null, gets: [true, true] as [boolean, boolean], restored: false }
      engine.apply(entryOf({ ...story, events }, 0, at), quiet)
      return engine
    }
    for (const logs of [
      [[0, 1, 2], [2]],
      [[0, 1], [0]],
      [[0, 1], [0], [0, 3]],
    ]) {
      const view = new View(1)
      for (const places of logs) view.absorb(0, seen(places).partial() as Uint8Array, START)
      for (const place of logs.flat()) {
        const isThere = logs.at(-1)?.includes(place) === true
        expect(told(view, `t${place}`)).toEqual(isThere ? [5, 5, 5] : [0, 0, 0])
      }
      expect(view.pulse('~journey', 'total', START).visitors).toBe(5)
    }
    const view = new View(1)
    view.absorb(0, seen([0]).partial() as Uint8Array, START)
    view.absorb(0, seen([0], START + 3_600_000).partial() as Uint8Array, START)
    expect(view.pulse('t0', '24h', START).visits.entered).toBe(5)
  })
})

describe('erasures of which a view is told', () => {
  const visitors = (view: View): number => view.pulse('t', 'total', START).visitors
  const enter = (engine: Engine, names: readonly string[], clock: number): void => {
    const out = new RecordWriter()
    for (const name of names) {
      const [visitorHi, visitorLo] = idOf(name)
      const ids = { visitorHi, visitorLo, streamHi: 7, streamLo: 7, hasStream: false, seq: 0 }
      out.begin({ receivedAt: clock, base: clock, dataClock: false, page: false, bot: false, ...ids })
      out.event(Kind.enter, out.place('t', null, []), clock)
      out.end()
    }
    engine.apply(out.take(), quiet)
  }
  const erase = (engine: Engine, names: readonly string[], clock: number): void => {
    const out = new RecordWriter()
    for (const [i, name] of names.entries()) out.erase(clock, idOf(name), [i + 1, i + 1])
    engine.apply(out.take(), quiet)
  }

  it('are not taken in again: who came back stays', () => {
    const engine = new Engine([1, 2])
    const view = new View(1)
    enter(engine, ['a'], START)
    view.absorb(0, engine.partial() as Uint8Array, START)
    erase(engine, ['a'], START + 60_000)
    const erasure = engine.partial() as Uint8Array
    view.absorb(0, erasure, START)
    enter(engine, ['a'], START + 3_600_000)
    view.absorb(0, engine.partial() as Uint8Array, START)
    view.absorb(0, erasure, START)
    view.absorb(0, engine.partial(true) as Uint8Array, START)
    expect([visitors(view), view.pulse('t', '5m', START).visitors]).toEqual([2, 1])
  })

  it('beyond what is remembered make the view begin anew with who was seen', () => {
    const names = Array.from({ length: ERASURES + 1 }, (_, i) => `v${i}`)
    for (const [count, pauseMs, isKnown] of [
      [ERASURES, 0, true],
      [ERASURES + 1, 0, false],
      [1, ERASURE_MEMORY_MS, false],
    ] as const) {
      const engine = new Engine([1, 2])
      const other = new Engine([1, 2])
      const view = new View(2)
      enter(engine, names.slice(0, 9), START)
      enter(other, ['w'], START)
      view.absorb(0, engine.partial() as Uint8Array, START)
      view.absorb(1, other.partial() as Uint8Array, START)
      erase(engine, names.slice(0, count), START + 1)
      engine.partial()
      enter(engine, ['x'], START + 2 + pauseMs)
      view.absorb(0, engine.partial(true) as Uint8Array, START)
      expect([[...view.lacking], visitors(view)]).toEqual(isKnown ? [[], 11] : [[1], 10])
      view.absorb(1, other.partial(true) as Uint8Array, START)
      expect([[...view.lacking], visitors(view)]).toEqual([[], 11])
    }
  })

  it('are counted in an image, and are not in it', () => {
    const engine = new Engine([1, 2])
    const view = new View(1)
    enter(engine, ['a', 'b'], START)
    view.absorb(0, engine.partial() as Uint8Array, START)
    erase(engine, ['a'], START + 1)
    const restored = Engine.restore(engine.image())
    expect(restored.state.erasures).toBe(1)
    view.absorb(0, restored.partial() as Uint8Array, START)
    expect(visitors(view)).toBe(2)
  })

  it('and all else are refused where they go on from what was missed', () => {
    const engine = new Engine([1, 2])
    const view = new View(1)
    enter(engine, ['a'], START)
    const first = engine.partial() as Uint8Array
    enter(engine, ['b'], START)
    const second = engine.partial() as Uint8Array
    expect(() => view.absorb(0, second, START)).toThrow('a partial goes on at touchpoint 0 of 0')
    view.absorb(0, first, START)
    view.absorb(0, second, START)
    expect(visitors(view)).toBe(2)
  })
})
