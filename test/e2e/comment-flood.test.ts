/** Ten thousand answers from one address: they count, and neither fill the list of comments nor make a crowd. */
import { Frame, Kind, type WireEvent } from '@pulssi/protocol/client'
import { expect, test } from 'vitest'
import { bearer, CLOSED, Client, http, KEYS, serve } from './harness.js'

const DEVICE = 2
const CSAT = 2
const VISITORS = 20
const BATCHES = 5
const BATCH = 100
const FLOOD = VISITORS * BATCHES * BATCH
/** Anything that is no browser's is taken for a bot's, and counts for nothing. */
const BROWSER = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0'
const FROM = '203.0.113.1'
const SETTINGS = {
  ...CLOSED,
  readTokens: [{ token: KEYS.token, scopes: ['pulse', 'voice', 'admin'] }],
  server: { trustProxy: ['127.0.0.1'], limits: { pageEventsPerAddressPerSecond: 100_000 } },
}

test('W76: a flood from one address counts, its comments are left out, and it is nobody’s crowd', async () => {
  const server = await serve(SETTINGS)
  const get = (path: string) => http(server, path, { headers: bearer(KEYS.token) })
  const page = async (visitor: string, address: string): Promise<Client> => {
    const client = await Client.open(server, {
      headers: { 'x-forwarded-for': address, 'user-agent': BROWSER },
      origin: KEYS.origin,
    })
    client.send([Frame.hello, KEYS.page, DEVICE, visitor, null, 's-1', 'test'])
    await client.hear(frame => frame[0] === Frame.welcome)
    return client
  }
  const flooders = await Promise.all(Array.from({ length: VISITORS }, (_, i) => page(`v.flood-${i}`, FROM)))
  const answers = (seq: number): WireEvent[] =>
    Array.from({ length: BATCH }, (_, i) => [Kind.feedback, 0, 0, CSAT, 1, `bad ${seq + i}`])
  const flood = async (client: Client): Promise<void> => {
    let last = 0
    for (let i = 0; i < BATCHES; i++) last = client.batch(null, null, i * BATCH, answers(i * BATCH))
    await client.acked(last)
  }
  await Promise.all(flooders.map(flood))
  const { pulses } = (await get('/v1/pulse?touchpoint=cart&window=total')).body
  expect(pulses[0].sentiment).toMatchObject({ score: -1, n: FLOOD, believed: false, concentration: 1 })
  expect((await get('/v1/voice')).body.voices).toEqual([])
  const { body } = await get('/metrics')
  const leftOut = [...body.matchAll(/^pulssi_comments_left_out_total\{of="\w+"\} (\d+)$/gm)]
  const kept = FLOOD - leftOut.reduce((sum: number, [, count]: string[]) => sum + Number(count), 0)
  expect(leftOut.length).toBe(2)
  expect(kept).toBeGreaterThan(0)
  // What is filled up again while the flood lasts comes on top, at two a second.
  expect(kept).toBeLessThan(240)
  const honest = await Promise.all([1, 2, 3, 4].map(i => page(`v.${i}`, `198.51.100.${i}`)))
  for (const client of honest) {
    await client.acked(client.batch(null, null, 0, [[Kind.feedback, 0, 0, CSAT, 5, 'fine']]))
  }
  const after = (await get('/v1/pulse?touchpoint=cart&window=total')).body.pulses[0].sentiment
  expect(after.score).toBeLessThan(-0.99)
  expect(after.corrected.estimator).toBe('voices')
  expect(after.corrected.score).toBeGreaterThan(0)
  expect((await get('/v1/voice')).body.voices.map(({ text }: { text: string }) => text).slice(0, 4)).toEqual(
    Array(4).fill('fine'),
  )
})
