/** SPEC.md, part 6, over a real socket. */
import { Refusal } from '@pulssi/protocol/client'
import { expect, test } from 'vitest'
import { bearer, CLOSED, http, journey, KEYS, post, serve } from './harness.js'

const BROWSER = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0'

const event = (seq: number, more: object = {}): object => ({
  visitor: 'v-1',
  stream: 's-1',
  seq,
  at: Date.now(),
  kind: 'enter',
  touchpoint: 'checkout.payment',
  ...more,
})
const lines = (...events: unknown[]): string => events.map(one => JSON.stringify(one)).join('\n')

test('POST answers with what became of each event, once it is folded', async () => {
  const server = await serve(CLOSED)
  const bad = event(1, { kind: 'feedback', scale: 'csat', score: 9 })
  const body = `${lines(event(0), bad, event(2))}\n\n{"broken\n${lines({ kind: 'enter' }, event(0))}`
  const { status, body: answer } = await post(server, body)
  expect(status).toBe(200)
  expect(answer).toMatchObject({ accepted: 2, duplicates: 1, tooLate: 0 })
  expect(answer.rejected.map(({ index, code }: { index: number; code: number }) => [index, code])).toEqual([
    [1, Refusal.badScore],
    [3, Refusal.badEvent],
    [4, Refusal.badEvent],
  ])
  expect((await journey(server)).events).toMatchObject({ accepted: 2, duplicates: 1, rejected: 3, lost: 0 })
})

test('what the engine alone can refuse is named too: a stream that jumps by a million', async () => {
  const server = await serve(CLOSED)
  const { body } = await post(server, lines(event(0), event(1_000_000), event(1)))
  expect(body).toMatchObject({ accepted: 2, duplicates: 0, rejected: [{ index: 1, code: Refusal.seqTooFar }] })
  expect((await journey(server)).events).toMatchObject({ accepted: 2, rejected: 1, lost: 0 })
})

test('an event more than a day old is too late', async () => {
  const server = await serve(CLOSED)
  const { body } = await post(server, lines(event(0, { at: Date.now() - 25 * 3_600_000 })))
  expect(body).toEqual({ accepted: 0, duplicates: 0, tooLate: 1, rejected: [] })
})

test('an Idempotency-Key makes a repeated request harmless', async () => {
  const server = await serve({ ...CLOSED, server: { partitions: 4 } })
  const bare = (visitor: string): object => ({ visitor, at: Date.now(), kind: 'enter', touchpoint: 'cart' })
  const body = JSON.stringify({ events: [bare('a'), bare('b'), bare('a')] })
  const headers = { 'content-type': 'application/json', 'idempotency-key': 'order-7' }
  expect((await post(server, body, headers)).body).toMatchObject({ accepted: 3, duplicates: 0 })
  expect((await post(server, body, headers)).body).toMatchObject({ accepted: 0, duplicates: 3 })
  const without = { 'content-type': 'application/json' }
  expect((await post(server, body, without)).body).toMatchObject({ accepted: 3, duplicates: 0 })
  expect((await post(server, body, { ...without, 'idempotency-key': 'no spaces' })).status).toBe(400)
})

test('a beacon carries its key in the body, and speaks for one visitor', async () => {
  const server = await serve(CLOSED)
  const beacon = (key: string, events: object[], origin: string = KEYS.origin) =>
    http(server, '/v1/events', {
      method: 'POST',
      headers: { 'content-type': 'text/plain;charset=UTF-8', 'user-agent': BROWSER, origin },
      body: JSON.stringify({ key, sentAt: Date.now(), events }),
    })
  const own = { visitor: 'v.1' }
  const events = [event(0, own), event(1, { visitor: 'v.2' }), event(1, { ...own, channel: 'phone' })]
  const good = await beacon(KEYS.page, events)
  expect(good.headers.get('access-control-allow-origin')).toBe(KEYS.origin)
  expect(good.body).toMatchObject({
    accepted: 1,
    rejected: [
      { index: 1, code: Refusal.visitorDenied },
      { index: 2, code: Refusal.channelDenied },
    ],
  })
  const unnumbered = { visitor: 'v.1', at: Date.now(), kind: 'enter', touchpoint: 'cart' }
  expect((await beacon(KEYS.page, [unnumbered])).body).toMatchObject({ rejected: [{ code: Refusal.badEvent }] })
  expect((await beacon('pk_other', [event(0)])).status).toBe(401)
  expect((await beacon(KEYS.token, [event(0)])).status).toBe(403)
  expect((await beacon(KEYS.page, [event(0)], 'https://evil.example')).status).toBe(403)
})

