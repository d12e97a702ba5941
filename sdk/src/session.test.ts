import { Frame, STREAM_LIFE_MS } from '@pulssi/protocol/client'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { SILENCE_MS } from './limits.js'
import { BAD_SCORE, POISON } from './testing/model-server.js'
import { accounted, setUp, storedOf } from './testing/set-up.js'
import type { PulseClient } from './types.js'
import { VERSION } from './version.js'

const callArb = fc.record({
  kind: fc.constantFrom('enter', 'goal', 'bad', 'poison') as fc.Arbitrary<'enter' | 'goal' | 'bad' | 'poison'>,
  visitor: fc.constantFrom('a', 'b', 'c'),
  waitMs: fc.constantFrom(0, 0, 0, 1, 30, 400),
})

const weatherArb = fc.record({
  drop: fc.double({ min: 0, max: 0.5, noNaN: true }),
  rateLimit: fc.constantFrom(0, 0.3),
  lateAck: fc.constantFrom(0, 0.7),
})
const CALM = { drop: 0, rateLimit: 0, lateAck: 0 }

type Call = typeof callArb extends fc.Arbitrary<infer C> ? C : never
const make = (pulse: PulseClient, { kind, visitor }: Call) => {
  const who = pulse.as(visitor)
  if (kind === 'enter') who.enter('a.b')
  if (kind === 'goal') who.goal('a.b', { value: 1 })
  if (kind === 'poison') who.goal('a.b', { value: POISON })
  if (kind === 'bad') who.feedback('a.b', { scale: 'csat', score: BAD_SCORE })
}

test('on a bad line every event is acknowledged or counted lost; order, bounds and numbers hold', () => {
  const calls = fc.array(callArb, { minLength: 1, maxLength: 120 })
  const line = fc.record({
    weather: weatherArb,
    latencyMs: fc.constantFrom(1, 40),
    outboxEvents: fc.constantFrom(10, 1_000),
  })
  fc.assert(
    fc.property(fc.integer(), calls, line, (seed, made, { weather, latencyMs, outboxEvents }) => {
      const { server, world, pulse } = setUp(seed, { outboxEvents, framesInFlight: 4 })
      Object.assign(server, { weather })
      Object.assign(world, { latencyMs, reachable: () => world.random() >= server.weather.drop })
      made.forEach((call, index) => {
        make(pulse, call)
        world.pass(call.waitMs)
        expect(pulse.stats().queued).toBeLessThanOrEqual(outboxEvents)
        expect(accounted(pulse.stats())).toBe(index + 1)
      })
      server.weather = CALM
      world.pass(3_600_000)
      const { queued, acked, refused, lost } = pulse.stats()
      expect(server.faults).toEqual([])
      expect(queued).toBe(0)
      for (const seqs of server.stored.values()) expect(seqs).toEqual([...seqs].sort((a, b) => a - b))
      // What was dropped for want of room may have been stored before.
      expect(storedOf(server)).toBeGreaterThanOrEqual(acked + refused)
      const poison = made.filter(({ kind }) => kind === 'poison').length
      if (lost.overflow > 0) return
      // None but the culprits, however often the line breaks while they are looked for.
      expect(lost.refused).toBe(poison)
      expect(refused).toBeLessThanOrEqual(made.filter(({ kind }) => kind === 'bad').length)
      expect(storedOf(server)).toBeGreaterThanOrEqual(made.length - lost.refused)
    }),
    { numRuns: 500 },
  )
})

