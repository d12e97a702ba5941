import { Kind, SCALES } from '@pulssi/protocol/client'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { DEFAULT_CONFIG } from './config.js'
import { digest } from './digest.js'
import { Engine } from './engine.js'
import { IdHash } from './hash.js'
import { RecordWriter } from './record.js'

const START = 1_700_000_000_000
const quiet = { verdict: (): void => {}, refused: (): void => {} }

const step = fc.record({
  visitor: fc.nat(6),
  stream: fc.nat(1),
  kind: fc.constantFrom(...Object.values(Kind), Kind.enter, Kind.enter),
  place: fc.nat(4),
  aheadMs: fc.oneof(fc.nat(20_000), fc.nat(20_000), fc.nat(4 * 3_600_000), fc.nat(80 * 3_600_000)),
  agoMs: fc.oneof(fc.constant(0), fc.nat(60_000), fc.nat(25 * 3_600_000)),
  skip: fc.oneof(fc.constant(0), fc.integer({ min: -2, max: 3 })),
  scale: fc.nat(SCALES.length - 1),
})
const story = fc.array(step, { minLength: 4, maxLength: 40 })
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never

/** One entry a step, as a gateway would write them. */
function entries(steps: readonly Step[]): Uint8Array[] {
  const hash = new IdHash([1, 2])
  const out = new RecordWriter()
  const next = new Map<number, number>()
  let clock = START
  return steps.map(({ visitor, stream, kind, place, aheadMs, agoMs, skip, scale }, i) => {
    clock += aheadMs
    if (i === 0) {
      out.key(1, 2)
      out.config({ ...DEFAULT_CONFIG, touchpoints: [{ pattern: 't3', end: true, stage: 'close' }] })
    }
    const { hi: visitorHi, lo: visitorLo } = hash.of(`v${visitor}`)
    const { hi: streamHi, lo: streamLo } = hash.of(`s${stream}`)
    const key = visitor * 2 + stream
    const seq = Math.max(0, (next.get(key) ?? 0) + skip)
    next.set(key, seq + 1)
    const group = { receivedAt: clock, dataClock: false, page: visitor === 0, bot: false, base: clock, hasStream: true }
    out.begin({ ...group, visitorHi, visitorLo, streamHi, streamLo, seq })
    const at = out.place(`t${place}`, place === 2 ? 'app' : null, [])
    out.event(kind, at, clock - agoMs, kind === Kind.feedback ? scale : 0, 0, kind === Kind.signal ? `s${place}` : '')
    out.end()
    out.tick(clock + 10)
    return out.take()
  })
}

function fed(all: readonly Uint8Array[]): Engine {
  const engine = new Engine([0, 0])
  for (const entry of all) engine.apply(entry, quiet)
  return engine
}

function joined(chunks: Iterable<Uint8Array>): Uint8Array {
  const all = [...chunks]
  const out = new Uint8Array(all.reduce((sum, chunk) => sum + chunk.length, 0))
  let at = 0
  for (const chunk of all) {
    out.set(chunk, at)
    at += chunk.length
  }
  return out
}

function* cut(bytes: Uint8Array, sizes: readonly number[]): Generator<Uint8Array> {
  for (let at = 0, i = 0; at < bytes.length; i++) {
    const size = sizes[i % sizes.length] as number
    yield bytes.subarray(at, at + size)
    at += size
  }
}

