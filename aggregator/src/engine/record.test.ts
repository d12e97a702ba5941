import { Kind } from '@pulssi/protocol/client'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { DEFAULT_CONFIG } from './config.js'
import { type GroupHeader, NO_PLACE, RECORD_EVENTS, RECORD_PLACES, RECORD_STRINGS, RecordWriter } from './record.js'

type Place = [touchpoint: string, channel: string | null, cuts: string[]]
type Event = { kind: Kind; place: number; time: number; a: number; b: number; detail: string } | { code: number }
type Item =
  | { type: 'tick'; at: number }
  | { type: 'refuse'; count: number }
  | { type: 'key'; hi: number; lo: number }
  | { type: 'config'; idleMs: number }
  | { type: 'erase'; at: number; words: number[] }
  | { type: 'events'; group: GroupHeader; places: Place[]; events: Event[] }

/** Reads an entry after the grammar at the head of record.ts. */
function read(bytes: Uint8Array): Item[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const items: Item[] = []
  for (let at = 0; at < bytes.length; at += view.getUint32(at, true)) {
    const end = at + view.getUint32(at, true)
    switch (view.getUint8(at + 4)) {
      case 1:
        items.push({ type: 'tick', at: view.getFloat64(at + 8, true) })
        break
      case 2:
        items.push({ type: 'config', idleMs: JSON.parse(utf8(bytes.subarray(at + 8, end))).idleMs })
        break
      case 3:
        items.push({ type: 'refuse', count: view.getUint32(at + 8, true) })
        break
      case 4:
        items.push(readEvents(view, bytes, at, end))
        break
      case 5:
        items.push({ type: 'key', hi: view.getUint32(at + 8, true), lo: view.getUint32(at + 12, true) })
        break
      case 6:
        items.push({
          type: 'erase',
          at: view.getFloat64(at + 8, true),
          words: [16, 20, 24, 28].map(o => view.getUint32(at + o, true)),
        })
        break
      default:
        throw new Error('unknown record')
    }
  }
  return items
}

const utf8 = (bytes: Uint8Array): string => new TextDecoder('utf-8', { ignoreBOM: true, fatal: true }).decode(bytes)

function readEvents(view: DataView, bytes: Uint8Array, at: number, end: number): Item {
  const flags = view.getUint8(at + 5)
  const count = view.getUint16(at + 6, true)
  const u32 = (offset: number): number => view.getUint32(at + offset, true)
  const base = view.getFloat64(at + 16, true)
  const group: GroupHeader = {
    receivedAt: view.getFloat64(at + 8, true),
    base,
    dataClock: (flags & 1) > 0,
    page: (flags & 2) > 0,
    bot: (flags & 4) > 0,
    hasStream: (flags & 8) > 0,
    visitorHi: u32(24),
    visitorLo: u32(28),
    streamHi: u32(32),
    streamLo: u32(36),
    seq: u32(40),
    backerHi: u32(48),
    backerLo: u32(52),
  }
  let next = at + 56 + 12 * count
  const string = (lengthBytes: 1 | 2): string => {
    const length = lengthBytes === 1 ? view.getUint8(next) : view.getUint16(next, true)
    next += lengthBytes + length
    return utf8(bytes.subarray(next - length, next))
  }
  const places = Array.from({ length: view.getUint8(at + 44) }, (): Place => {
    const [touchpoint, channel, cuts] = [string(1), string(1), string(2)]
    return [touchpoint, channel === '' ? null : channel, cuts === '' ? [] : JSON.parse(cuts)]
  })
  const strings = Array.from({ length: view.getUint8(at + 45) }, () => string(2))
  expect(next).toBe(end)
  const events = Array.from({ length: count }, (_, i): Event => {
    const o = at + 56 + 12 * i
    const kind = view.getUint8(o)
    const a = view.getUint8(o + 2)
    if (kind === 255) return { code: a }
    const detail = view.getUint8(o + 8) === 0 ? '' : (strings[view.getUint8(o + 8) - 1] as string)
    const time = base + view.getInt32(o + 4, true)
    return { kind: kind as Kind, place: view.getUint8(o + 1), time, a, b: view.getUint8(o + 3), detail }
  })
  return { type: 'events', group, places, events }
}

function write(out: RecordWriter, item: Item): void {
  if (item.type === 'tick') return out.tick(item.at)
  if (item.type === 'refuse') return out.refuse(item.count)
  if (item.type === 'key') return out.key(item.hi, item.lo)
  if (item.type === 'erase') {
    const [hi = 0, lo = 0, a = 0, b = 0] = item.words
    return out.erase(item.at, [hi, lo], [a, b])
  }
  if (item.type === 'config') return out.config({ ...DEFAULT_CONFIG, idleMs: item.idleMs })
  out.begin(item.group)
  for (const [touchpoint, channel, cuts] of item.places) out.place(touchpoint, channel, cuts)
  for (const event of item.events) {
    if ('code' in event) out.refused(event.code)
    else out.event(event.kind, event.place, event.time, event.a, event.b, event.detail)
  }
  out.end()
}

