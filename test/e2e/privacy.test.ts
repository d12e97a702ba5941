/** What a server keeps and says of those who call: no id in its log lines, no address, no secret; no number in a text. */
import { readdirSync, readFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { parseConfig, type RunningServer } from '@pulssi/aggregator'
import { encode, Frame } from '@pulssi/protocol/client'
import { describe, expect, onTestFinished, test } from 'vitest'
import { FileStore } from '../../aggregator/src/embedded/index.js'
import { DayIdentity } from '../../aggregator/src/gateway/index.js'
import { createLogger, LOG_FIELDS } from '../../aggregator/src/logger.js'
import { bearer, CLOSED, Client, dataDir, http, KEYS, post } from './harness.js'
import { startPlaced } from './placed.js'

const PINO_FIELDS = ['level', 'time', 'pid', 'hostname', 'msg']
/** Planted wherever a client can put something. */
const PLANTED = 'planted'
const ADDRESS = '192.0.2.77'

interface Logged {
  readonly server: RunningServer
  readonly lines: readonly string[]
}

/** A server that logs all that it can, to here. */
const logging = async (folder: string, settings: Record<string, unknown> = {}): Promise<Logged> => {
  const lines: string[] = []
  const logger = createLogger('trace', { write: line => void lines.push(line) })
  const server = { port: 0, dataDir: folder, trustProxy: ['127.0.0.1'], ...settings }
  const running = await startPlaced({ config: parseConfig({ ...CLOSED, server }), logger })
  onTestFinished(() => running.close())
  return { server: running, lines }
}

const event = (fields: Record<string, unknown>): string =>
  JSON.stringify({ visitor: 'planted-visitor', at: Date.now(), kind: 'enter', touchpoint: 'planted.place', ...fields })

/** Frames that close a connection, each in its own way. */
const FATAL: readonly (readonly unknown[])[] = [
  [Frame.hello, 'planted-key', 0, 'planted-visitor', 'planted-proof', 'planted-stream', 'planted-agent'],
  [Frame.auth, 'planted-token'],
  [Frame.batch, 1, 1, ['planted'], 'planted'],
  [Frame.batch, 7, null, ['cart'], [['planted-visitor', 'planted-stream', 0, 1, [[0, 0, 0]]]]],
  [Frame.subscribe, 1, ['planted*planted'], [0]],
  [99, 'planted'],
]

const overSockets = async (server: RunningServer): Promise<void> => {
  for (const frame of FATAL) {
    const client = await Client.open(server, { headers: { 'x-forwarded-for': ADDRESS, 'user-agent': 'planted-agent' } })
    if (frame[0] !== Frame.hello) client.send([Frame.hello, KEYS.service, 0, null, null, 'planted-stream', 'planted'])
    client.send(frame)
    await client.closed
  }
  const text = await Client.service(server)
  text.socket.send('planted')
  await text.closed
  const cut = await Client.service(server)
  cut.socket.terminate()
  await cut.closed
  const broken = await Client.service(server)
  broken.socket.send(Buffer.from(encode([2, 'planted'])).subarray(1))
  await broken.closed
  await Client.open(server, { origin: 'https://planted.example' }).catch(() => {})
  const client = await Client.service(server, 'planted-stream')
  await client.acked(client.batch('planted-visitor', 'planted-stream', 0, [[3, 0, 0, 2, 4, 'planted words']]))
  client.send([Frame.forget, 2, 'planted-visitor'])
  await client.acked(2)
}

const overHttp = async (server: RunningServer): Promise<void> => {
  const from = { 'x-forwarded-for': ADDRESS, 'user-agent': 'planted-agent', cookie: 'planted=1' }
  await post(server, `${event({})}\n{"planted`, from)
  await post(server, event({}), { ...from, ...bearer('planted-key') })
  await post(server, '{"planted', { ...from, 'content-type': 'application/json' })
  await post(server, event({}), { ...from, 'content-type': 'planted/type' })
  await post(server, event({ planted: 'planted' }), { ...from, 'idempotency-key': 'planted key' })
  for (const path of [
    '/v1/pulse?planted=1',
    '/v1/pulse?token=planted',
    '/planted',
    '/v1/subjects/planted',
    '/metrics',
  ]) {
    await http(server, path, { headers: { ...from, ...bearer('planted-token') } })
    await http(server, path, { headers: { ...from, ...bearer(KEYS.token), origin: 'https://planted.example' } })
  }
  const raw = connect(server.port, '127.0.0.1')
  raw.end('PLANTED planted HTTP/9.9\r\nplanted\r\n\r\n')
  raw.resume()
  await new Promise(resolve => raw.once('close', resolve))
}

describe('the log of a server', () => {
  test('names no visitor, no secret, no address and no words, whatever goes wrong', async () => {
    const { server, lines } = await logging(dataDir())
    await overSockets(server)
    await overHttp(server)
    await server.close()
    expect(lines.length).toBeGreaterThan(10)
    const all = lines.join('').toLowerCase()
    for (const secret of [PLANTED, ADDRESS, KEYS.service, KEYS.token, KEYS.page, KEYS.origin, 'authorization']) {
      expect(all).not.toContain(secret)
    }
  })

  test('is one JSON object a line, with documented fields alone', async () => {
    const { server, lines } = await logging(dataDir())
    await overSockets(server)
    await server.close()
    const known = new Set([...PINO_FIELDS, ...Object.keys(LOG_FIELDS)])
    for (const line of lines) {
      expect(line.trimEnd()).not.toContain('\n')
      const unknown = Object.keys(JSON.parse(line)).filter(key => !known.has(key))
      expect(unknown).toEqual([])
    }
  })
})

const everything = (folder: string): string =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile())
    .map(entry => readFileSync(join(entry.parentPath, entry.name), 'latin1'))
    .join('\n')