describe('a session', () => {
  test('sends a tap at once, with the time of the call and nothing said twice', () => {
    const { server, world, pulse } = setUp(1, { channel: 'web', cuts: { variant: 'B' } })
    world.pass(10)
    const calledAt = world.now
    pulse.enter('shop.cart')
    pulse.feedback('shop.cart', { scale: 'emotion', score: 'happy', comment: 'nice' })
    world.pass(40)
    expect(server.hellos).toEqual([[Frame.hello, 'sk', 0, null, null, 'id-0', `js/${VERSION}`]])
    const place = ['shop.cart', 'web', ['variant', 'B']]
    const events = [
      [0, 0, 0],
      [3, 0, 0, 5, 1, 'nice'],
    ]
    expect(server.batches).toEqual([[Frame.batch, 1, calledAt + 10, [place], [[null, null, 0, calledAt, events]]]])
    expect(pulse.stats()).toMatchObject({ sent: 2, acked: 2, queued: 0 })
    expect(pulse.visitor).toBe('d.1')
  })

  test('keeps what a raw event says of itself, and no sentAt if told so', () => {
    const { server, world, pulse } = setUp(1, { sentAt: null })
    const event = { visitor: 'v', stream: 's', seq: 7, at: 5, kind: 'goal', touchpoint: 'a', value: 2 } as const
    expect(pulse.send(event)).toBe('queued')
    world.pass(100)
    expect(server.batches).toEqual([[Frame.batch, 1, null, ['a'], [['v', 's', 7, 5, [[2, 0, 0, 2]]]]]])
  })

  test('a raw event displaces nothing: full', async () => {
    const { world, pulse } = setUp(1, { outboxEvents: 2 })
    const event = { visitor: 'v', kind: 'enter', touchpoint: 'a' } as const
    expect([pulse.send(event), pulse.send(event), pulse.send(event)]).toEqual(['queued', 'queued', 'full'])
    const room = pulse.flush(1)
    world.pass(1_000)
    await room
    expect(pulse.send(event)).toBe('queued')
    expect(pulse.stats().lost.overflow).toBe(0)
  })

  test('a frame that breaks the grammar: its events go alone, once each, and the culprit is dropped', () => {
    const { server, world, pulse, refused } = setUp()
    for (const value of [1, 2, POISON, 3]) pulse.goal('a', { value })
    world.pass(60_000)
    const sent = server.batches.map(([, , , , groups]) => groups.flatMap(group => group[4].map(event => event[3])))
    expect(sent).toEqual([[1, 2, POISON, 3], [1], [2], [POISON], [3]])
    expect(refused.map(({ code, event }) => [code, event?.value])).toEqual([[9, POISON]])
    expect(pulse.stats()).toMatchObject({ acked: 3, refused: 0, lost: { refused: 1 }, queued: 0 })
  })

  test('refused alone: told with its event, not sent again; also when it comes after the ack', () => {
    const { server, world, pulse, refused } = setUp()
    pulse.feedback('a', { scale: 'csat', score: BAD_SCORE })
    pulse.as('far').enter('b')
    world.pass(100)
    server.say([Frame.error, 3, 'too far ahead', null, 1, 1])
    world.pass(60_000)
    expect(refused.map(({ code, message, event }) => [code, message, event?.touchpoint])).toEqual([
      [1, '', 'a'],
      [3, 'too far ahead', 'b'],
    ])
    expect(server.batches.length).toBe(1)
    expect(pulse.stats()).toMatchObject({ sent: 2, acked: 0, refused: 2, queued: 0 })
  })

  test('not now: waits as long as it is told to, and begins with the frame that was named', () => {
    const { server, world, pulse } = setUp()
    world.pass(10)
    server.weather.rateLimit = 1
    pulse.enter('a')
    world.pass(30)
    server.weather.rateLimit = 0
    world.pass(30)
    expect(server.batches.length).toBe(1)
    world.pass(30)
    expect(server.batches.map(batch => batch[1])).toEqual([1, 1])
    expect(server.faults).toEqual([])
    expect(pulse.stats().acked).toBe(1)
  })

  test.each([4401, 4403])('close code %i stops for good; what is queued is lost and counted', async code => {
    const { server, world, pulse } = setUp()
    world.pass(10)
    server.cut(code)
    pulse.enter('a')
    world.pass(600_000)
    await pulse.flush()
    expect(pulse.send({ kind: 'enter', touchpoint: 'a' })).toBe('closed')
    expect(server.hellos.length).toBe(1)
    expect(pulse.stats().lost.stopped).toBe(2)
  })

  test('the error that explains a close comes before it', () => {
    const { server, world, pulse } = setUp()
    const told: unknown[] = []
    pulse.on('error', ({ code, message }) => told.push([code, message]))
    pulse.on('close', ({ code, retryMs }) => told.push([code, retryMs]))
    world.pass(10)
    server.cut(4401, 'this key is unknown')
    world.pass(10)
    expect(told).toEqual([
      [4401, 'this key is unknown'],
      [4401, null],
    ])
  })

  test('events that go on coming do not hide that the server is silent', () => {
    const { server, world, pulse } = setUp()
    world.pass(10)
    const { message } = server
    server.message = () => {}
    for (let n = 0; n < 20; n++) {
      pulse.enter('a')
      world.pass(SILENCE_MS / 10)
    }
    server.message = message
    world.pass(60_000)
    expect(server.hellos.length).toBe(2)
    expect(pulse.stats()).toMatchObject({ queued: 0, acked: 20 })
  })

  test('an event that breaks its frame alone is not sent again', () => {
    const { server, world, pulse } = setUp()
    world.pass(10)
    pulse.goal('a', { value: POISON })
    world.pass(60_000)
    expect(server.batches.length).toBe(1)
    expect(pulse.stats()).toMatchObject({ lost: { refused: 1 }, queued: 0 })
  })

  test('what the server never names is of no consequence', () => {
    const { server, world, pulse, errors } = setUp()
    world.pass(10)
    server.say([Frame.ack, 99, [[7, 7, 1]]])
    server.say([69, 'of a later version'])
    pulse.enter('a')
    world.pass(1_000)
    expect(errors).toEqual([])
    expect(pulse.stats()).toMatchObject({ acked: 1, refused: 0, queued: 0 })
  })

  test('a server that falls silent with events on the way is left for a new connection', () => {
    const { server, world, pulse } = setUp()
    world.pass(10)
    const { message } = server
    server.message = () => {}
    pulse.enter('a')
    world.pass(SILENCE_MS)
    server.message = message
    world.pass(60_000)
    expect(server.hellos.length).toBe(2)
    expect(pulse.stats()).toMatchObject({ queued: 0, acked: 1, sent: 2 })
  })

  test('an idle session has no timers', () => {
    const { world, pulse } = setUp()
    pulse.enter('a')
    world.pass(20_000)
    expect(pulse.stats().acked).toBe(1)
    expect(world.timers).toBe(0)
  })

  test('the visitor of the day is said again on the next connection, and forgotten with the stream', () => {
    const { server, world, pulse } = setUp()
    world.pass(10)
    server.cut(1012)
    world.pass(60_000)
    world.pass(STREAM_LIFE_MS)
    pulse.enter('a')
    world.pass(1_000)
    expect(server.hellos.map(hello => [hello[3], hello[5]])).toEqual([
      [null, 'id-0'],
      ['d.1', 'id-0'],
      [null, 'id-1'],
    ])
    expect(pulse.stats().acked).toBe(1)
  })

  test('numbers each visitor of a service by itself', () => {
    const { server, world, pulse } = setUp()
    for (const visitor of ['a', 'b', 'a', 'b', 'a']) pulse.as(visitor).enter('x')
    world.pass(100)
    const groups = server.batches.flatMap(batch => batch[4])
    expect(groups.map(([visitor, , seq, , events]) => [visitor, seq, events.length])).toEqual([
      ['a', 0, 3],
      ['b', 0, 2],
    ])
  })

  test('close sends what is queued first; offline it gives up and counts', async () => {
    const near = setUp()
    near.pulse.enter('a')
    const closed = near.pulse.close()
    near.world.pass(100)
    await closed
    expect(near.pulse.stats()).toMatchObject({ acked: 1, lost: { closed: 0 } })
    near.pulse.enter('a')
    expect(near.pulse.stats().lost.closed).toBe(1)

    const off = setUp()
    off.world.reachable = () => false
    off.pulse.enter('a')
    const given = off.pulse.close()
    off.world.pass(5_000)
    await given
    expect(off.pulse.stats()).toMatchObject({ queued: 0, lost: { closed: 1 } })
    expect(off.world.timers).toBe(0)
  })
})
