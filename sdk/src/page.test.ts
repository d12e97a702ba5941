import { BATCH_EVENTS, BEACON_BYTES, Frame } from '@pulssi/protocol/client'
import fc from 'fast-check'
import { afterEach, expect, test, vi } from 'vitest'
import { RESTART_DOUBLINGS } from './limits.js'
import { setUp } from './testing/set-up.js'
import type { PulseOptions } from './types.js'

afterEach(() => vi.unstubAllGlobals())

interface Beacon {
  url: string
  body: { key: string; visitor?: string; identity?: string; proof?: string; sentAt: number; events: { seq: number }[] }
  sizeBytes: number
}

/** A page whose events are called by hand. `agrees`: what the browser says to a beacon. */
const openPage = (options: Partial<PulseOptions> = {}, agrees: (sizeBytes: number) => boolean = () => true) => {
  const listeners = new Map<string, (() => void)[]>()
  const beacons: Beacon[] = []
  vi.stubGlobal('document', {})
  vi.stubGlobal('addEventListener', (type: string, listener: () => void) =>
    listeners.set(type, [...(listeners.get(type) ?? []), listener]),
  )
  vi.stubGlobal('navigator', {
    sendBeacon: (url: string, body: string) => {
      const sizeBytes = Buffer.byteLength(body)
      if (!agrees(sizeBytes)) return false
      beacons.push({ url, body: JSON.parse(body), sizeBytes })
      return true
    },
  })
  const fire = (type: string) => {
    for (const listener of listeners.get(type) ?? []) listener()
  }
  return { ...setUp(1, { url: 'https://p.example', key: 'pk', ...options }), fire, beacons }
}

test('a page that goes hands all that has no ack to the browser and lets the socket go; shown again, it sends it', async () => {
  const { server, world, pulse, fire, beacons } = openPage({ identity: 'host', visitor: 'c-1', proof: 'f0' })
  const closes: number[] = []
  pulse.on('close', ({ code }) => closes.push(code))
  world.pass(10)
  pulse.enter('a')
  fire('visibilitychange')
  pulse.goal('a')
  fire('pagehide')
  world.pass(60_000)
  expect(closes).toEqual([1000])
  expect(beacons.map(({ url }) => url)).toEqual(['https://p.example/v1/events'])
  const { events, ...head } = beacons[0]?.body ?? { events: [] }
  expect(head).toEqual({ key: 'pk', identity: 'host', visitor: 'd.1', proof: 'f0', sentAt: 1_000_010 })
  expect(events).toMatchObject([
    { kind: 'enter', stream: 'id-0', seq: 0 },
    { kind: 'goal', stream: 'id-0', seq: 1 },
  ])
  expect(pulse.stats()).toMatchObject({ acked: 0, queued: 2 })
  fire('pageshow')
  world.pass(1_000)
  expect(server.hellos.map(hello => hello[0])).toEqual([Frame.hello, Frame.hello])
  expect(pulse.stats()).toMatchObject({ acked: 2, queued: 0 })
  await pulse.close()
  fire('pageshow')
  world.pass(1_000)
  expect(server.hellos.length).toBe(2)
})

test('hidden with an open socket: what waits goes at once, by the socket alone', () => {
  const { server, world, pulse, fire, beacons } = openPage()
  world.pass(10)
  pulse.enter('a')
  fire('visibilitychange')
  world.pass(2)
  expect(server.batches.length).toBe(1)
  world.pass(5_000)
  fire('visibilitychange')
  expect(beacons).toEqual([])
})

test('what is called in a later listener of pagehide goes with the next beacon', () => {
  const { world, pulse, fire, beacons } = openPage()
  world.pass(10)
  fire('pagehide')
  expect(beacons).toEqual([])
  pulse.leave('a')
  fire('visibilitychange')
  expect(beacons.map(({ body }) => body.events.map(({ seq }) => seq))).toEqual([[0]])
})

test('a beacon holds as much from the oldest on as server and browser take', () => {
  const texts = fc.array(fc.string({ unit: 'grapheme', maxLength: 900 }), { minLength: 1, maxLength: 250 })
  fc.assert(
    fc.property(texts, fc.integer({ min: 2_000, max: 80_000 }), (comments, quotaBytes) => {
      const { pulse, fire, beacons } = openPage({}, sizeBytes => sizeBytes <= quotaBytes)
      for (const comment of comments) pulse.feedback('a', { scale: 'csat', score: 4, comment: comment.slice(0, 400) })
      const { queued } = pulse.stats()
      fire('pagehide')
      const [beacon] = beacons
      const seqs = beacon?.body.events.map(({ seq }) => seq) ?? []
      expect(seqs).toEqual(seqs.map((_, index) => index))
      expect(seqs.length).toBeGreaterThan(quotaBytes < 6_000 ? -1 : 0)
      expect(seqs.length).toBeLessThanOrEqual(BATCH_EVENTS)
      expect(beacon?.sizeBytes ?? 0).toBeLessThanOrEqual(BEACON_BYTES)
      expect(pulse.stats()).toMatchObject({ queued, acked: 0 })
    }),
  )
})

test('a browser that agrees to any size still sends no more bytes than the server takes', () => {
  const { pulse, fire, beacons } = openPage()
  for (let n = 0; n < BATCH_EVENTS; n++) pulse.feedback('a', { scale: 'csat', score: 4, comment: '€'.repeat(400) })
  fire('pagehide')
  expect(beacons[0]?.sizeBytes).toBeLessThanOrEqual(BEACON_BYTES)
})

test('without consent a page that goes says nothing', () => {
  const { pulse, fire, beacons } = openPage({ consent: 'pending' })
  pulse.enter('a')
  for (const type of ['visibilitychange', 'pagehide', 'pageshow', 'online']) fire(type)
  pulse.consent('denied')
  fire('pagehide')
  expect(beacons).toEqual([])
})

test('online: a connection that waits is tried at once; one that stands is left alone', () => {
  const { server, world, fire } = openPage()
  world.reachable = () => false
  world.pass(120_000)
  world.reachable = () => true
  fire('online')
  world.pass(2)
  expect(server.hellos.length).toBe(1)
  fire('online')
  world.pass(60_000)
  expect(server.hellos.length).toBe(1)
})

test('an hour offline costs few attempts', () => {
  const { world } = openPage()
  let attempts = 0
  world.reachable = () => {
    attempts++
    return false
  }
  world.pass(3_600_000)
  expect(attempts).toBeLessThan(400)
  expect(RESTART_DOUBLINGS).toBeGreaterThan(0)
})