test('each failure has its status and says why in JSON', async () => {
  const server = await serve({ ...CLOSED, server: { limits: { httpEvents: 3, httpBytes: 2_000 } } })
  const cases: [string, RequestInit, number, string][] = [
    [
      '/v1/events',
      { method: 'POST', body: lines(event(0)), headers: { 'content-type': 'application/json' } },
      401,
      'unauthorized',
    ],
    [
      '/v1/events',
      { method: 'POST', body: 'x', headers: { ...bearer('sk_no'), 'content-type': 'application/json' } },
      401,
      'unauthorized',
    ],
    [
      '/v1/events',
      { method: 'POST', body: 'x', headers: { ...bearer(KEYS.token), 'content-type': 'application/json' } },
      403,
      'forbidden',
    ],
    [
      '/v1/events',
      { method: 'POST', body: 'x', headers: { ...bearer(KEYS.page), 'content-type': 'application/json' } },
      403,
      'forbidden',
    ],
    [
      '/v1/events',
      { method: 'POST', body: 'x', headers: { ...bearer(KEYS.service), 'content-type': 'image/png' } },
      415,
      'unsupportedType',
    ],
    [
      '/v1/events',
      { method: 'POST', body: '{', headers: { ...bearer(KEYS.service), 'content-type': 'application/json' } },
      400,
      'badRequest',
    ],
    [
      '/v1/events',
      {
        method: 'POST',
        body: '{"events":1}',
        headers: { ...bearer(KEYS.service), 'content-type': 'application/json' },
      },
      400,
      'badRequest',
    ],
    [
      '/v1/events',
      {
        method: 'POST',
        body: '\n'.repeat(2_001),
        headers: { ...bearer(KEYS.service), 'content-type': 'application/x-ndjson' },
      },
      413,
      'tooLarge',
    ],
    [
      '/v1/events',
      {
        method: 'POST',
        body: '{}\n{}\n{}\n{}',
        headers: { ...bearer(KEYS.service), 'content-type': 'application/x-ndjson' },
      },
      413,
      'tooLarge',
    ],
    ['/v1/events', { method: 'GET' }, 405, 'methodNotAllowed'],
    ['/v1/pulse', {}, 401, 'unauthorized'],
    ['/v1/pulse', { headers: bearer(KEYS.service) }, 403, 'forbidden'],
    ['/v1/pulse', { headers: { authorization: 'Basic abc' } }, 400, 'badRequest'],
    ['/v1/pulse?window=2m', { headers: bearer(KEYS.token) }, 400, 'badRequest'],
    ['/v1/pulse?token=rt_screen', { headers: bearer(KEYS.token) }, 400, 'badRequest'],
    ['/v1/pulse?touchpoint=A', { headers: bearer(KEYS.token) }, 400, 'badRequest'],
    ['/v1/journey', { headers: bearer(KEYS.some) }, 403, 'forbidden'],
    ['/v1/journey', { method: 'DELETE' }, 405, 'methodNotAllowed'],
    ['/v1/nothing', {}, 404, 'notFound'],
    ['/../package.json', {}, 404, 'notFound'],
    ['/%2e%2e/package.json', {}, 404, 'notFound'],
  ]
  for (const [path, init, status, code] of cases) {
    const answer = await http(server, path, init)
    expect([path, answer.status, answer.body.error?.code]).toEqual([path, status, code])
    expect(answer.body.error.message).not.toBe('')
  }
  expect((await journey(server)).events).toMatchObject({ accepted: 0, rejected: 0 })
})

test('a token reads the touchpoints of its patterns, and no roll-up of others', async () => {
  const server = await serve(CLOSED)
  await post(server, lines(event(0), event(1, { touchpoint: 'cart' })))
  const names = async (token: string, query = ''): Promise<string[]> => {
    const { body } = await http(server, `/v1/pulse?window=1m${query}`, { headers: bearer(token) })
    return body.pulses.map((pulse: { touchpoint: string }) => pulse.touchpoint)
  }
  expect(await names(KEYS.token)).toEqual(['cart', 'checkout.payment'])
  expect(await names(KEYS.token, '&touchpoint=cart&touchpoint=~journey')).toEqual(['cart', '~journey'])
  expect(await names(KEYS.some)).toEqual(['checkout.payment'])
  expect(await names(KEYS.some, '&touchpoint=~*')).toEqual([])
})

test('bots are counted apart, services are never taken for one', async () => {
  const server = await serve(CLOSED)
  const bot = { 'user-agent': 'Googlebot/2.1 (+http://www.google.com/bot.html)' }
  const fromPage = { ...bearer(KEYS.page), ...bot, origin: KEYS.origin }
  const visitor = 'p.bot'
  expect((await post(server, lines(event(0, { visitor })), fromPage)).body).toMatchObject({ accepted: 0 })
  expect((await post(server, lines(event(1, { visitor: 'v-2' })), bot)).body).toMatchObject({ accepted: 1 })
  expect((await journey(server)).events).toMatchObject({ accepted: 1, bots: 1 })
})

test('preflights are answered for listed Origins alone', async () => {
  const server = await serve(CLOSED)
  const preflight = (origin: string) =>
    http(server, '/v1/events', { method: 'OPTIONS', headers: { origin, 'access-control-request-method': 'POST' } })
  const good = await preflight(KEYS.origin)
  expect(good.status).toBe(204)
  expect(good.headers.get('access-control-allow-headers')).toContain('authorization')
  expect((await preflight('https://evil.example')).status).toBe(403)
})

test('the screen is served with a strict policy, and health without a token', async () => {
  const server = await serve(CLOSED)
  const screen = await http(server, '/')
  expect(screen.status).toBe(200)
  expect(screen.headers.get('content-type')).toBe('text/html; charset=utf-8')
  expect(screen.headers.get('content-security-policy')).toContain("default-src 'none'")
  expect((await http(server, '/healthz')).body).toEqual({ alive: true })
  expect((await http(server, '/readyz')).body).toEqual({ ready: true })
})
