/** Each bad input has its documented code, the process lives, and what others sent stays as it was. */

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseConfig, type RunningServer } from '@pulssi/aggregator'
import { encode, Fault, Frame, Refusal } from '@pulssi/protocol/client'
import { pino } from 'pino'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { CLOSED, Client, type Closed, ENTER, journey, KEYS } from './harness.js'
import { startPlaced } from './placed.js'

const UNSUPPORTED = 1003
const TOO_BIG = 1009
const folder = mkdtempSync(join(tmpdir(), 'pulssi-bad-'))
let server: RunningServer

beforeAll(async () => {
  const config = parseConfig({ ...CLOSED, server: { port: 0, dataDir: folder } })
  server = await startPlaced({ config, logger: pino({ level: 'silent' }) })
})

afterAll(async () => {
  await server.close()
  rmSync(folder, { recursive: true, force: true })
})

const HELLO = [Frame.hello, KEYS.service, 0, null, null, null, 'test']
const bytes = (...parts: (number | Uint8Array | string)[]): Uint8Array =>
  Buffer.concat(parts.map(part => (typeof part === 'number' ? Buffer.from([part]) : Buffer.from(part))))

/** Bytes of a batch whose only event is `event`, with a valid frame around it. */
const batchOf = (event: unknown): Uint8Array => encode([2, 1, null, ['cart'], [['v', 's', 0, Date.now(), [event]]]])
const good = batchOf([0, 0, 0])
const F64 = 0xcb
const NAN = Buffer.from([F64, 0x7f, 0xf8, 0, 0, 0, 0, 0, 0])
const INFINITE = Buffer.from([F64, 0x7f, 0xf0, 0, 0, 0, 0, 0, 0])
const goal = (value: Buffer): Uint8Array => {
  const whole = batchOf([2, 0, 0, 1.5])
  return Buffer.concat([whole.subarray(0, whole.length - value.length), value])
}

const frames: [string, Uint8Array, number][] = [
  ['no MessagePack at all', bytes(0xc1), Fault.badFrame],
  ['an empty frame', bytes(), Fault.badFrame],
  ['a frame over 64 KiB', new Uint8Array(65_537), TOO_BIG],
  ['nested array headers', new Uint8Array(60_000).fill(0xdd), Fault.badFrame],
  ['an array of 2^32 − 1 items', bytes(0xdd, 0xff, 0xff, 0xff, 0xff), Fault.badFrame],
  ['a string of 2^32 − 1 bytes', bytes(0x92, 0x05, 0xdb, 0xff, 0xff, 0xff, 0xff, 'x'), Fault.badFrame],
  ['a map of 2^32 − 1 entries', bytes(0xdf, 0xff, 0xff, 0xff, 0xff), Fault.badFrame],
  ['a binary of 2^32 − 1 bytes', bytes(0xc6, 0xff, 0xff, 0xff, 0xff), Fault.badFrame],
  ['depth 60,000', bytes(Buffer.alloc(60_000, 0x91), 0xc0), Fault.badFrame],
  ['an extension type', bytes(0x92, 0x05, 0xd4, 0x72, 0x40), Fault.badFrame],
  ['a timestamp extension', bytes(0x92, 0x05, 0xd6, 0xff, 0, 0, 0, 0), Fault.badFrame],
  ['a map with a __proto__ key', bytes(0x92, 0x05, 0x81, 0xa9, '__proto__', 0xc3), Fault.badFrame],
  ['NaN', goal(NAN), Fault.badFrame],
  ['infinity', goal(INFINITE), Fault.badFrame],
  ['trailing bytes', bytes(good, 0xc0), Fault.badFrame],
  ['a frame cut short', good.subarray(0, good.length - 1), Fault.badFrame],
  ['a string that is not UTF-8', bytes(0x92, 0x05, 0xa2, 0xc3, 0x28), Fault.badFrame],
  ['an unknown type', encode([99]), Fault.badFrame],
  ['a server’s frame', encode([Frame.ack, 1, []]), Fault.badFrame],
  ['a field too many', encode([Frame.unsubscribe, 1, 2]), Fault.badFrame],
  ['a touchpoint that is none', encode([2, 1, null, ['__PROTO__'], [['v', 's', 0, 1, [[0, 0, 0]]]]]), Fault.badFrame],
  ['a place that is not there', batchOf([0, 0, 1]), Fault.badFrame],
  ['a batch out of turn', encode([2, 2, null, ['cart'], [['v', 's', 0, 1, [[0, 0, 0]]]]]), Fault.badFrame],
  ['a second hello', encode(HELLO), Fault.badFrame],
]

