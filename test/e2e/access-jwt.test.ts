/** Signed read tokens on a real server: what is taken, renewal on the open socket, expiry, and sockets that go away. */
import { createHmac } from 'node:crypto'
import { Fault, Frame } from '@pulssi/protocol/client'
import { createLive } from '@pulssi/sdk/live'
import { expect, onTestFinished, test } from 'vitest'
import { WebSocket } from 'ws'
import { bearer, CLOSED, Client, ENTER, http, KEYS, post, serve } from './harness.js'

const SECRET = 'a secret of at least thirty-two bytes'
const SIGNED = { ...CLOSED, project: 'shop', jwt: [{ algorithm: 'HS256', secret: SECRET }] }
/** How far the clocks may be apart: a token holds so much longer. */
const TOLERANCE_S = 30

const nowS = (): number => Date.now() / 1_000
const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url')
/** By hand, so that what no library would sign can be had too. */
const token = (more: object = {}, { alg = 'HS256', secret = SECRET } = {}): string => {
  const claims = {
    project: 'shop',
    touchpoints: ['*'],
    scopes: ['pulse'],
    iat: nowS() - 60,
    exp: nowS() + 600,
    ...more,
  }
  const head = `${part({ alg })}.${part(claims)}`
  return `${head}.${alg === 'none' ? '' : createHmac('sha256', secret).update(head).digest('base64url')}`
}
const expiringIn = (ms: number): string => token({ exp: nowS() - TOLERANCE_S + ms / 1_000 })
const subscribe = (id: number) => [Frame.subscribe, id, ['*'], [0]] as const

const BAD: readonly (readonly [string, () => string, RegExp])[] = [
  ['alg none', () => token({}, { alg: 'none' }), /algorithm/],
  ['another algorithm', () => token({}, { alg: 'HS512' }), /algorithm/],
  ['another secret', () => token({}, { secret: `${SECRET}.` }), /signature/],
  ['expired', () => token({ exp: nowS() - 31 }), /expired/],
  ['another project', () => token({ project: 'shop2' }), /another project/],
  ['no expiry', () => token({ exp: undefined }), /exp/],
  ['too long a life', () => token({ exp: nowS() + 86_400 }), /24 hours/],
  ['malformed', () => 'eyJhbGciOiJIUzI1NiJ9.e30.', /signature|malformed/],
]

test('a token that isn’t right is refused with a sentence, over both ways in', async () => {
  const server = await serve({ ...SIGNED, server: { limits: { secretsPerAddressPerSecond: 100 } } })
  for (const [what, make, sentence] of BAD) {
    const answer = await http(server, '/v1/pulse', { headers: bearer(make()) })
    expect([what, answer.status, answer.body.error.message]).toEqual([what, 401, expect.stringMatching(sentence)])
    const client = await Client.reader(server, make())
    client.send(subscribe(1))
    expect([what, await client.closed]).toEqual([
      what,
      { code: Fault.unauthorized, reason: expect.stringMatching(sentence) },
    ])
    expect(client.pulses(1)).toEqual([])
  }
  expect((await http(server, '/v1/pulse', { headers: bearer(token()) })).status).toBe(200)
  expect((await http(server, '/v1/journey', { headers: bearer(token({ touchpoints: ['cart'] })) })).status).toBe(403)
  expect((await http(server, '/v1/pulse', { headers: bearer(token({ scopes: ['voice'] })) })).status).toBe(403)
})

test('W9: what comes while a token is verified waits for it, and batches pass by', async () => {
  const server = await serve(SIGNED)
  const client = await Client.service(server, 's-1')
  client.send([Frame.auth, token({ touchpoints: ['cart'] })])
  client.send(subscribe(1))
  const frame = client.batch('v-1', 's-1', 0, [ENTER])
  client.send([Frame.unsubscribe, 1])
  client.send(subscribe(2))
  await client.acked(frame)
  await client.hear(heard => heard[0] === Frame.pulse && heard[1] === 2)
})