/** A clock that the test sets. */
const handClock = (at: number): { now: () => number; at: number } => {
  const clock = { at, now: () => clock.at }
  return clock
}

describe('the salt of a day', () => {
  const DAY_MS = 86_400_000
  const saltIn = async (store: FileStore): Promise<string[]> => {
    const keys = await store.keys('salt/')
    const values = await Promise.all(keys.map(key => store.get(key)))
    return values.map(found => Buffer.from(found?.value ?? []).toString('latin1'))
  }

  test('is nowhere in the folder once its day is over', async () => {
    const folder = dataDir()
    const store = await FileStore.open({ folder })
    const clock = handClock(Date.UTC(2026, 0, 1))
    const days = await DayIdentity.open(store, clock, () => store.compact())
    const [first = 'none'] = await saltIn(store)
    const visitor = days.visitor(ADDRESS, 'agent')
    expect(everything(folder)).toContain(first)
    clock.at += DAY_MS
    await days.rotate()
    expect(days.visitor(ADDRESS, 'agent')).not.toBe(visitor)
    const [second = 'none', ...others] = await saltIn(store)
    await store.close()
    expect(others).toEqual([])
    expect(everything(folder)).toContain(second)
    expect(everything(folder)).not.toContain(first)
  })

  test('is destroyed later where the disk refused at midnight', async () => {
    const store = await FileStore.open({ folder: dataDir() })
    const clock = handClock(Date.UTC(2026, 0, 1))
    let refusals = 0
    const days = await DayIdentity.open(store, clock, async () => {
      if (refusals++ === 1) throw new Error('no room')
    })
    clock.at += DAY_MS
    await expect(days.rotate()).rejects.toThrow('no room')
    await days.rotate()
    await days.rotate()
    expect(refusals).toBe(3)
    await store.close()
  })
})

describe('the data folder', () => {
  test('holds texts without addresses and numbers, over WebSocket and HTTP', async () => {
    const folder = dataDir()
    const { server } = await logging(folder)
    const client = await Client.service(server)
    await client.acked(client.batch('v-1', 's-1', 0, [[3, 0, 0, 2, 4, 'over the socket: matti.virtanen@example.com']]))
    await client.acked(
      client.batch('v-1', 's-1', 1, [[4, 0, 0, 'a-1', 'an answer: 131052-308T and 4111 1111 1111 1111']]),
    )
    const fields = { kind: 'feedback', scale: 'csat', score: 4, comment: 'over http: 044 987 6543' }
    const { status } = await post(server, event({ ...fields, touchpoint: 'cart' }))
    expect(status).toBe(200)
    await server.close()
    const found = everything(folder)
    for (const text of ['over the socket: [email]', 'an answer: [id] and [card]', 'over http: [phone]']) {
      expect(found).toContain(text)
    }
    for (const secret of ['virtanen', '131052', '4111 1111', '987 6543']) expect(found).not.toContain(secret)
  })

  test('holds no id of a visitor or a stream, no address, no key and no token', async () => {
    const folder = dataDir()
    const { server } = await logging(folder)
    const headers = { 'x-forwarded-for': ADDRESS, 'user-agent': 'planted-agent', origin: KEYS.origin }
    const page = await Client.open(server, { headers })
    page.send([Frame.hello, KEYS.page, 0, null, null, 'planted-stream', 'planted-sdk'])
    await page.hear(frame => frame[0] === Frame.welcome)
    await page.acked(page.batch(null, null, 0, [[0, 0, 0]]))
    await post(server, event({ stream: 'planted-stream', seq: 0, touchpoint: 'cart' }))
    await server.close()
    const found = everything(folder)
    expect(found).toContain('cart')
    for (const secret of [PLANTED, ADDRESS, KEYS.service, KEYS.page, KEYS.token]) expect(found).not.toContain(secret)
  })
})