describe('an image of the engine', () => {
  it('is restored to the same state, which goes on as the one it was taken from, however the bytes were cut', () => {
    const sizes = fc.array(fc.integer({ min: 1, max: 300_000 }), { minLength: 1, maxLength: 5 })
    fc.assert(
      fc.property(story, fc.nat(40), sizes, (steps, split, sizes) => {
        const all = entries(steps)
        const engine = fed(all.slice(0, split))
        const before = digest([engine])
        const bytes = joined(engine.image())
        expect(digest([engine])).toBe(before)
        const restored = Engine.restore(cut(bytes, [...sizes, 100_000]))
        expect(digest([restored])).toBe(before)
        expect(restored.clock).toBe(engine.clock)
        for (const entry of all.slice(split)) {
          engine.apply(entry, quiet)
          restored.apply(entry, quiet)
        }
        expect(digest([restored])).toBe(digest([engine]))
        expect(digest([restored])).toBe(digest([fed(all)]))
      }),
      { numRuns: 25 },
    )
  })

  it('is of the moment at which it was begun, whatever is applied while it is taken', () => {
    fc.assert(
      fc.property(story, fc.nat(40), fc.array(fc.nat(3), { minLength: 1, maxLength: 40 }), (steps, split, pace) => {
        const all = entries(steps)
        const engine = fed(all.slice(0, split))
        const before = digest([engine])
        const imaging = engine.beginImage()
        const chunks: Uint8Array[] = []
        for (const [i, entry] of all.slice(split).entries()) {
          if (pace[i % pace.length] === 0) imaging.step(1)
          engine.apply(entry, quiet)
          if (pace[i % pace.length] === 1) engine.partial()
        }
        for (let chunk = imaging.next(); chunk !== null; chunk = imaging.next()) chunks.push(chunk)
        expect(digest([Engine.restore(chunks)])).toBe(before)
        expect(digest([engine])).toBe(digest([fed(all)]))
      }),
      { numRuns: 100 },
    )
  })

  it('that is given up lets the state go', () => {
    const engine = fed(entries(fc.sample(story, { numRuns: 1, seed: 3 })[0] as Step[]))
    engine.beginImage().stop()
    const { visitors, streams, ledger } = engine.state
    expect([visitors.keeper, streams.keeper, ledger.keeper]).toEqual([null, null, null])
  })

  it('can come byte by byte', () => {
    const engine = fed(entries(fc.sample(story, { numRuns: 1, seed: 3 })[0] as Step[]))
    const restored = Engine.restore(cut(joined(engine.image()), [1]))
    expect(digest([restored])).toBe(digest([engine]))
  })

  it('gives rows that were forgotten to those who come next', () => {
    const out = new RecordWriter()
    const engine = new Engine([0, 0])
    const come = (to: Engine, visitorLo: number, at: number): void => {
      const ids = { visitorHi: 1, visitorLo, streamHi: 3, streamLo: 4, hasStream: true, seq: 1 }
      out.begin({ receivedAt: at, dataClock: false, page: false, bot: false, base: at, ...ids })
      out.event(Kind.enter, out.place('a', null, []), at)
      out.end()
      to.apply(out.take(), quiet)
    }
    for (let i = 0; i < 5; i++) come(engine, i, START)
    for (let hours = 20; hours <= 200; hours += 20) out.tick(START + hours * 3_600_000)
    engine.apply(out.take(), quiet)
    expect([engine.state.visitors.count, engine.state.visitors.rows]).toEqual([0, 5])
    const restored = Engine.restore(engine.image())
    for (let i = 10; i < 15; i++) come(restored, i, START + 200 * 3_600_000)
    const { visitors, streams } = restored.state
    expect([visitors.count, visitors.rows, streams.rows, streams.holeRows]).toEqual([5, 5, 5, 5])
  })

  it('that was cut off says so, wherever', () => {
    const bytes = joined(fed(entries(fc.sample(story, { numRuns: 1, seed: 3 })[0] as Step[])).image())
    fc.assert(
      fc.property(fc.oneof(fc.nat(400), fc.nat(bytes.length - 1), fc.constant(bytes.length - 1)), length => {
        expect(() => Engine.restore(cut(bytes.subarray(0, length), [65_536]))).toThrow('the image is cut off')
      }),
      { numRuns: 30 },
    )
  })

  it('of something else says so', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 36, maxLength: 200 }), bytes => {
        expect(() => Engine.restore([bytes])).toThrow('not an image of the engine')
      }),
      { numRuns: 20 },
    )
    const bytes = joined(new Engine([0, 0]).image())
    bytes[4] = 9
    expect(() => Engine.restore([bytes])).toThrow('image of format 9, expected 5')
    expect(() => Engine.restore([])).toThrow('the image is cut off')
  })

  it('of an engine that saw nothing is one that saw nothing', () => {
    expect(digest([Engine.restore(new Engine([3, 4]).image())])).toBe(digest([new Engine([3, 4])]))
  })
})

describe('the engine', () => {
  it('says what it took of each record of an entry, and refuses a record that it does not know', () => {
    const told: unknown[] = []
    const effects = {
      verdict: (...all: number[]) => told.push(all),
      refused: (...all: number[]) => told.push(['refused', ...all]),
    }
    const out = new RecordWriter()
    const group = { receivedAt: START, dataClock: false, page: false, bot: false, base: START, hasStream: true }
    const ids = { visitorHi: 1, visitorLo: 2, streamHi: 3, streamLo: 4 }
    const engine = new Engine([0, 0])
    out.tick(START)
    out.begin({ ...group, ...ids, seq: 0 })
    const place = out.place('a', null, [])
    for (const ago of [0, 25 * 3_600_000, 1_000]) out.event(Kind.enter, place, START - ago)
    out.end()
    out.begin({ ...group, ...ids, seq: 2 })
    out.event(Kind.enter, out.place('a', null, []), START)
    out.end()
    out.begin({ ...group, ...ids, seq: 70_000 })
    out.event(Kind.enter, out.place('a', null, []), START)
    out.end()
    engine.apply(out.take(), effects)
    expect(told).toEqual([
      [1, 2, 0, 1],
      [2, 0, 1, 0],
      ['refused', 3, 0, 3],
      [3, 0, 0, 0],
    ])
    const unknown = new Uint8Array(8)
    unknown.set([8, 0, 0, 0, 77])
    expect(() => engine.apply(unknown, effects)).toThrow('unknown type 77')
  })
})
