/** Behind proxies that are trusted, it is the caller that counts; else whoever connects. */
import { Fault, Frame, SCALES, type WelcomeFrame, type WireEvent } from '@pulssi/protocol/client'
import { expect, test } from 'vitest'
import { bearer, CLOSED, Client, http, KEYS, serve } from './harness.js'

const FIRST = '203.0.113.1'
/** Anything that is no browser's is taken for a bot's, and counts for nothing. */
const BROWSER = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0'
const SECOND = '203.0.113.2'
const from = (address: string) => ({ headers: { 'x-forwarded-for': `198.51.100.7, ${address}` }, origin: KEYS.origin })

const visitorOf = async (server: Awaited<ReturnType<typeof serve>>, address: string): Promise<string | null> => {
  const client = await Client.open(server, from(address))
  client.send([Frame.hello, KEYS.page, 0, null, null, 's', 'test'])
  const welcome = (await client.hear(frame => frame[0] === Frame.welcome)) as WelcomeFrame
  return welcome[1]
}

test('day’s visitors are told apart by the address that a trusted proxy names', async () => {
  const server = await serve({ ...CLOSED, server: { trustProxy: ['127.0.0.0/8'] } })
  const first = await visitorOf(server, FIRST)
  expect(await visitorOf(server, FIRST)).toBe(first)
  expect(await visitorOf(server, SECOND)).not.toBe(first)
})

test('what somebody else says of its address is not believed', async () => {
  const server = await serve({ ...CLOSED, server: { trustProxy: ['10.0.0.0/8'] } })
  expect(await visitorOf(server, SECOND)).toBe(await visitorOf(server, FIRST))
})

test('the caps are those of the address that a trusted proxy names', async () => {
  const limits = { connectionsPerAddress: 1, attemptsPerAddressPerSecond: 3, readerRequestsPerSecond: 1 }
  const server = await serve({ ...CLOSED, server: { trustProxy: ['127.0.0.1'], limits } })
  await Client.open(server, from(FIRST))
  const second = await Client.open(server, from(FIRST))
  expect((await second.closed).code).toBe(Fault.tooManyConnections)
  const attempts = Array.from({ length: 20 }, () => Client.open(server, from(FIRST)))
  const refused = (await Promise.allSettled(attempts)).flatMap(one =>
    one.status === 'rejected' ? [`${one.reason}`] : [],
  )
  expect(refused[0]).toContain('429')
  await Client.open(server, from(SECOND))
  const read = async (address: string) => (await http(server, '/healthz', from(address))).status
  const reads = await Promise.all(Array.from({ length: 20 }, () => read(FIRST)))
  expect([reads.includes(429), await read(SECOND)]).toEqual([true, 200])
})

test('one machine can’t forge a crowd: visitors of one address count as one, where it is asked whether many speak', async () => {
  const server = await serve({ ...CLOSED, server: { trustProxy: ['127.0.0.1'] } })
  const answers = async (touchpoint: string, addressOf: (nth: number) => string): Promise<unknown> => {
    for (let nth = 0; nth < 40; nth++) {
      const visitor = `p.${touchpoint}-${nth}`
      const event = {
        visitor,
        stream: 's',
        seq: 0,
        at: Date.now(),
        kind: 'feedback',
        touchpoint,
        scale: 'csat',
        score: 1,
      }
      const headers = {
        ...bearer(KEYS.page),
        'user-agent': BROWSER,
        'content-type': 'application/json',
        origin: KEYS.origin,
      }
      const body = JSON.stringify({ events: [event] })
      const init = { method: 'POST', headers: { ...headers, 'x-forwarded-for': addressOf(nth) }, body }
      expect((await http(server, '/v1/events', init)).body).toMatchObject({ accepted: 1 })
    }
    const read = await http(server, `/v1/pulse?window=5m&touchpoint=${touchpoint}`, { headers: bearer(KEYS.token) })
    return read.body.pulses[0].sentiment
  }
  expect(await answers('forged', () => FIRST)).toMatchObject({ n: 40, believed: false })
  expect(await answers('real', nth => `203.0.113.${nth}`)).toMatchObject({ n: 40, believed: true })
})

test('nor over sockets: pages of one address count as one, a service’s visitors each for itself', async () => {
  const server = await serve({ ...CLOSED, server: { trustProxy: ['127.0.0.1'] } })
  const now = Date.now()
  const angry: WireEvent = [3, 0, 0, SCALES.indexOf('csat'), 1]
  for (let nth = 0; nth < 40; nth++) {
    const page = await Client.open(server, {
      ...from(FIRST),
      headers: { ...from(FIRST).headers, 'user-agent': BROWSER },
    })
    page.send([Frame.hello, KEYS.page, 1, `p.${nth}`, null, 's', 'test'])
    await page.acked(page.batch(null, null, 0, [angry], 'forged'))
    page.socket.terminate()
  }
  const desk = await Client.open(server, { headers: { 'x-forwarded-for': FIRST } })
  desk.send([Frame.hello, KEYS.service, 0, null, null, null, 'test'])
  const groups = Array.from({ length: 40 }, (_, nth) => [`v-${nth}`, 's', 0, now, [angry]])
  desk.send([Frame.batch, 1, now, ['real'], groups])
  await desk.acked(1)
  const { pulses } = (await http(server, '/v1/pulse?window=5m', { headers: bearer(KEYS.token) })).body
  const believed = (name: string) =>
    pulses.find(({ touchpoint }: { touchpoint: string }) => touchpoint === name).sentiment
  expect(believed('forged')).toMatchObject({ n: 40, believed: false })
  expect(believed('real')).toMatchObject({ n: 40, believed: true })
})
