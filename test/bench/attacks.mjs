// What an attacker writes, made once so that writing it costs him next to nothing.
import { encode, Frame, SUBPROTOCOL } from '@pulssi/protocol/client'

export const ORIGIN = 'https://shop.example'
export const KEYS = { page: 'pk_bench', service: 'sk_bench', token: 'rt_bench' }

const CHUNK_BYTES = 64 * 1024
const Opcode = { continuation: 0, binary: 2, ping: 9 }
const FINAL = 0x80
const MASKED = 0x80
const NO_MASK = [0, 0, 0, 0]

const header = (first, length) => {
  if (length < 126) return [first, MASKED | length, ...NO_MASK]
  if (length < 65_536) return [first, MASKED | 126, length >> 8, length & 255, ...NO_MASK]
  const size = Buffer.alloc(8)
  size.writeBigUInt64BE(BigInt(length))
  return [first, MASKED | 127, ...size, ...NO_MASK]
}

const framed = (payload, opcode = Opcode.binary, final = FINAL) =>
  Buffer.concat([Buffer.from(header(final | opcode, payload.length)), payload])

/** As many of them as a chunk holds. */
const many = frame => Buffer.concat(Array.from({ length: Math.floor(CHUNK_BYTES / frame.length) }, () => frame))

const upgrade = (origin = '') =>
  Buffer.from(
    `GET /v1/ws HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n${origin}` +
      `Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: cHVsc3NpIGJlbmNobWFyaw==\r\n` +
      `Sec-WebSocket-Protocol: ${SUBPROTOCOL}\r\n\r\n`,
  )

const hello = (key, identity = 0, visitor = null) =>
  framed(Buffer.from(encode([Frame.hello, key, identity, visitor, null, null, 'attack'])))

const events = Array.from({ length: 100 }, (_, index) => [0, index, index])
const names = (prefix, count) => Array.from({ length: count }, (_, index) => `${prefix}-${index}`)

/** A batch of 100 events at 100 touchpoints, in as many streams, none of which was there before. */
const strangers = number => {
  const now = Date.now()
  const groups = events.map((event, index) => [null, `s-${number}-${index}`, 0, now, [event]])
  return framed(Buffer.from(encode([Frame.batch, number, now, names(`t${number}`, 100), groups])))
}

const flood = Array.from({ length: 64 }, (_, index) => strangers(index + 1))
const page = visitor => Buffer.concat([upgrade(`Origin: ${ORIGIN}\r\n`), hello(KEYS.page, 1, `p.${visitor}`)])
const subscribes = Array.from({ length: 32 }, (_, id) =>
  framed(Buffer.from(encode([Frame.subscribe, id, ['*'], [0, 1, 2, 3, 4, 5]]))),
)

/**
 * `opening`: what is written first, by number of the connection. `chunk`: what is written again and again, as fast as
 * it goes; null: nothing more. `reads`: whether the attacker reads. `keeps`: connections that he holds before he gives
 * up the oldest. `answered`: he connects anew once he was answered. `paced`: he waits for acks, to be taken at all.
 */
const attack = (name, options) => ({
  name,
  opening: () => upgrade(),
  chunk: null,
  reads: true,
  keeps: 16,
  answered: false,
  paced: null,
  ...options,
})

export const ATTACKS = [
  attack('connections', { keeps: 5_000 }),
  attack('garbage frames', { chunk: many(framed(Buffer.from([0xc1, 0xff, 0x00, 0x80]))) }),
  attack('oversized frames', { chunk: framed(Buffer.alloc(1024 * 1024, 0xc0)) }),
  attack('fragments', {
    opening: () => Buffer.concat([upgrade(), framed(Buffer.from([0x95]), Opcode.binary, 0)]),
    chunk: many(framed(Buffer.alloc(0), Opcode.continuation, 0)),
  }),
  attack('pings, unread', { chunk: many(framed(Buffer.alloc(100), Opcode.ping)), reads: false }),
  attack('subscribers, unread', {
    opening: () =>
      Buffer.concat([upgrade(), hello(null), framed(Buffer.from(encode([Frame.auth, KEYS.token]))), ...subscribes]),
    reads: false,
    keeps: 1_000,
  }),
  attack('half-open upgrades', { opening: () => upgrade().subarray(0, 60), keeps: 5_000 }),
  attack('key guessing', {
    opening: index => Buffer.concat([upgrade(), hello(`sk_${index}`)]),
    answered: true,
    keeps: 64,
  }),
  attack('page flood', { opening: page, chunk: Buffer.concat(flood) }),
  attack('http', {
    opening: () => Buffer.alloc(0),
    chunk: Buffer.concat(
      Array.from({ length: 100 }, () => Buffer.from('GET /v1/journey HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n')),
    ),
    keeps: 64,
  }),
  attack('strangers', { opening: page, paced: strangers, keeps: 50 }),
]