test('W5: a fresh token on the open socket takes the old one’s place: other sights, a later end', async () => {
  const server = await serve(SIGNED)
  const client = await Client.reader(server, token({ touchpoints: ['cart'] }))
  client.send(subscribe(1))
  await client.hear(frame => frame[0] === Frame.pulse)
  await post(server, JSON.stringify({ visitor: 'v-1', at: Date.now(), kind: 'enter', touchpoint: 'desk' }))
  const from = client.heard.length
  client.send([Frame.auth, token({ touchpoints: ['desk'] })])
  const fresh = await client.hear(frame => frame[0] === Frame.pulse && frame[7].length > 0, from)
  expect(JSON.stringify(fresh)).toContain('desk')
  // What the next one may not show must not stand still as if nothing happened.
  client.send([Frame.auth, token({ scopes: ['voice'] })])
  expect((await client.closed).code).toBe(Fault.forbidden)
})

test('W5: at its expiry the socket closes with 4440, renewed or not; a write key alone doesn’t expire', async () => {
  const server = await serve(SIGNED)
  const writer = await Client.service(server, 's-1')
  const renewed = await Client.reader(server, expiringIn(3_000))
  const short = await Client.reader(server, expiringIn(1_500))
  short.send(subscribe(1))
  renewed.send([Frame.auth, expiringIn(2_900)])
  renewed.send([Frame.auth, token()])
  expect(await short.closed).toMatchObject({ code: Fault.tokenExpired })
  const late = await Client.reader(server, expiringIn(3_000))
  expect(await late.closed).toMatchObject({ code: Fault.tokenExpired })
  const from = renewed.heard.length
  renewed.send(subscribe(2))
  await renewed.hear(frame => frame[0] === Frame.pulse && frame[1] === 2, from)
  await writer.acked(writer.batch('v-1', 's-1', 0, [ENTER]))
})

test('the live client asks for a fresh token when its own has expired, and goes on', async () => {
  const server = await serve(SIGNED)
  let asked = 0
  const live = createLive({
    url: server.url.replace('http', 'ws'),
    token: () => (++asked === 1 ? expiringIn(2_000) : token()),
    WebSocket: WebSocket as never,
  })
  onTestFinished(() => live.close())
  const states: string[] = []
  const again = new Promise<void>(resolve => {
    live.on('state', state => {
      states.push(state)
      if (state === 'live' && asked === 2) resolve()
    })
  })
  live.subscribe({ touchpoints: ['*'], windows: ['1m'] }, () => {})
  await again
  expect(states).toEqual(['live', 'connecting', 'live'])
})

test('sockets that are reset while their token is verified leave nothing behind, and others are served', async () => {
  const perAddress = { attemptsPerAddressPerSecond: 10_000, faultsPerAddressPerMinute: 10_000 }
  const limits = { connectionsPerAddress: 40, secretsPerAddressPerSecond: 100, ...perAddress }
  const server = await serve({ ...SIGNED, server: { limits } })
  const failures: unknown[] = []
  const listen = (error: unknown): void => {
    failures.push(error)
  }
  process.on('unhandledRejection', listen)
  process.on('uncaughtException', listen)
  onTestFinished(() => {
    process.off('unhandledRejection', listen)
    process.off('uncaughtException', listen)
  })
  for (let round = 0; round < 10; round++) {
    const clients = await Promise.all(Array.from({ length: 20 }, () => Client.open(server)))
    for (const [n, client] of clients.entries()) {
      client.send([Frame.hello, null, 0, null, null, null, 'test'])
      client.send([Frame.auth, n % 2 === 0 ? token() : token({}, { secret: 'wrong' })])
      client.send(subscribe(1))
      if (n % 3 === 0) client.socket.terminate()
      else
        setImmediate(() =>
          (client.socket as unknown as { _socket: { resetAndDestroy(): void } })._socket.resetAndDestroy(),
        )
    }
    await Promise.all(clients.map(client => client.closed))
  }
  // As many as may stand at once: nothing counts that is gone.
  const reader = await Client.reader(server, token())
  reader.send(subscribe(1))
  await reader.hear(frame => frame[0] === Frame.pulse)
  expect((await http(server, '/v1/pulse', { headers: bearer(KEYS.token) })).status).toBe(200)
  expect(failures).toEqual([])
})