/** Runs what is bad between two good batches of another client, whose counts must be as if nothing had happened. */
const beside = async (bad: () => Promise<void>): Promise<void> => {
  const other = await Client.service(server)
  const before = (await journey(server)).events
  const visitor = `other-${other.socket.protocol}-${before.accepted}`
  await other.acked(other.batch(visitor, 's', 0, [ENTER]))
  await bad()
  await other.acked(other.batch(visitor, 's', 1, [ENTER]))
  const after = (await journey(server)).events
  expect(after).toEqual({ ...before, accepted: before.accepted + 2, rejected: after.rejected })
}

const closes = async (frame: Uint8Array): Promise<Closed> => {
  const client = await Client.service(server)
  client.socket.send(frame)
  return client.closed
}

test.each(frames)('%s', async (_, frame, code) => {
  await beside(async () => {
    const closed = await closes(frame)
    expect(closed.code).toBe(code)
    if (code === Fault.badFrame) expect(closed.reason).not.toBe('')
  })
})

test('the good frame that the bad ones are made from is taken', async () => {
  const client = await Client.service(server)
  client.socket.send(good)
  await client.acked(1)
})

test('a text frame', async () => {
  await beside(async () => {
    const client = await Client.service(server)
    client.socket.send('[1]')
    expect((await client.closed).code).toBe(UNSUPPORTED)
  })
})

test('anything before hello', async () => {
  const client = await Client.open(server)
  client.send([Frame.unsubscribe, 1])
  expect((await client.closed).code).toBe(Fault.badFrame)
})

const hello = async (key: string | null, origin?: string): Promise<Client> => {
  const client = await Client.open(server, origin === undefined ? {} : { origin })
  client.send([Frame.hello, key, 0, null, null, 's', 'test'])
  return client
}

test('a wrong key', async () => {
  await beside(async () => {
    expect((await (await hello('pk_wrong')).closed).code).toBe(Fault.unauthorized)
  })
})

test('a page’s key without its Origin', async () => {
  expect((await (await hello(KEYS.page)).closed).code).toBe(Fault.forbidden)
})

test('a read token that writes, as a key and as a batch', async () => {
  await beside(async () => {
    expect((await (await hello(KEYS.token)).closed).code).toBe(Fault.forbidden)
    const reader = await Client.reader(server)
    reader.batch('v', 's', 0, [ENTER])
    expect((await reader.closed).code).toBe(Fault.forbidden)
  })
})

test('a write key that reads, as a token and by subscribing', async () => {
  const asToken = await hello(null)
  asToken.send([Frame.auth, KEYS.service])
  expect((await asToken.closed).code).toBe(Fault.forbidden)
  const writer = await Client.service(server)
  writer.send([Frame.subscribe, 1, ['*'], [0]])
  expect((await writer.closed).code).toBe(Fault.forbidden)
})

test('a wrong token, and none', async () => {
  for (const frame of [
    [Frame.auth, 'rt_wrong'],
    [Frame.subscribe, 1, ['*'], [0]],
  ]) {
    const client = await hello(null)
    client.send(frame)
    expect((await client.closed).code).toBe(Fault.unauthorized)
  }
})

