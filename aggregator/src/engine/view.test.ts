import { Kind, WINDOWS } from '@pulssi/protocol/client'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { DEFAULT_CONFIG, type EngineConfig } from './config.js'
import { Engine } from './engine.js'
import { IdHash } from './hash.js'
import { RecordWriter } from './record.js'
import { View } from './view.js'

const START = 1_700_000_000_000
const quiet = { verdict: (): void => {}, refused: (): void => {} }
const hash = new IdHash([0, 0])

interface Event {
  visitor: string
  kind: Kind
  touchpoint: string
  at: number
  channel?: string
  a?: number
  b?: number
  dataClock?: boolean
}

function tell(engine: Engine, events: readonly Event[]): void {
  const out = new RecordWriter()
  for (const { visitor, kind, touchpoint, at, channel, a, b, dataClock } of events) {
    const { hi: visitorHi, lo: visitorLo } = hash.of(visitor)
    const ids = { visitorHi, visitorLo, streamHi: 0, streamLo: 0, hasStream: false, seq: 0 }
    out.begin({ receivedAt: at, base: at, dataClock: dataClock ?? false, page: false, bot: false, ...ids })
    out.event(kind, out.place(touchpoint, channel ?? null, []), at, a, b, kind === Kind.signal ? 'rage' : '')
    out.end()
  }
  engine.apply(out.take(), quiet)
}

function configure(engine: Engine, config: Partial<EngineConfig>): void {
  const out = new RecordWriter()
  out.config({ ...DEFAULT_CONFIG, ...config })
  engine.apply(out.take(), quiet)
}

function tick(engine: Engine, at: number): void {
  const out = new RecordWriter()
  out.tick(at)
  engine.apply(out.take(), quiet)
}

function send(engine: Engine, view: View, partition = 0, full = false): void {
  const partial = engine.partial(full)
  if (partial !== null) view.absorb(partition, partial, START)
}

/** All that a view says, in every window. A roll-up that everybody left stays known, but holds nobody. */
function figures(view: View): unknown {
  const rollups = view.select(['~*']).filter(name => view.pulse(name, 'total', START).visitors > 0)
  return WINDOWS.map(window => [view.journey(window, START), rollups.map(name => view.pulse(name, window, START))])
}

const event = fc.record({
  visitor: fc.nat(40).map(n => `v${n}`),
  kind: fc.constantFrom(...Object.values(Kind), Kind.enter),
  touchpoint: fc.constantFrom('shop.a', 'shop.b', 'phone.x', 'end'),
  channel: fc.constantFrom('web', 'app'),
  a: fc.nat(1),
  b: fc.nat(1),
})
const change = fc.constantFrom<Partial<EngineConfig>>(
  {},
  { touchpoints: [{ pattern: 'shop.*', stage: 'convert' }] },
  { touchpoints: [{ pattern: 'shop.a', stage: 'close', channel: 'store' }], stages: ['close'] },
  { weights: { sentiment: 1, dropOff: 1, friction: 0 } },
)
const step = fc.record({
  aheadMs: fc.oneof(fc.nat(10_000), fc.nat(3_600_000), fc.nat(40 * 3_600_000)),
  events: fc.array(event, { maxLength: 6 }),
  config: fc.option(change, { freq: 6 }),
})
const story = fc.array(step, { minLength: 1, maxLength: 14 })

/** Plays a story on engines that share the visitors; after each step `then` is called. All stand at the same clock. */
function play(
  steps: readonly (typeof step extends fc.Arbitrary<infer T> ? T : never)[],
  engines: readonly Engine[],
  then: () => void,
): void {
  let at = START
  for (const { aheadMs, events, config } of steps) {
    at += aheadMs
    for (const engine of engines) {
      tick(engine, at)
      if (config !== null) configure(engine, config)
    }
    for (const one of events) {
      tell(engines[Number(one.visitor.slice(1)) % engines.length] as Engine, [{ ...one, at }])
    }
    then()
  }
}

