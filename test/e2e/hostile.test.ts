/** What somebody does who means harm: it ends as documented, and others are served as if nothing were. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Fault, Frame } from '@pulssi/protocol/client'
import { expect, test } from 'vitest'
import { makeCertificate } from '../tools/certificate.js'
import { bearer, CLOSED, Client, dataDir, ENTER, http, journey, KEYS, serve } from './harness.js'
import { message, Opcode, Raw, UPGRADE, wireFrame } from './raw.js'

const POLICY = 1008
/** Another address than that of those who behave. */
const ATTACKER = '127.0.0.9'
const MANY = 400

const served = async (server: Awaited<ReturnType<typeof serve>>): Promise<void> => {
  const client = await Client.service(server)
  await client.acked(client.batch('well-behaved', 's', 0, [ENTER]))
}

const serveWith = (limits: Record<string, number>, more: Record<string, unknown> = {}) =>
  serve({ ...CLOSED, server: { ...more, limits } })

const HELLO = message([Frame.hello, KEYS.service, 0, null, null, 's', 'test'])
const CHUNK = (frame: Buffer): Buffer => Buffer.concat(Array.from({ length: MANY }, () => frame))

test('an upgrade that is never finished is closed', async () => {
  const server = await serveWith({ headersMs: 50 })
  const raw = await Raw.open(server)
  raw.socket.write(UPGRADE.subarray(0, UPGRADE.length - 2))
  await raw.closed
  expect(raw.text).toContain('408')
  await served(server)
})

test('thousands of fragments: closed at the limit', async () => {
  const server = await serveWith({})
  const raw = await Raw.open(server)
  raw.socket.write(UPGRADE)
  await raw.press(CHUNK(wireFrame(Buffer.alloc(0), Opcode.continuation, 0)))
  const client = await Client.open(server)
  for (let index = 0; index < 65; index++) client.socket.send(Buffer.alloc(1), { fin: false })
  expect((await client.closed).code).toBe(POLICY)
  await served(server)
})

test('a flood of pings: closed', async () => {
  const server = await serveWith({ serviceMessagesPerSecond: 20 })
  const client = await Client.service(server)
  for (let index = 0; index < 30_000; index++) client.socket.ping()
  expect((await client.closed).code).toBe(POLICY)
  await served(server)
})

test('a flood of pongs, and one of messages: closed', async () => {
  const server = await serveWith({ readerMessagesPerSecond: 2 })
  const pongs = await Client.open(server)
  for (let index = 0; index < 1_000; index++) pongs.socket.pong()
  expect((await pongs.closed).code).toBe(POLICY)
  const messages = await Client.reader(server)
  for (let index = 0; index < 1_000; index++) messages.send([Frame.unsubscribe, 1])
  expect((await messages.closed).code).toBe(POLICY)
})

test('a flood of pings from one that doesn’t read: cut off', async () => {
  const server = await serveWith({})
  const raw = await Raw.open(server)
  raw.socket.pause()
  raw.socket.write(UPGRADE)
  await raw.press(CHUNK(wireFrame(Buffer.alloc(100), Opcode.ping)))
  await served(server)
})

test('a subscriber that never reads, but sends pongs: cut off', async () => {
  const server = await serve({ server: { limits: { pingMs: 50 } } })
  const raw = await Raw.open(server)
  raw.socket.write(Buffer.concat([UPGRADE, HELLO, message([Frame.subscribe, 1, ['*'], [0]])]))
  const pong = setInterval(() => raw.socket.write(wireFrame(Buffer.alloc(8), Opcode.pong)), 5)
  await raw.closed
  clearInterval(pong)
  await served(server)
})

test('subscriptions to everything: so many of one address and no more, with a hint', async () => {
  const server = await serveWith({ subscriptionsPerAddress: 3 })
  const reader = await Client.reader(server)
  for (const id of [1, 2, 3, 4]) reader.send([Frame.subscribe, id, ['*', `shop-${id}*`], [0, 1, 2, 3, 4, 5]])
  const error = await reader.hear(frame => frame[0] === Frame.error)
  expect(error).toMatchObject([Frame.error, Fault.rateLimited, expect.any(String), expect.any(Number), null, null])
  reader.send([Frame.unsubscribe, 1])
  reader.send([Frame.subscribe, 5, ['*'], [0]])
  await reader.hear(frame => frame[0] === Frame.pulse && frame[1] === 5)
})

