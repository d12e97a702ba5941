/** Keys, proofs and links, guessing, Origins: who may say what, and from where. */
import { execFile } from 'node:child_process'
import { createHmac } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { promisify } from 'node:util'
import { Fault, Frame, Refusal } from '@pulssi/protocol/client'
import { expect, test } from 'vitest'
import { bearer, CLOSED, Client, ENTER, http, journey, KEYS, post, serve } from './harness.js'

const run = promisify(execFile)
const BROWSER = 'Mozilla/5.0 (X11; Linux x86_64; rv:130.0) Gecko/20100101 Firefox/130.0'
const SECRET = 'ps_secret'
const PROVEN = {
  ...CLOSED,
  project: 'shop',
  keys: [{ key: KEYS.page, origins: [KEYS.origin], proofSecret: SECRET }, { key: KEYS.service }],
}
/** As a host's server makes it, in its own words. */
const proofOf = (what: 'visitor' | 'customer', id: string, secret = SECRET): string =>
  createHmac('sha256', secret).update(['pulssi', 'shop', what, id].join('\n')).digest('hex')

const hello = async (
  server: Parameters<typeof Client.open>[0],
  frame: readonly unknown[],
  origin: string | undefined = KEYS.origin,
): Promise<Client> => {
  const client = await Client.open(server, origin === undefined ? {} : { origin })
  client.send([Frame.hello, ...frame, 's-1', 'test'])
  return client
}
const code = async (client: Client): Promise<number> => (await client.closed).code

test('W8: a page speaks for a customer of the host with the host’s proof alone, whatever it calls the identity', async () => {
  const server = await serve(PROVEN)
  const good = await hello(server, [KEYS.page, 3, 'c-1', proofOf('visitor', 'c-1')])
  await good.acked(good.batch(null, null, 0, [ENTER]))
  for (const [identity, visitor, proof] of [
    [3, 'c-1', null],
    [3, 'c-1', 'ff'.repeat(32)],
    [3, 'c-2', proofOf('visitor', 'c-1')],
    [3, 'c-1', proofOf('customer', 'c-1')],
    [3, 'c-1', proofOf('visitor', 'c-1', 'another')],
    [2, 'c-1', null],
    [1, 'c-1', null],
  ] as const) {
    expect(await code(await hello(server, [KEYS.page, identity, visitor, proof]))).toBe(Fault.forbidden)
  }
  const service = await hello(server, [KEYS.service, 3, 'c-1', null], undefined)
  await service.hear(frame => frame[0] === Frame.welcome)
  expect((await journey(server)).events).toMatchObject({ accepted: 1 })
})

test('W8: over HTTP too, and there visitor and proof stand in the body', async () => {
  const server = await serve(PROVEN)
  const send = async (body: object, visitor: string): Promise<unknown[]> => {
    const event = { visitor, stream: `s-${visitor}`, seq: 0, at: Date.now(), kind: 'enter', touchpoint: 'cart' }
    const answer = await http(server, '/v1/events', {
      method: 'POST',
      headers: { 'content-type': 'text/plain', origin: KEYS.origin, 'user-agent': BROWSER },
      body: JSON.stringify({ key: KEYS.page, events: [event], ...body }),
    })
    return [answer.status, answer.body.accepted, answer.body.rejected?.[0]?.code]
  }
  const host = { identity: 'host', visitor: 'c-1' }
  expect(await send({ ...host, proof: proofOf('visitor', 'c-1') }, 'c-1')).toEqual([200, 1, undefined])
  for (const [body, visitor] of [
    [{}, 'c-2'],
    [{ ...host, proof: 'no' }, 'c-1'],
    [{ ...host, proof: proofOf('visitor', 'c-1') }, 'c-2'],
    [{ ...host, visitor: 'c-2', proof: proofOf('visitor', 'c-1') }, 'c-2'],
  ] as const) {
    expect(await send(body, visitor)).toEqual([200, 0, Refusal.visitorDenied])
  }
  expect(await send({}, 'v.1')).toEqual([200, 1, undefined])
  expect((await send({ ...host, proof: '' }, 'c-1'))[0]).toBe(400)
})