const u32 = fc.nat(0xffffffff)
const base = 1_700_000_000_000
const wellFormed = fc.string({ unit: 'grapheme', maxLength: 20 })
const place = fc.tuple(
  fc.string({ minLength: 1, maxLength: 64 }),
  fc.option(fc.string({ minLength: 1, maxLength: 32 })),
  fc.array(wellFormed, { maxLength: 4 }),
)
const event: fc.Arbitrary<Event> = fc.oneof(
  fc.record({ code: fc.nat(9) }),
  fc.record({
    kind: fc.constantFrom(...Object.values(Kind)),
    place: fc.oneof(fc.nat(5), fc.constant(NO_PLACE)),
    time: fc.integer().map(delta => base + delta),
    a: fc.nat(255),
    b: fc.nat(255),
    detail: fc.oneof(fc.constant(''), wellFormed),
  }),
)
const group: fc.Arbitrary<GroupHeader> = fc.record({
  receivedAt: fc.nat(2 ** 42),
  base: fc.constant(base),
  dataClock: fc.boolean(),
  page: fc.boolean(),
  bot: fc.boolean(),
  hasStream: fc.boolean(),
  visitorHi: u32,
  visitorLo: u32,
  streamHi: u32,
  streamLo: u32,
  seq: fc.nat(2 ** 31 - 1),
  backerHi: u32,
  backerLo: u32,
})
const item: fc.Arbitrary<Item> = fc.oneof(
  fc.record({ type: fc.constant('tick' as const), at: fc.double({ noNaN: true }) }),
  fc.record({ type: fc.constant('refuse' as const), count: u32 }),
  fc.record({ type: fc.constant('key' as const), hi: u32, lo: u32 }),
  fc.record({ type: fc.constant('config' as const), idleMs: fc.nat() }),
  fc.record({
    type: fc.constant('erase' as const),
    at: fc.nat(2 ** 42),
    words: fc.array(u32, { minLength: 4, maxLength: 4 }),
  }),
  fc.record({
    type: fc.constant('events' as const),
    group,
    places: fc.array(place, { maxLength: 6 }),
    events: fc.array(event, { maxLength: 30 }),
  }),
)

describe('log records', () => {
  it('say after their grammar what went in, one after the other, and the writer is empty after take', () => {
    fc.assert(
      fc.property(fc.array(item, { maxLength: 5 }), fc.array(item, { maxLength: 5 }), (first, second) => {
        const out = new RecordWriter()
        for (const one of first) write(out, one)
        const size = out.length
        const entry = out.take()
        expect(entry.length).toBe(size)
        expect(out.length).toBe(0)
        for (const one of second) write(out, one)
        expect(read(out.take())).toEqual(second)
        expect(read(entry)).toEqual(first)
      }),
    )
  })

  it('hold as many events, places and strings as their limits say', () => {
    const places = Array.from({ length: RECORD_PLACES }, (_, i): Place => [`t${i}`, null, []])
    const events = Array.from({ length: RECORD_EVENTS }, (_, i): Event => {
      const last = i % 2 === 1 ? 0 : RECORD_PLACES - 1
      return { kind: Kind.signal, place: last, time: base, a: 0, b: 0, detail: i < RECORD_STRINGS ? `s${i}` : '' }
    })
    const full: Item = { type: 'events', group: { ...fc.sample(group, 1)[0] } as GroupHeader, places, events }
    const out = new RecordWriter()
    write(out, full)
    const read1 = read(out.take())[0] as Item & { type: 'events' }
    expect(read1.places).toEqual(places)
    expect(read1.events.length).toBe(RECORD_EVENTS)
    expect(JSON.stringify(read1.events)).toBe(JSON.stringify(events))
  })

  it('counts what the record begun holds, and starts over with the next', () => {
    const out = new RecordWriter()
    const head = fc.sample(group, 1)[0] as GroupHeader
    out.begin(head)
    expect([out.place('a', null, []), out.place('b', 'app', ['variant', 'B'])]).toEqual([0, 1])
    out.event(Kind.signal, 1, base, 0, 0, 'rage')
    out.refused(1)
    expect(out.open).toEqual({ events: 2, places: 2, strings: 1 })
    out.end()
    out.begin(head)
    expect(out.open).toEqual({ events: 0, places: 0, strings: 0 })
  })
})
