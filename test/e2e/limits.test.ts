/** What happens at the limits of a connection: W1, W11 and the caps. */
import { Fault, Frame } from '@pulssi/protocol/client'
import { expect, test } from 'vitest'
import { CLOSED, Client, ENTER, journey, KEYS, post, serve } from './harness.js'

test('W11: too fast is refused with a hint; later batches are dropped until that number comes again', async () => {
  const server = await serve({ ...CLOSED, server: { limits: { serviceMessagesPerSecond: 2, floodFactor: 100_000 } } })
  const client = await Client.service(server)
  const now = Date.now()
  const batch = (frame: number): void =>
    client.send([Frame.batch, frame, now, ['cart'], [['v-1', 's-1', frame - 1, now, [ENTER]]]])
  for (const frame of [1, 2, 3, 4, 5]) batch(frame)
  const error = await client.hear(frame => frame[0] === Frame.error)
  expect(error).toMatchObject([Frame.error, Fault.rateLimited, expect.any(String), expect.any(Number), 3, null])
  await client.acked(2)
  // The number comes again and again until it is taken, as a client does that doesn't wait as long as it should.
  for (;;) {
    const heard = client.heard.length
    batch(3)
    const answer = await client.hear(frame => frame[0] === Frame.error || frame[0] === Frame.ack, heard)
    if (answer[0] === Frame.ack) break
    expect(answer).toMatchObject([Frame.error, Fault.rateLimited, expect.any(String), expect.any(Number), 3, null])
  }
  expect((await journey(server)).events).toMatchObject({ accepted: 3, duplicates: 0 })
})

test('W11: what comes behind a refused batch is dropped unread, and so is that batch while it comes too early', async () => {
  const server = await serve({ ...CLOSED, server: { limits: { serviceMessagesPerSecond: 1, floodFactor: 100_000 } } })
  const client = await Client.service(server)
  const broken = (number: number): void => client.send([Frame.batch, number, 'no time', [], []])
  client.batch('v-1', 's-1', 0, [ENTER])
  client.batch('v-1', 's-1', 1, [ENTER])
  broken(3)
  broken(2)
  const hint = [Frame.error, Fault.rateLimited, expect.any(String), expect.any(Number), 2, null]
  expect(await client.hear(frame => frame[0] === Frame.error)).toMatchObject(hint)
  await client.acked(1)
  await client.hear(() => client.heard.filter(frame => frame[0] === Frame.error).length === 2)
  expect(client.heard.filter(frame => frame[0] === Frame.error)).toMatchObject([hint, hint])
  expect(client.socket.readyState).toBe(client.socket.OPEN)
})

test('W1: no hello in time', async () => {
  const server = await serve({ ...CLOSED, server: { limits: { helloMs: 20 } } })
  const client = await Client.open(server)
  expect((await client.closed).code).toBe(Fault.helloTimeout)
})

test('too many connections of one address, and too many in all', async () => {
  const server = await serve({ ...CLOSED, server: { limits: { connectionsPerAddress: 2, connections: 3 } } })
  const first = await Client.service(server)
  await Client.service(server)
  const third = await Client.open(server)
  expect((await third.closed).code).toBe(Fault.tooManyConnections)
  await first.acked(first.batch('v', 's', 0, [ENTER]))
  const full = await serve({ ...CLOSED, server: { limits: { connections: 1 } } })
  await Client.service(full)
  await expect(Client.open(full)).rejects.toThrow('503')
})

test('a connection that leaves a ping unanswered is cut off', async () => {
  const server = await serve({ ...CLOSED, server: { limits: { pingMs: 30 } } })
  const client = await Client.open(server, { autoPong: false })
  client.send([Frame.hello, KEYS.service, 0, null, null, null, 'test'])
  expect((await client.closed).code).toBe(1006)
})

test('a server that can take no more says so, and takes it later', async () => {
  const server = await serve({ ...CLOSED, server: { limits: { inFlightBytes: 1 } } })
  const client = await Client.service(server)
  const now = Date.now()
  const batch = (frame: number): void =>
    client.send([Frame.batch, frame, now, ['cart'], [['v-1', 's-1', frame - 1, now, [ENTER]]]])
  batch(1)
  batch(2)
  const error = await client.hear(frame => frame[0] === Frame.error)
  expect(error).toMatchObject([Frame.error, Fault.overloaded, expect.any(String), expect.any(Number), 2, null])
  await client.acked(1)
  batch(2)
  await client.acked(2)
  expect((await journey(server)).events).toMatchObject({ accepted: 2, duplicates: 0 })
})

test('welcome says the limits of the connection', async () => {
  const server = await serve({ ...CLOSED, server: { limits: { batchEvents: 2, pageMessagesPerSecond: 7 } } })
  const [page, welcome] = await Client.page(server)
  expect(welcome.slice(3)).toEqual([65_536, 2, 7, 5_000])
  page.batch(null, null, 0, [ENTER, ENTER, ENTER])
  expect((await page.closed).code).toBe(Fault.badFrame)
  expect((await post(server, '')).body).toMatchObject({ accepted: 0 })
})

test('W3: identities: a day’s visitor is kept over a reconnect, a page’s own is made where it brings none', async () => {
  const server = await serve(CLOSED)
  const [, first] = await Client.page(server)
  const [, second] = await Client.page(server)
  expect(second[1]).toBe(first[1])
  const [, kept] = await Client.page(server, 0, 'd.yesterday')
  expect(kept[1]).toBe('d.yesterday')
  expect((await Client.page(server, 1))[1][1]).toMatch(/^p\./)
  expect((await Client.page(server, 1, 'p.mine'))[1][1]).toBe('p.mine')
  expect((await Client.page(server, 2, 'v.device'))[1][1]).toBe('v.device')
  await expect(Client.page(server, 3, 'customer-1')).rejects.toThrow(String(Fault.forbidden))
  await expect(Client.page(server, 2)).rejects.toThrow(String(Fault.badFrame))
})