test('W8: a page’s link needs the host’s proof of the customer; a service’s doesn’t', async () => {
  const server = await serve(PROVEN)
  const link = (customer: string | null, journeyCode: string | null, proof: string | null) =>
    [6, 0, null, customer, journeyCode, proof] as const
  const page = await hello(server, [KEYS.page, 2, 'v.1', null])
  const frame = page.batch(null, null, 0, [
    ENTER,
    link('c-1', null, proofOf('customer', 'c-1')),
    link('c-1', null, null),
    link('c-1', null, proofOf('visitor', 'c-1')),
    link('c-2', null, proofOf('customer', 'c-1')),
    link(null, 'code', proofOf('customer', 'code')),
    link('c-1', 'code', proofOf('customer', 'c-1')),
  ])
  const refused = [2, 3, 4, 5, 6].map(position => [frame, position, Refusal.linkDenied])
  expect(await page.acked(frame)).toEqual([Frame.ack, frame, refused])
  const service = await Client.service(server, 's')
  const linked = service.batch('v.1', 's-2', 0, [link('c-1', null, null), link(null, 'code', null)])
  expect(await service.acked(linked)).toEqual([Frame.ack, linked, []])
})

test('who guesses keys is slowed down, over both ways in; who got in before is not', async () => {
  const server = await serve({ ...PROVEN, server: { limits: { secretsPerAddressPerSecond: 5 } } })
  const known = await Client.service(server)
  const seen = new Set<number>()
  for (let n = 0; n < 20; n++) {
    const { status, headers } = await http(server, '/v1/pulse', { headers: bearer(`rt_${n}`) })
    if (status === 429) expect(headers.get('retry-after')).toBe('1')
    seen.add(status)
  }
  expect(seen).toEqual(new Set([401, 429]))
  const codes = new Set<number>()
  for (let n = 0; n < 10; n++) codes.add(await code(await hello(server, [`sk_${n}`, 0, null, null], undefined)))
  expect(codes).toContain(Fault.tooManyConnections)
  await known.acked(known.batch('v-1', 's-1', 0, [ENTER]))
  expect((await post(server, '')).status).toBe(200)
  const [page] = await Client.page(server)
  await page.acked(page.batch(null, null, 0, [ENTER]))
})

test('an Origin that looks like a listed one is none, to read and to write, over both ways in', async () => {
  const server = await serve(PROVEN)
  const own = server.url
  for (const origin of [
    `${KEYS.origin}.evil.example`,
    'http://shop.example',
    `${KEYS.origin}:8443`,
    `${KEYS.origin}.`,
    'https://SHOP.example',
    'https://xn--shp-0na.example',
    'http://localhost:3000',
    own.replace('http:', 'https:').replace(/\d+$/, '1'),
    'null',
  ]) {
    const headers = { ...bearer(KEYS.token), origin }
    expect((await http(server, '/v1/pulse', { headers })).status, origin).toBe(403)
    expect((await post(server, '', { origin })).status, origin).toBe(403)
    await expect(Client.open(server, { origin }), origin).rejects.toThrow('403')
  }
  expect((await http(server, '/v1/pulse', { headers: { ...bearer(KEYS.token), origin: own } })).status).toBe(200)
  const fromOwn = await hello(server, [KEYS.page, 0, null, null], own)
  expect(await code(fromOwn)).toBe(Fault.forbidden)
})

test('a key or token in the address is refused, over both ways in', async () => {
  const server = await serve(PROVEN)
  const answer = await http(server, `/v1/pulse?access_token=${KEYS.token}`)
  expect([answer.status, answer.body.error.message]).toEqual([400, expect.stringContaining('Authorization: Bearer')])
  expect(JSON.stringify(answer.body)).not.toContain(KEYS.token)
  const socket = { ...server, socketUrl: `${server.socketUrl}?token=${KEYS.token}` }
  await expect(Client.open(socket)).rejects.toThrow('400')
})

test('the proof that the documents show is one', async () => {
  const operations = readFileSync(new URL('../../docs/OPERATIONS.md', import.meta.url), 'utf8')
  const snippet = /```js\n(import \{ createHmac[\s\S]*?)```/.exec(operations)?.[1] ?? ''
  const env = { ...process.env, PULSSI_PROOF_SECRET: SECRET }
  const { stdout } = await run(process.execPath, ['--input-type=module', '--eval', snippet], { env })
  expect(stdout.trim()).toBe(`${proofOf('visitor', 'c-81')} ${proofOf('customer', 'c-81')}`)
})