describe('partials', () => {
  it('bring a view to the same figures one by one, all at once, twice, or with an image between', () => {
    fc.assert(
      fc.property(story, steps => {
        const engine = new Engine([0, 0])
        const step = new View(1)
        const twice = new View(1)
        play(steps, [engine], () => {
          for (const _ of engine.image()) break
          const partial = engine.partial()
          if (partial === null) return
          step.absorb(0, partial, START)
          twice.absorb(0, partial, START)
          twice.absorb(0, partial, START)
        })
        expect(engine.partial()).toBe(null)
        const whole = new View(1)
        send(engine, whole, 0, true)
        const expected = figures(whole)
        expect(figures(step)).toEqual(expected)
        expect(figures(twice)).toEqual(expected)
        const restored = new View(1)
        send(Engine.restore(engine.image()), restored)
        expect(figures(restored)).toEqual(expected)
        send(engine, step, 0, true)
        expect(figures(step)).toEqual(expected)
      }),
      { numRuns: 40 },
    )
  })

  it('of several partitions merge to what one engine says that saw all', () => {
    fc.assert(
      fc.property(story, fc.integer({ min: 2, max: 4 }), (steps, partitions) => {
        const one = new Engine([0, 0])
        const parts = Array.from({ length: partitions }, () => new Engine([0, 0]))
        const whole = new View(1)
        const merged = new View(partitions)
        play(steps, [one], () => send(one, whole))
        play(steps, parts, () =>
          parts.forEach((part, partition) => {
            send(part, merged, partition)
          }),
        )
        expect(figures(merged)).toEqual(figures(whole))
      }),
      { numRuns: 30 },
    )
  })

  it('lose no visitor when more are seen between two of them than their journal holds', () => {
    const engine = new Engine([0, 0])
    const view = new View(1)
    configure(engine, { touchpoints: [{ pattern: '*' }] })
    // An ask changes no count of its touchpoint, only who was seen there.
    const asks = (visitor: string): Event[] =>
      Array.from({ length: 300 }, (_, i) => ({ visitor, kind: Kind.ask, touchpoint: `t${i}`, at: START }))
    tell(engine, asks('first'))
    send(engine, view)
    for (let i = 1; i < 250; i++) tell(engine, asks(`v${i}`))
    send(engine, view)
    const seen = view.select(['*']).map(name => view.pulse(name, 'total', START).visitors)
    expect(seen).toEqual(new Array(300).fill(250))
  })

  it('of another format are refused', () => {
    const partial = new Engine([0, 0]).partial() as Uint8Array
    partial[0] = 9
    expect(() => new View(1).absorb(0, partial, START)).toThrow('partial of format 9, expected 5')
    expect(() => new View(1).absorb(1, partial, START)).toThrow('partition 1 of 1')
  })
})

