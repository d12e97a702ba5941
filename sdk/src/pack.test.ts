import { fromJson, guardClient } from '@pulssi/protocol'
import {
  type BatchFrame,
  decode,
  FRAME_BYTES,
  type JsonEvent,
  KINDS,
  SCALES,
  type WireEvent,
} from '@pulssi/protocol/client'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { BOUNDS } from './bounds.js'
import { faultOf } from './check.js'
import { EVENT_HEAD_BYTES } from './limits.js'
import { encode } from './msgpack.js'
import { addOutbox, type Entry, type Outbox } from './outbox.js'
import { pack } from './pack.js'
import type { PulseEvent } from './types.js'

const strange = fc.constantFrom('', 'A', 'a b', '#', 'é', 'x'.repeat(40), 'x'.repeat(70), 'y'.repeat(4_001))
const word = fc.oneof({ arbitrary: fc.constantFrom('a', 'b-c', 'rage'), weight: 12 }, { arbitrary: strange, weight: 1 })
const odd = fc.constantFrom<unknown>(null, 0, 1, 1.5, NaN, {}, [], true)
const maybe = <Value>(good: fc.Arbitrary<Value>) =>
  fc.option(fc.oneof({ arbitrary: good, weight: 12 }, { arbitrary: odd as never, weight: 1 }), {
    nil: undefined,
    freq: 1,
  })
const eventArb = fc.record({
  kind: fc.constantFrom(...KINDS),
  touchpoint: fc.oneof({ arbitrary: fc.constant('a.b'), weight: 5 }, maybe(word)),
  visitor: maybe(fc.constantFrom('v', 'w')),
  channel: maybe(word),
  cuts: maybe(fc.dictionary(word, word, { maxKeys: 7 })),
  value: maybe(fc.integer()),
  scale: maybe(fc.constantFrom(...SCALES)),
  score: maybe(fc.oneof(fc.integer(), fc.constantFrom('happy', 'odd'))),
  option: maybe(fc.nat(9)),
  text: maybe(word),
  comment: maybe(word),
  ask: maybe(word),
  name: maybe(word),
  customer: maybe(word),
  code: maybe(word),
  proof: maybe(word),
  result: maybe(fc.constantFrom('shown', 'dismissed')),
}) as fc.Arbitrary<PulseEvent>

const NOW = 1_732_250_000_000
const entryOf = (event: PulseEvent, seq: number, at = NOW): Entry => {
  const sizeBytes = new TextEncoder().encode(JSON.stringify(event)).length + EVENT_HEAD_BYTES
  return [{ ...event, stream: 's', seq, at }, sizeBytes, `${event.visitor} s`]
}
const take = (entries: readonly Entry[]) => {
  const outbox = {} as Outbox
  addOutbox(outbox, { ...BOUNDS, $maxBytes: 1e9 })
  for (const entry of entries) outbox.$add(1e9, entry)
  return outbox.$take(100, FRAME_BYTES)?.[1] ?? []
}
const packed = (entries: readonly Entry[], own: string) => pack(1, [...entries], own, NOW) as unknown as BatchFrame

test('what the check lets through packs into frames that the server takes, within the estimate', () => {
  let passed = 0
  fc.assert(
    fc.property(fc.array(eventArb, { minLength: 1, maxLength: 30 }), events => {
      const good = events.filter(event => !faultOf(event))
      passed += good.length
      if (good.length === 0) return
      const entries = take(good.map((event, index) => entryOf(event, index * (index % 3 ? 1 : 2))))
      const frame = packed(entries, 's')
      const bytes = encode(frame)
      expect(guardClient(decode(bytes)), JSON.stringify(frame)).toBe(true)
      expect(bytes.length).toBeLessThanOrEqual(
        entries.reduce((sum, [, sizeBytes]) => sum + sizeBytes, EVENT_HEAD_BYTES),
      )
      const order = frame[4].flatMap(([visitor, , seq, , wire]) => wire.map((_, index) => [visitor, seq + index]))
      expect(order).toEqual(entries.map(([{ visitor, seq }]) => [visitor, seq]))
    }),
    { numRuns: 500 },
  )
  expect(passed).toBeGreaterThan(500)
})

test('an event means the same over the socket and over HTTP', () => {
  const samples: JsonEvent[] = [
    { visitor: 'v', at: NOW, kind: 'enter', touchpoint: 'a.b', channel: 'web', cuts: { variant: 'B' } },
    { visitor: 'v', at: NOW, kind: 'goal', touchpoint: 'a', value: 3 },
    { visitor: 'v', at: NOW, kind: 'feedback', touchpoint: 'a', scale: 'nps', score: 9, comment: 'ok', ask: 'q' },
    { visitor: 'v', at: NOW, kind: 'feedback', touchpoint: 'a', scale: 'emotion', score: 'angry' },
    { visitor: 'v', at: NOW, kind: 'feedback', touchpoint: 'a', ask: 'q', text: 'why' },
    { visitor: 'v', at: NOW, kind: 'feedback', touchpoint: 'a', ask: 'q', option: 2 },
    { visitor: 'v', at: NOW, kind: 'signal', touchpoint: 'a', name: 'rage' },
    { visitor: 'v', at: NOW, kind: 'link', code: '123' },
    { visitor: 'v', at: NOW, kind: 'ask', touchpoint: 'a', ask: 'q', result: 'dismissed' },
  ]
  for (const sample of samples) {
    expect(faultOf(sample)).toBeUndefined()
    const [, , , places, groups] = packed([entryOf(sample, 0)], '')
    const { event, place } = fromJson(sample, NOW) as {
      event: WireEvent
      place: { channel: string | null; cuts: string[] } | null
    }
    const plain = (wire: WireEvent | undefined) => wire?.map(field => field ?? null)
    expect(plain(groups[0]?.[4][0])).toEqual(plain(event))
    expect(places).toEqual(place === null ? [] : place.channel ? [['a.b', place.channel, place.cuts]] : ['a'])
  }
})