const upgrade = async (
  path: string,
  protocols: string[],
  headers: Record<string, string>,
): Promise<[number, string]> => {
  const socket = new WebSocket(server.socketUrl.replace('/v1/ws', path), protocols, { headers })
  return new Promise(resolve => {
    socket.on('error', () => {})
    socket.on('unexpected-response', (_, response) => {
      let text = ''
      response.on('data', chunk => {
        text += chunk
      })
      response.on('end', () => resolve([response.statusCode ?? 0, text]))
    })
  })
}

test('a foreign Origin, a foreign Host, an unknown subprotocol and a wrong path are refused at the upgrade', async () => {
  const known = ['pulssi.v1']
  await beside(async () => {
    const cases: [string, string[], Record<string, string>, number, string][] = [
      ['/v1/ws', known, { origin: 'https://evil.example' }, 403, 'Origin'],
      ['/v1/ws', known, { host: 'evil.example' }, 403, 'Host'],
      ['/v1/ws', ['pulssi.v9'], {}, 400, 'pulssi.v1'],
      ['/v1/ws', [], {}, 400, 'pulssi.v1'],
      ['/v2/ws', known, {}, 404, '/v1/ws'],
    ]
    for (const [path, protocols, headers, status, said] of cases) {
      const [got, text] = await upgrade(path, protocols, headers)
      expect(got).toBe(status)
      expect(text).toContain(said)
    }
  })
})

test('bad values close nothing: each comes back with its code, and its number counts as seen', async () => {
  const client = await Client.service(server)
  const before = (await journey(server)).events
  const now = Date.now()
  const cases: [unknown[], number, number][] = [
    [[0, new Date('0001-01-01').getTime() - now, 0], 0, Refusal.badTime],
    [[0, Date.UTC(9999) - now, 0], 1, Refusal.badTime],
    [[3, 0, 0, 2, 9], 2, Refusal.badScore],
    [[3, 0, 0, 2, 5, 'é'.repeat(501)], 3, Refusal.textTooLong],
    [[2, 0, 0, 1e13], 4, Refusal.badValue],
    [[0, 0.5, 0], 5, Refusal.badTime],
  ]
  const events = [...cases.map(([event]) => event), ENTER]
  client.send([Frame.batch, 1, now, ['cart'], [['v-values', 's', 0, now, events]]])
  expect(await client.acked(1)).toEqual([Frame.ack, 1, cases.map(([, position, code]) => [1, position, code])])
  const after = (await journey(server)).events
  expect(after).toEqual({ ...before, accepted: before.accepted + 1, rejected: before.rejected + cases.length })
})

test('a page that speaks for others, or for a channel that its key lacks, is refused event by event', async () => {
  const [page] = await Client.page(server)
  const now = Date.now()
  const groups = [
    ['somebody', null, 0, now, [ENTER]],
    [null, null, 0, now, [[0, 0, 1], ENTER]],
  ]
  page.send([Frame.batch, 1, now, ['cart', ['desk', 'phone', []]], groups])
  const refused = [
    [1, 0, Refusal.visitorDenied],
    [1, 1, Refusal.channelDenied],
  ]
  expect(await page.acked(1)).toEqual([Frame.ack, 1, refused])
})

test('a stream that jumps by a million: refused by the engine, told after the ack, not seen', async () => {
  const client = await Client.service(server)
  const before = (await journey(server)).events
  client.batch('v-jump', 's', 0, [ENTER])
  client.batch('v-jump', 's', 1_000_000, [ENTER, ENTER])
  await client.hear(frame => frame[0] === Frame.error && frame[5] === 1)
  const ack = client.heard.findIndex(frame => frame[0] === Frame.ack && frame[1] === 2)
  const told = client.heard.slice(ack).filter(frame => frame[0] === Frame.error)
  expect(ack).toBeGreaterThan(-1)
  expect(told.map(error => [error[1], error[4], error[5]])).toEqual([
    [Refusal.seqTooFar, 2, 0],
    [Refusal.seqTooFar, 2, 1],
  ])
  const after = (await journey(server)).events
  expect(after).toEqual({ ...before, accepted: before.accepted + 1, rejected: before.rejected + 2 })
})