test('resets at every point of upgrade, hello and batch', async () => {
  const server = await serveWith({ attemptsPerAddressPerSecond: 1_000_000, faultsPerAddressPerMinute: 1_000_000 })
  const now = Date.now()
  const batch = (index: number): Buffer =>
    message([Frame.batch, 1, now, ['cart'], [['v-reset', `s-${index}`, 0, now, [ENTER]]]])
  const length = UPGRADE.length + HELLO.length + batch(999).length
  for (let cut = 1; cut <= length; cut += 7) {
    const raw = await Raw.open(server)
    const bytes = Buffer.concat([UPGRADE, HELLO, batch(cut)]).subarray(0, cut)
    await new Promise(resolve => raw.socket.write(bytes, resolve))
    raw.socket.resetAndDestroy()
  }
  await served(server)
  expect((await journey(server)).events).toMatchObject({ duplicates: 0, rejected: 0 })
})

test('10,000 connections from one address: few are taken, others get in', async () => {
  const MOST = 2_000
  const server = await serveWith({ attemptsPerAddressPerSecond: 20 })
  let standing = 0
  for (let round = 0; round < 10_000 / MANY && standing < MOST; round++) {
    const raws = await Promise.all(Array.from({ length: MANY }, () => Raw.open(server, ATTACKER)))
    const answered = raws.map(raw => Promise.race([raw.closed.then(() => 0), upgraded(raw)]))
    for (const one of await Promise.all(answered)) standing += one
    for (const { socket } of raws) socket.destroy()
  }
  expect(standing).toBeGreaterThanOrEqual(20)
  expect(standing).toBeLessThan(MOST)
  await served(server)
})

/** Resolves with 1 once the upgrade is answered; never, where the connection is reset. */
const upgraded = (raw: Raw): Promise<number> =>
  new Promise(resolve => {
    raw.socket.once('data', () => resolve(1))
    raw.socket.write(UPGRADE)
  })

test('connections that ask for nothing: so many of one address and no more', async () => {
  const server = await serveWith({ pendingPerAddress: 5 })
  const idle = await Promise.all(Array.from({ length: 5 }, () => Raw.open(server, ATTACKER)))
  // The server has seen the five once it resets a sixth.
  await (await Raw.open(server, ATTACKER)).closed
  expect(idle.map(({ socket }) => socket.destroyed)).toEqual([false, false, false, false, false])
  await served(server)
})

test('connections in all that ask for nothing', async () => {
  const server = await serveWith({ pending: 2 })
  await Promise.all([Raw.open(server, ATTACKER), Raw.open(server, '127.0.0.8')])
  const third = await Raw.open(server, '127.0.0.7')
  await third.closed
  // Reset, and not closed because nothing was asked for.
  expect(third.text).toBe('')
})

test('keys are guessed: after so many wrong ones the address is shut out, another isn’t', async () => {
  const server = await serveWith({ faultsPerAddressPerMinute: 5 })
  for (let guess = 0; guess < 5; guess++) {
    const client = await Client.open(server, { localAddress: ATTACKER })
    client.send([Frame.hello, `sk_${guess}`, 0, null, null, null, 'test'])
    expect((await client.closed).code).toBe(Fault.unauthorized)
  }
  await expect(Client.open(server, { localAddress: ATTACKER })).rejects.toThrow(/ECONNRESET|hang up/)
  await served(server)
})

test('keys are guessed over HTTP: the same', async () => {
  const limits = { faultsPerAddressPerMinute: 5, secretsPerAddressPerSecond: 1_000 }
  const server = await serve({ ...CLOSED, server: { limits, trustProxy: ['127.0.0.1'] } })
  const guess = async (address: string, token: string): Promise<number> =>
    (await http(server, '/v1/pulse', { headers: { ...bearer(token), 'x-forwarded-for': address } })).status
  for (let turn = 0; turn < 5; turn++) expect(await guess('203.0.113.1', `rt_${turn}`)).toBe(401)
  expect(await guess('203.0.113.1', KEYS.token)).toBe(429)
  expect(await guess('203.0.113.2', KEYS.token)).toBe(200)
})

test('bytes that are no HTTP count as faults too', async () => {
  const server = await serveWith({ faultsPerAddressPerMinute: 2 })
  for (let turn = 0; turn < 2; turn++) {
    const raw = await Raw.open(server, ATTACKER)
    raw.socket.write('\x16\x03\x01 no HTTP\r\n\r\n')
    await raw.closed
    expect(raw.text).toContain('400')
  }
  const raw = await Raw.open(server, ATTACKER)
  await raw.closed
  expect(raw.text).toBe('')
})

