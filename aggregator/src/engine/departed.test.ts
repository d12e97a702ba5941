import { Kind } from '@pulssi/protocol/client'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ByteReader, type Departed, Engine, quartersOf, RecordWriter, Tally, View } from './index.js'
import { Ledger } from './ledger.js'

const QUARTER_MS = 900_000
const KEPT_MS = 172_800_000
const HOUR_MS = 3_600_000
const START = 1_700_000_100_000
const UNHEARD = { verdict() {}, refused() {} }
const WEIGHTS = { sentiment: 0.5, dropOff: 0.3, friction: 0.2 }

const hours = (n: number) => fc.integer({ min: 0, max: n * HOUR_MS })

describe('what leaves a ledger', () => {
  const step = fc.record({
    aheadMs: fc.oneof(fc.constant(0), hours(0.1), hours(3), hours(60), hours(500)),
    ageMs: fc.oneof(fc.constant(0), hours(0.1), hours(30), hours(60)),
    touchpoint: fc.nat(2),
    key: fc.nat(7),
    flush: fc.boolean(),
  })

  it('N37 is every 15 min slice once, final, with all that was counted while it was kept', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), steps => {
        const ledger = new Ledger()
        const left = new Map<string, number>()
        for (let touchpoint = 0; touchpoint < 3; touchpoint++) ledger.page(touchpoint)
        ledger.departing = (touchpoint, quarter) => {
          const page = ledger.page(touchpoint)
          const place = page.index.lastIndexOf(quarter)
          const offset = page.offset[place] as number
          const first = offset & 0xffff
          for (let i = first; i < first + (page.length[place] as number); i++) {
            const name = `${touchpoint} ${quarter} ${ledger.spans.keys(offset)[i]}`
            expect(left.has(name)).toBe(false)
            left.set(name, ledger.spans.counts(offset)[i] as number)
          }
        }
        const expected = new Map<string, number>()
        let clock = START
        ledger.moveTo(Math.floor(clock / 5_000))
        for (const { aheadMs, ageMs, touchpoint, key, flush } of steps) {
          clock += aheadMs
          ledger.moveTo(Math.floor(clock / 5_000))
          const at = clock - ageMs
          ledger.add(touchpoint, Math.floor(at / 5_000), key, 1)
          if (flush) ledger.flushAll()
          const quarter = Math.floor(at / QUARTER_MS)
          if (quarter * QUARTER_MS <= clock - KEPT_MS) continue
          const name = `${touchpoint} ${quarter} ${key}`
          expected.set(name, (expected.get(name) ?? 0) + 1)
        }
        ledger.moveTo(Math.floor((clock + 2 * KEPT_MS) / 5_000))
        expect(left).toEqual(expected)
      }),
      { numRuns: 300 },
    )
  })
})

const story = fc.array(
  fc.record({
    aheadMs: fc.oneof(hours(0.2), hours(0.2), hours(5), hours(40), hours(400)),
    ageMs: fc.oneof(fc.constant(0), hours(0.3), hours(23)),
    visitor: fc.nat(3),
    place: fc.constantFrom('a', 'b', 'c'),
    kind: fc.constantFrom(Kind.enter, Kind.enter, Kind.leave, Kind.goal, Kind.signal, Kind.feedback),
    next: fc.constantFrom('nothing', 'nothing', 'image', 'crash', 'look'),
  }),
  { minLength: 1, maxLength: 40 },
)
type Step = (typeof story extends fc.Arbitrary<infer Story> ? Story : never)[number]

/** One event, and the time at which it comes. */
const entryOf = (clock: number, { visitor, place, kind, ageMs }: Step): Uint8Array => {
  const out = new RecordWriter()
  const [visitorHi, visitorLo] = [visitor + 1, visitor * 7 + 3]
  const group = { receivedAt: clock, base: clock, dataClock: false, page: visitor === 0, bot: false, hasStream: false }
  out.begin({ ...group, visitorHi, visitorLo, streamHi: 0, streamLo: 0, seq: 0 })
  out.event(kind, out.place(place, null, []), clock - ageMs, 0, 0, kind === Kind.signal ? 'rage' : '')
  out.end()
  return out.take()
}

