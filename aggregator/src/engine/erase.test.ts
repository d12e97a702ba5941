import { Kind } from '@pulssi/protocol/client'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { digest } from './digest.js'
import { Engine } from './engine.js'
import { IdHash } from './hash.js'
import { RecordWriter } from './record.js'
import { erasuresIn, withoutErased } from './redact.js'
import { eventsOf, subjectOf } from './subject.js'
import { View } from './view.js'

const START = 1_700_000_000_000
const quiet = { verdict: (): void => {}, refused: (): void => {} }
const hash = new IdHash([1, 2])
const idOf = (name: string): [number, number] => {
  const { hi, lo } = hash.of(name)
  return [hi, lo]
}

type Step =
  | { visitor: number; kind: Kind; place: number; aheadMs: number }
  | { erase: number; aheadMs: number; noise: [number, number] }
const aheadMs = fc.oneof(fc.nat(5_000), fc.nat(40 * 60_000))
const acts = fc.record({
  visitor: fc.nat(9),
  kind: fc.constantFrom(Kind.enter, Kind.leave, Kind.feedback, Kind.signal, Kind.goal),
  place: fc.nat(3),
  aheadMs,
})
const erases = fc.record({ erase: fc.nat(9), aheadMs, noise: fc.tuple(fc.integer(), fc.integer()) })
const story: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof({ arbitrary: acts, weight: 9 }, { arbitrary: erases, weight: 1 }),
  { minLength: 5, maxLength: 80 },
)

/** One entry a step. */
const entries = (steps: readonly Step[]): Uint8Array[] => {
  const out = new RecordWriter()
  let clock = START
  return steps.map((step, i) => {
    clock += step.aheadMs
    if ('erase' in step) out.erase(clock, idOf(`v${step.erase}`), step.noise)
    else {
      const [visitorHi, visitorLo] = idOf(`v${step.visitor}`)
      const ids = { visitorHi, visitorLo, streamHi: 7, streamLo: 7, hasStream: false, seq: 0 }
      out.begin({ receivedAt: clock, base: clock, dataClock: false, page: false, bot: false, ...ids })
      out.event(
        step.kind,
        out.place(`t${step.place}`, null, []),
        clock,
        2,
        3,
        step.kind === Kind.signal ? 'rage' : `c${i}`,
      )
      out.end()
    }
    return out.take()
  })
}
const fed = (all: readonly Uint8Array[]): Engine => {
  const engine = new Engine([1, 2])
  for (const entry of all) engine.apply(entry, quiet)
  return engine
}
const journeyOf = (engine: Engine) => {
  const view = new View(1)
  view.absorb(0, engine.partial(true) as Uint8Array, START)
  return view.journey('total', START)
}
const bytesOf = (engine: Engine): Buffer => Buffer.concat([...engine.image()])
const holds = (bytes: Buffer, [hi, lo]: readonly [number, number]): boolean => {
  const words = Buffer.alloc(8)
  words.writeUInt32LE(hi, 0)
  words.writeUInt32LE(lo, 4)
  return bytes.includes(words)
}