test('handshakes that are no TLS count as faults too', async () => {
  const folder = dataDir()
  const tls = { cert: join(folder, 'cert.pem'), key: join(folder, 'key.pem') }
  const { cert, key } = makeCertificate('hostile')
  writeFileSync(tls.cert, cert)
  writeFileSync(tls.key, key)
  const server = await serveWith({ faultsPerAddressPerMinute: 2 }, { tls })
  const noise = async (): Promise<void> => {
    const raw = await Raw.open(server, ATTACKER)
    raw.socket.write('no TLS at all')
    await raw.closed
  }
  for (let turn = 0; turn < 2; turn++) await noise()
  await expect(Client.open(server, { ca: cert, localAddress: ATTACKER })).rejects.toThrow(/ECONNRESET|disconnected/)
  const client = await Client.open(server, { ca: cert })
  client.send([Frame.hello, KEYS.service, 0, null, null, null, 'test'])
  await client.hear(frame => frame[0] === Frame.welcome)
})

test('who goes on sending after the close frame is read no more, and cut off', async () => {
  const server = await serveWith({ afterCloseBytes: 100_000 })
  const raw = await Raw.open(server)
  raw.socket.write(UPGRADE)
  await raw.press(CHUNK(wireFrame(Buffer.from([0xc1]))))
  await served(server)
})

test('too many requests of one address: 429 with a hint', async () => {
  const server = await serveWith({ readerRequestsPerSecond: 3, pageRequestsPerSecond: 1, serviceRequestsPerSecond: 1 })
  const atOnce = <T>(call: () => Promise<T>): Promise<T[]> => Promise.all(Array.from({ length: 20 }, call))
  const answers = await atOnce(() => http(server, '/healthz'))
  expect(answers.filter(({ status }) => status === 200).length).toBeGreaterThanOrEqual(3)
  const refused = answers.find(({ status }) => status === 429)
  expect(refused?.headers.get('retry-after')).toBe('1')
  expect(refused?.body).toMatchObject({ error: { code: 'rateLimited' } })
  for (const key of [KEYS.page, KEYS.service]) {
    const posts = await atOnce(() => http(server, '/v1/events', { method: 'POST', headers: bearer(key), body: '' }))
    expect(new Set(posts.map(({ status }) => status === 429))).toEqual(new Set([true, false]))
  }
})

test('requests that are sent on without waiting for answers: cut off, and a fault like a flood', async () => {
  const server = await serveWith({ readerRequestsPerSecond: 3, faultsPerAddressPerMinute: 30 })
  const raw = await Raw.open(server, ATTACKER)
  await raw.press(CHUNK(Buffer.from('GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n')))
  expect(raw.text.split('HTTP/1.1').length).toBeLessThan(10)
  const again = await Raw.open(server, ATTACKER)
  await again.closed
  expect(again.text).toBe('')
  await served(server)
})

test('a page’s events beyond what its address may send are refused with a hint, and taken later', async () => {
  const server = await serveWith({ pageEventsPerAddressPerSecond: 50 })
  const [page] = await Client.page(server, 1)
  const events = Array.from({ length: 50 }, () => ENTER)
  page.batch(null, null, 0, events)
  page.batch(null, null, 50, events)
  const error = await page.hear(frame => frame[0] === Frame.error)
  expect(error).toMatchObject([Frame.error, Fault.rateLimited, expect.any(String), expect.any(Number), 2, null])
  await page.acked(1)
  const service = await Client.service(server)
  await service.acked(service.batch('v', 's', 0, [...events, ...events]))
  const many = events.map((_, seq) => ({ visitor: 'p.1', stream: 't', seq, at: 1, kind: 'enter', touchpoint: 'cart' }))
  const headers = { ...bearer(KEYS.page), origin: KEYS.origin, 'content-type': 'application/json' }
  const post = () => http(server, '/v1/events', { method: 'POST', headers, body: JSON.stringify({ events: many }) })
  const statuses = (await Promise.all([post(), post(), post()])).map(({ status }) => status)
  expect(statuses).toContain(429)
})

test('thousands of touchpoints that no map knows take the places that there are, and no more', async () => {
  const server = await serveWith({})
  const client = await Client.service(server)
  for (let index = 0; index < 3_000; index += 100) {
    const now = Date.now()
    const places = Array.from({ length: 100 }, (_, place) => `stranger-${index + place}`)
    const groups = places.map((_, place) => [`v-${index + place}`, `s-${index}`, 0, now, [[0, 0, place]]])
    client.send([Frame.batch, 1 + index / 100, now, places, groups])
  }
  await client.acked(30)
  const { events, pulses } = await journey(server)
  expect(events.accepted).toBe(3_000)
  expect(pulses.length).toBeLessThan(220)
})
