/** What a screen shows beside the pulses: where visits came from and went, why they left, what was written. */
import type { RunningServer } from '@pulssi/aggregator'
import { expect, test } from 'vitest'
import { type Answer, bearer, CLOSED, dataDir, http, KEYS, post, serve } from './harness.js'

const MINUTE = 60_000
const SETTINGS = {
  ...CLOSED,
  readTokens: [
    { token: KEYS.token, scopes: ['pulse', 'voice'] },
    { token: KEYS.some, touchpoints: ['checkout.*'] },
  ],
  journey: { idle: '1m', grace: '1s', touchpoints: { 'checkout.*': { stage: 'close' } } },
}

type Told = Record<string, unknown> & { visitor: string; kind: string; touchpoint: string }

/** Sends events a second apart, the first of them `agoMs` ago. */
const tell = async (server: RunningServer, agoMs: number, events: readonly Told[]): Promise<void> => {
  const start = Date.now() - agoMs
  const lines = events.map((event, i) => JSON.stringify({ ...event, at: start + i * 1_000 }))
  expect((await post(server, lines.join('\n'))).body.accepted).toBe(events.length)
}
const get = (server: RunningServer, path: string, token: string = KEYS.token): Promise<Answer> =>
  http(server, path, { headers: bearer(token) })
const at = (visitor: string, touchpoint: string, kind = 'enter', more: object = {}): Told => ({
  visitor,
  touchpoint,
  kind,
  ...more,
})
const said = (visitor: string, comment: string): Told =>
  at(visitor, 'checkout.payment', 'feedback', { scale: 'emotion', score: 'angry', comment })

test('a touchpoint opened tells where visits came from and went, why they left and how they came back', async () => {
  const server = await serve(SETTINGS)
  await tell(server, 30 * MINUTE, [
    ...['a', 'b', 'c'].flatMap(who => [at(who, 'shop.cart'), at(who, 'checkout.payment')]),
    at('a', 'checkout.payment', 'signal', { name: 'error' }),
    at('a', 'checkout.payment', 'signal', { name: 'rage' }),
    at('b', 'checkout.thanks'),
  ])
  await tell(server, 20 * MINUTE, [at('c', 'phone.support', 'enter', { channel: 'phone' })])
  const { status, body } = await get(server, '/v1/touchpoint?touchpoint=checkout.payment&window=1h')
  expect(status).toBe(200)
  expect(Object.keys(body)).toEqual(['clock', 'touchpoint', 'window', 'from', 'to', 'left', 'recovered', 'reasons'])
  expect(body).toMatchObject({
    from: [{ touchpoint: 'shop.cart', n: 3 }],
    to: [{ touchpoint: 'checkout.thanks', n: 1 }],
    left: [
      { signal: null, n: 1 },
      { signal: 'rage', n: 1 },
    ],
    recovered: [{ channel: 'phone', n: 1 }],
  })
  const stage = await get(server, '/v1/touchpoint?touchpoint=~stage.close&window=1h')
  expect(stage.body).toMatchObject({ from: [], to: [], recovered: [{ channel: 'phone', n: 1 }] })
  expect(stage.body.left.reduce((sum: number, { n }: { n: number }) => sum + n, 0)).toBe(3)
  const narrow = await get(server, '/v1/touchpoint?touchpoint=checkout.payment&window=1h', KEYS.some)
  expect(narrow.body).toMatchObject({ from: [], to: [{ touchpoint: 'checkout.thanks', n: 1 }] })
  expect((await get(server, '/v1/touchpoint?touchpoint=shop.cart', KEYS.some)).status).toBe(403)
  expect((await get(server, '/v1/touchpoint?touchpoint=nowhere')).status).toBe(404)
  expect((await get(server, '/v1/touchpoint?touchpoint=shop.cart&window=7m')).status).toBe(400)
  expect((await http(server, '/v1/touchpoint?touchpoint=shop.cart')).status).toBe(401)
})

test('N23: comments show newest first once five stand behind them, survive a restart, and go with their visitor', async () => {
  const folder = dataDir()
  const first = await serve(SETTINGS, folder)
  const texts = async (server: RunningServer): Promise<string[]> =>
    (await get(server, '/v1/voice?touchpoint=checkout.*')).body.voices.map(({ text }: { text: string }) => text)
  await tell(first, 5 * MINUTE, [
    said('a', 'one'),
    said('b', '<b>two</b>\u202e'),
    said('c', 'three'),
    said('d', 'four'),
  ])
  expect(await texts(first)).toEqual([])
  await tell(first, 4 * MINUTE, [said('e', 'five')])
  expect(await texts(first)).toEqual(['five', 'four', 'three', '<b>two</b>', 'one'])
  const { body } = await get(first, '/v1/voice?touchpoint=~journey&limit=1')
  expect(body.voices).toMatchObject([
    { touchpoint: 'checkout.payment', scale: 'emotion', score: 'angry', text: 'five' },
  ])
  await first.operations.eraseSubject('e')
  expect(await texts(first)).toEqual(['four', 'three', '<b>two</b>', 'one'])
  await first.close()
  const second = await serve(SETTINGS, folder)
  expect(await texts(second)).toEqual(['four', 'three', '<b>two</b>', 'one'])
  await tell(
    second,
    MINUTE,
    Array.from({ length: 25 }, (_, i) => said('f', `more ${i}`)),
  )
  expect((await texts(second)).length).toBe(20)
  expect((await get(second, '/v1/voice', KEYS.some)).status).toBe(403)
  for (const limit of ['0', '201', 'x']) expect((await get(second, `/v1/voice?limit=${limit}`)).status).toBe(400)
})

test('a project tells its stages and what the token may read', async () => {
  const server = await serve({ ...SETTINGS, project: 'shop' })
  const { body } = await get(server, '/v1/project')
  expect(body).toMatchObject({ project: 'shop', stages: ['attract', 'convert', 'close', 'advocate'] })
  expect(body.scopes).toEqual(['pulse', 'voice'])
  expect((await get(server, '/v1/project', 'rt_wrong')).status).toBe(401)
})