describe('an erasure', () => {
  it('leaves no trace of the hash, and every count but the open visit as it was', () => {
    fc.assert(
      fc.property(story, fc.nat(9), fc.tuple(fc.integer(), fc.integer()), (steps, visitor, noise) => {
        const engine = fed(entries(steps))
        const id = idOf(`v${visitor}`)
        const before = journeyOf(engine)
        const out = new RecordWriter()
        out.erase(engine.clock, id, noise)
        engine.apply(out.take(), quiet)
        const after = journeyOf(engine)
        expect(holds(bytesOf(engine), id)).toBe(false)
        expect(subjectOf(engine, ...id)).toBe(null)
        expect(after.events).toEqual(before.events)
        after.pulses.forEach((pulse, i) => {
          const was = before.pulses[i]?.visits
          const ended = pulse.visits.unseen - (was?.unseen ?? 0)
          expect({ ...pulse.visits, unseen: 0, active: pulse.visits.active + ended }).toEqual({ ...was, unseen: 0 })
          expect([pulse.visitors, pulse.sentiment.visitors]).toEqual([
            before.pulses[i]?.visitors,
            before.pulses[i]?.sentiment.visitors,
          ])
        })
      }),
      { numRuns: 150 },
    )
  })

  it('reaches a view by changes alone as it does whole', () => {
    fc.assert(
      fc.property(story, fc.array(fc.boolean(), { minLength: 1, maxLength: 20 }), (steps, sends) => {
        const engine = new Engine([1, 2])
        const view = new View(1)
        for (const [i, entry] of entries(steps).entries()) {
          engine.apply(entry, quiet)
          const partial = sends[i % sends.length] === true ? engine.partial() : null
          if (partial !== null) view.absorb(0, partial, START)
        }
        const rest = engine.partial()
        if (rest !== null) view.absorb(0, rest, START)
        for (const window of ['1m', '5m', '1h', 'total'] as const) {
          const whole = new View(1)
          whole.absorb(0, engine.partial(true) as Uint8Array, START)
          expect(view.journey(window, START)).toEqual(whole.journey(window, START))
        }
      }),
      { numRuns: 60 },
    )
  })

  it('makes who comes back another visitor, for a view too', () => {
    const come: Step = { visitor: 1, kind: Kind.enter, place: 0, aheadMs: 10 }
    const [first, erasure, again] = entries([come, { erase: 1, aheadMs: 10, noise: [5, 6] }, come])
    for (const sends of [true, false]) {
      const engine = new Engine([1, 2])
      const view = new View(1)
      const send = (): void => view.absorb(0, engine.partial() as Uint8Array, START)
      engine.apply(first as Uint8Array, quiet)
      if (sends) send()
      engine.apply(erasure as Uint8Array, quiet)
      if (sends) send()
      engine.apply(again as Uint8Array, quiet)
      send()
      expect(view.pulse('t0', 'total', START).visitors).toBe(2)
    }
  })

  it('N23: takes what was written from a view, also by a whole partial of an engine that never knew it', () => {
    const out = new RecordWriter()
    for (const i of [0, 1, 2, 3, 4]) {
      const [visitorHi, visitorLo] = idOf(`v${i}`)
      const ids = { visitorHi, visitorLo, streamHi: 7, streamLo: 7, hasStream: false, seq: 0 }
      out.begin({ receivedAt: START, base: START, dataClock: false, page: false, bot: false, ...ids })
      out.event(Kind.feedback, out.place('t', null, []), START, 2, 0, i === 0 ? '{"comment":"mine"}' : '')
      out.end()
    }
    const engine = fed([out.take()])
    const view = new View(1)
    view.absorb(0, engine.partial() as Uint8Array, START)
    expect(view.voices('t')).toMatchObject([{ text: 'mine' }])
    out.erase(START, idOf('v0'), [1, 2])
    engine.apply(out.take(), quiet)
    view.absorb(0, Engine.restore(engine.image()).partial(true) as Uint8Array, START)
    expect(view.voices('t')).toEqual([])
  })

  it('survives an image taken at any moment', () => {
    fc.assert(
      fc.property(story, fc.nat(80), (steps, split) => {
        const all = entries(steps)
        const restored = Engine.restore(fed(all.slice(0, split)).image())
        for (const entry of all.slice(split)) restored.apply(entry, quiet)
        expect(digest([restored])).toBe(digest([fed(all)]))
      }),
      { numRuns: 60 },
    )
  })

  it('of a visitor whose visit is open resolves it as unseen, once', () => {
    const engine = fed(
      entries([
        { visitor: 1, kind: Kind.enter, place: 0, aheadMs: 0 },
        { erase: 1, aheadMs: 60_000, noise: [0, 0] },
        { erase: 1, aheadMs: 60_000, noise: [0, 0] },
      ]),
    )
    expect(journeyOf(engine).pulses[0]?.visits).toMatchObject({ entered: 1, active: 0, unseen: 1, dropped: 0 })
  })

  it('of a visitor who is past its deadline finds the drop already counted', () => {
    const engine = fed(
      entries([
        { visitor: 1, kind: Kind.enter, place: 0, aheadMs: 0 },
        { erase: 1, aheadMs: 31 * 60_000, noise: [0, 0] },
      ]),
    )
    expect(journeyOf(engine).pulses[0]?.visits).toMatchObject({ entered: 1, active: 0, unseen: 0, dropped: 1 })
  })
})

describe('the log without the erased', () => {
  it('holds no event from before an erasure, and every other byte', () => {
    fc.assert(
      fc.property(story, fc.integer({ min: 1, max: 6 }), (steps, size) => {
        const single = entries(steps)
        const all: Buffer[] = []
        for (let i = 0; i < single.length; i += size) all.push(Buffer.concat(single.slice(i, i + size)))
        const last = new Map<string, number>()
        all.forEach((entry, i) => {
          for (const id of erasuresIn(entry)) last.set(String(id), i)
        })
        const left = all.map((entry, i) => {
          const later = (hi: number, lo: number): boolean => (last.get(`${hi},${lo}`) ?? -1) > i
          return withoutErased(entry, { later, ever: (hi, lo) => last.has(`${hi},${lo}`), left: 'nothing' })
        })
        const erasedAt = new Map<number, number>()
        steps.forEach((step, i) => {
          if ('erase' in step) erasedAt.set(step.erase, i)
        })
        const kept = single.filter((_, i) => {
          const step = steps[i] as Step
          return !('erase' in step) && (erasedAt.get(step.visitor) ?? -1) < i
        })
        expect(Buffer.concat(left)).toEqual(Buffer.concat(kept))
      }),
    )
  })
})

describe('what is known of a visitor', () => {
  it('is its own alone, comments included', () => {
    const [entry = new Uint8Array()] = [
      Buffer.concat(
        entries([
          { visitor: 1, kind: Kind.enter, place: 0, aheadMs: 0 },
          { visitor: 2, kind: Kind.feedback, place: 1, aheadMs: 10 },
          { visitor: 1, kind: Kind.feedback, place: 2, aheadMs: 10 },
        ]),
      ),
    ]
    const found = [...eventsOf(entry, ...idOf('v1'))]
    expect(found.map(({ kind, touchpoint, at, detail }) => [kind, touchpoint, at, detail])).toEqual([
      [Kind.enter, 't0', START, 'c0'],
      [Kind.feedback, 't2', START + 20, 'c2'],
    ])
    const engine = fed([entry])
    expect(subjectOf(engine, ...idOf('v1'))).toMatchObject({
      lastEventAt: START + 20,
      trail: [{ touchpoint: 't0', at: START }],
      streams: [],
    })
    expect(subjectOf(engine, ...idOf('v3'))).toBe(null)
  })
})