const tickOf = (clock: number): Uint8Array => {
  const out = new RecordWriter()
  out.tick(clock)
  return out.take()
}

/** All that was noted, by touchpoint and slice; what is noted again must be the same. */
class Noted {
  readonly rows = new Map<string, string>()

  take(departed: Departed): void {
    for (const { touchpoint, quarter, counts } of quartersOf(departed.take() ?? new Uint8Array())) {
      const name = `${touchpoint} ${quarter}`
      const text = counts.join(' ')
      expect(this.rows.get(name) ?? text).toBe(text)
      this.rows.set(name, text)
    }
  }
}

/** Applies the entries; crashes go back to the last image and come again over what was applied since. */
const played = (entries: readonly Uint8Array[], steps: readonly Step[]): { noted: Noted; engine: Engine } => {
  const noted = new Noted()
  let engine = new Engine([0, 0])
  let departed = engine.noteDeparted()
  let image: Uint8Array[] | null = null
  let imaged = 0
  const apply = (entry: Uint8Array): void => {
    engine.apply(entry, UNHEARD)
    noted.take(departed)
  }
  entries.forEach((entry, i) => {
    apply(entry)
    const next = steps[i]?.next
    if (next === 'look') engine.partial()
    if (next === 'image') {
      image = Array.from(engine.image(), chunk => chunk.slice())
      imaged = i + 1
    }
    if (next !== 'crash') return
    engine = image === null ? new Engine([0, 0]) : Engine.restore(image)
    departed = engine.noteDeparted()
    for (const again of entries.slice(imaged, i + 1)) apply(again)
  })
  return { noted, engine }
}

describe('what leaves an engine', () => {
  it('N37 is the same whatever images, crashes and looks lie between, and all of it where nothing came too late', () => {
    fc.assert(
      fc.property(story, steps => {
        let clock = START
        const entries = steps.map(step => {
          clock += step.aheadMs
          return entryOf(clock, step)
        })
        const end = tickOf(clock + HOUR_MS)
        const plain = played([...entries, end], [])
        const { noted, engine } = played([...entries, end], steps)
        expect(noted.rows).toEqual(plain.noted.rows)

        const view = new View(1)
        view.absorb(0, engine.partial(true) as Uint8Array, 0)
        for (const touchpoint of view.select(['*'])) {
          const sum = new Tally()
          for (const [name, text] of noted.rows) {
            if (name.startsWith(`${touchpoint} `)) sum.read(new ByteReader(Uint8Array.from(text.split(' '), Number)))
          }
          view.addQuarters(touchpoint, 0, () => [sum])
          const { visits, sentiment, friction, dwellMs } = sum.figures(WEIGHTS)
          const { active: _, ...total } = view.pulse(touchpoint, 'total', 0).visits
          const pulse = view.pulse(touchpoint, 'total', 0)
          expect(visits).toEqual(total)
          expect([sentiment.n, friction.signals, dwellMs]).toEqual([
            pulse.sentiment.n,
            pulse.friction.signals,
            pulse.dwellMs,
          ])
        }
      }),
      { numRuns: 150 },
    )
  })

  it('N37 has a drop in the slice of its deadline, however long nobody came', () => {
    const step: Step = { aheadMs: 0, ageMs: 0, visitor: 1, place: 'a', kind: Kind.enter, next: 'nothing' }
    const entries = [entryOf(START, step), tickOf(START + 30 * 24 * HOUR_MS)]
    const { noted } = played(entries, [])
    const dropped = Math.floor((START + HOUR_MS / 2) / QUARTER_MS)
    expect([...noted.rows.keys()]).toEqual([`a ${Math.floor(START / QUARTER_MS)}`, `a ${dropped}`])
  })
})