describe('a view', () => {
  it('has a greater version whenever figures changed', () => {
    const told = (view: View, name: string, window: (typeof WINDOWS)[number]): string =>
      JSON.stringify({ ...view.pulse(name, window, START), clock: 0 })
    fc.assert(
      fc.property(story, steps => {
        const engine = new Engine([0, 0])
        const view = new View(1)
        const known = new Map<string, { text: string; version: number }>()
        play(steps, [engine], () => {
          send(engine, view)
          for (const name of view.select(['*', '~*'])) {
            for (const window of WINDOWS) {
              const [text, version] = [told(view, name, window), view.version(name, window)]
              const before = known.get(`${name} ${window}`)
              if (before !== undefined && before.text !== text) expect(version).toBeGreaterThan(before.version)
              known.set(`${name} ${window}`, { text, version })
            }
          }
        })
      }),
      { numRuns: 40 },
    )
  })

  it('selects by full name, by start, and roll-ups by their own start only', () => {
    const engine = new Engine([0, 0])
    const view = new View(1)
    configure(engine, { stages: ['close'], touchpoints: [{ pattern: 'shop.*', stage: 'close' }] })
    for (const touchpoint of ['shop.b', 'shop.a', 'shopping', 'phone']) {
      tell(engine, [{ visitor: 'v', kind: Kind.enter, touchpoint, at: START }])
    }
    send(engine, view)
    const all = ['phone', 'shop.a', 'shop.b', 'shopping']
    expect(view.select(['*'])).toEqual(all)
    expect(view.select(['shop.*', 'shop.a', 'none', 'phone'])).toEqual(['phone', 'shop.a', 'shop.b'])
    expect(view.select(['shop'])).toEqual([])
    expect(view.select(['~*'])).toEqual(['~channel.web', '~journey', '~stage.close'])
    expect(view.select(['~journey', '~stage.*', 'phone'])).toEqual(['phone', '~journey', '~stage.close'])
    expect(() => view.pulse('none', '1m', START)).toThrow('unknown touchpoint none')
  })

  it('moves a touchpoint between roll-ups when the map gives it another stage or channel', () => {
    const engine = new Engine([0, 0])
    const view = new View(1)
    const entered = (name: string): (number | null)[] => {
      const { visits, visitors, channel } = view.pulse(name, '5m', START)
      return [visits.entered, visitors, channel === null ? 0 : 1]
    }
    configure(engine, { stages: ['convert', 'close'], touchpoints: [{ pattern: 'a', stage: 'convert' }] })
    tell(engine, [
      { visitor: 'v1', kind: Kind.enter, touchpoint: 'a', at: START },
      { visitor: 'v2', kind: Kind.enter, touchpoint: 'a', at: START },
      { visitor: 'v2', kind: Kind.enter, touchpoint: 'b', at: START },
    ])
    send(engine, view)
    expect([entered('~stage.convert'), entered('~stage.close'), entered('~channel.web')]).toEqual([
      [2, 2, 0],
      [0, 0, 0],
      [3, 2, 1],
    ])
    configure(engine, {
      stages: ['convert', 'close'],
      touchpoints: [
        { pattern: 'a', stage: 'close', channel: 'store' },
        { pattern: 'b', stage: 'convert' },
      ],
    })
    send(engine, view)
    expect(['~stage.convert', '~stage.close', '~channel.web', '~channel.store', '~journey'].map(entered)).toEqual([
      [1, 1, 0],
      [2, 2, 0],
      [1, 1, 1],
      [2, 2, 1],
      [3, 2, 0],
    ])
    const { stage, channel } = view.pulse('a', '1m', START)
    expect([stage, channel]).toEqual(['close', 'store'])
  })

  it('N19 has the only channel seen, else none', () => {
    const engine = new Engine([0, 0])
    const view = new View(1)
    tell(engine, [{ visitor: 'v', kind: Kind.enter, touchpoint: 'a', at: START, channel: 'app' }])
    send(engine, view)
    expect(view.pulse('a', 'total', START).channel).toBe('app')
    tell(engine, [{ visitor: 'w', kind: Kind.enter, touchpoint: 'a', at: START }])
    send(engine, view)
    expect(view.pulse('a', 'total', START).channel).toBe(null)
    expect(view.pulse('~channel.app', 'total', START).visits.entered).toBe(0)
  })

  it('names partitions more than 3 s behind, and tells how old its oldest partial is', () => {
    const engines = [new Engine([0, 0]), new Engine([0, 0])]
    const [first, second] = engines as [Engine, Engine]
    const view = new View(2)
    expect([view.ageMs(START), view.clock]).toEqual([0, 0])
    tick(first, START)
    view.absorb(0, first.partial() as Uint8Array, START + 100)
    expect([view.clock, view.stale()]).toEqual([START, [1]])
    tick(second, START + 3_000)
    view.absorb(1, second.partial() as Uint8Array, START + 300)
    expect([view.clock, view.stale(), view.ageMs(START + 500)]).toEqual([START + 3_000, [], 400])
    tick(second, START + 3_001)
    view.absorb(1, second.partial() as Uint8Array, START + 400)
    expect(view.stale()).toEqual([0])
    tell(first, [{ visitor: 'v', kind: Kind.enter, touchpoint: 'a', at: START + 1, dataClock: true }])
    view.absorb(0, first.partial() as Uint8Array, START + 500)
    expect(view.ageMs(START + 9_999)).toBe(0)
  })
})
