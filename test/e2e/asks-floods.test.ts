/** Ten thousand answers by one, and words that mean harm: all is taken that may be, and none of it misleads. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { RunningServer } from '@pulssi/aggregator'
import { Fault, Frame, Kind, Refusal, type WireEvent } from '@pulssi/protocol/client'
import { expect, test } from 'vitest'
import { bearer, CLOSED, Client, dataDir, ENTER, http, journey, KEYS, post, serve } from './harness.js'

const ANSWERS = 10_000
const BATCH = 100
const OTHERS = 20
const CSAT = 2
const TOO_BIG = 1009
const WAVING = Number.MAX_SAFE_INTEGER
/** Rates and caps by address are another test's: here all is taken, so that its weight is seen. */
const WIDE = {
  serviceMessagesPerSecond: 100_000,
  pageRequestsPerSecond: 100_000,
  pageEventsPerAddressPerSecond: WAVING,
}
const BROWSER = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0'

const worst: WireEvent = [Kind.feedback, 0, 0, CSAT, 1]
const best: WireEvent = [Kind.feedback, 0, 0, CSAT, 5]

const sentimentOf = async (server: RunningServer) =>
  (await http(server, '/v1/pulse?window=5m&touchpoint=cart', { headers: bearer(KEYS.token) })).body.pulses[0].sentiment

/** What holds of a figure that one alone has drowned: it says so, and nobody is told that many are angry. */
const expectDrowned = async (server: RunningServer): Promise<void> => {
  const { n, score, concentration, corrected } = await sentimentOf(server)
  expect(n).toBe(ANSWERS + OTHERS)
  expect(score).toBeLessThan(-0.9)
  expect(corrected).toMatchObject({ estimator: 'voices', score: expect.closeTo((OTHERS - 1) / (OTHERS + 1), 5) })
  expect(concentration).toBeGreaterThanOrEqual(0.047619)
  expect(concentration).toBeLessThan(1)
}

const others = async (server: RunningServer): Promise<void> => {
  const client = await Client.service(server)
  let last = 0
  for (let nth = 0; nth < OTHERS; nth++) last = client.batch(`other-${nth}`, 's', 0, [best])
  await client.acked(last)
}

test('10,000 answers of one visitor are one voice among the others', async () => {
  const server = await serve({ ...CLOSED, server: { limits: WIDE } })
  await others(server)
  const client = await Client.service(server)
  const batch = Array.from({ length: BATCH }, () => worst)
  let last = 0
  for (let seq = 0; seq < ANSWERS; seq += BATCH) last = client.batch('one', 's', seq, batch)
  await client.acked(last)
  expect((await journey(server)).events).toMatchObject({ accepted: ANSWERS + OTHERS, rejected: 0, lost: 0 })
  await expectDrowned(server)
})

test('10,000 answers of a hundred visitors at one address are one voice too', async () => {
  const server = await serve({ ...CLOSED, server: { trustProxy: ['127.0.0.1'], limits: WIDE } })
  await others(server)
  const headers = { origin: KEYS.origin, 'content-type': 'application/json', 'user-agent': BROWSER }
  const answer = { stream: 's', at: Date.now(), kind: 'feedback', touchpoint: 'cart', scale: 'csat', score: 1 }
  for (let nth = 0; nth < ANSWERS; nth += BATCH) {
    const events = Array.from({ length: BATCH }, (_, seq) => ({ ...answer, visitor: `p.${nth}`, seq }))
    const sent = await http(server, '/v1/events', {
      method: 'POST',
      headers: { ...headers, ...bearer(KEYS.page), 'x-forwarded-for': '203.0.113.9' },
      body: JSON.stringify({ visitor: `p.${nth}`, events }),
    })
    expect(sent.body).toMatchObject({ accepted: BATCH })
  }
  await expectDrowned(server)
})

const MEANT: readonly [what: string, comment: string, kept: string][] = [
  ['markup', '<img src=x onerror=alert(1)> & </script>', '<img src=x onerror=alert(1)> & </script>'],
  ['orders to a terminal', 'red \u001b[31m\u001b]0;title\u0007alert\u009b2J', 'red alert'],
  ['overrides of direction', 'exe\u202egpj.txt\u202c', 'exegpj.txt'],
  ['an isolate that never ends', 'so \u2067far', 'so far'],
  ['lines and nothing', 'one\r\ntwo\u0000\u0008', 'one two'],
]

const bytesIn = (folder: string): Buffer[] =>
  readdirSync(folder, { withFileTypes: true }).flatMap(entry => {
    const path = join(folder, entry.name)
    return entry.isDirectory() ? bytesIn(path) : [readFileSync(path)]
  })

test('a comment is stored and told as one line that does nothing, whatever is in it', async () => {
  const folder = dataDir()
  const tokens = [{ token: KEYS.token, scopes: ['pulse', 'voice'] }]
  const server = await serve({ ...CLOSED, readTokens: tokens }, folder)
  const client = await Client.service(server)
  let last = 0
  for (const [what, comment] of MEANT) {
    last = client.batch(`w-${what.length}`, 's', 0, [[Kind.feedback, 0, 0, CSAT, 1, comment]])
    const over = { touchpoint: 'cart', at: Date.now(), kind: 'feedback', scale: 'csat', score: 1, comment }
    await post(server, JSON.stringify({ visitor: `h-${what.length}`, ...over }))
  }
  await client.acked(last)
  const { voices } = (await http(server, '/v1/voice', { headers: bearer(KEYS.token) })).body
  const told = voices.map(({ text }: { text: string }) => text).sort()
  expect(told).toEqual(MEANT.flatMap(([, , kept]) => [kept, kept]).sort())
  const files = bytesIn(folder)
  for (const unfit of ['\u001b[31m', '\u202e', '\u2067', '\u009b']) {
    expect(files.some(bytes => bytes.includes(unfit))).toBe(false)
  }
})

test('a comment of 100 KB costs its sender the connection, or the event, and nobody else anything', async () => {
  const server = await serve(CLOSED)
  const other = await Client.service(server)
  const comments: readonly [number, number][] = [
    [100_000, TOO_BIG],
    [60_000, Fault.badFrame],
  ]
  for (const [length, code] of comments) {
    const client = await Client.service(server)
    client.batch('v', 's', 0, [[Kind.feedback, 0, 0, CSAT, 1, 'x'.repeat(length)]])
    expect((await client.closed).code).toBe(code)
  }
  const { badEvent, textTooLong } = Refusal
  const client = await Client.service(server)
  client.batch('v', 's', 0, [ENTER, [Kind.feedback, 0, 0, CSAT, 1, 'x'.repeat(501)]])
  expect(await client.acked(1)).toEqual([Frame.ack, 1, [[1, 1, textTooLong]]])
  const at = { visitor: 'h', at: Date.now(), kind: 'feedback', touchpoint: 'cart', scale: 'csat', score: 1 }
  const lines = [100_000, 501, 500].map(length => JSON.stringify({ ...at, comment: 'x'.repeat(length) }))
  expect((await post(server, lines.join('\n'))).body).toMatchObject({
    ...{ accepted: 1, rejected: [{ code: badEvent }, { code: textTooLong }] },
  })
  await other.acked(other.batch('o', 's', 0, [best]))
  expect((await journey(server)).events).toMatchObject({ accepted: 3 })
})
