/** The path of an event: from a tap over the log and the engine to a number. */
import { Frame, type WireEvent } from '@pulssi/protocol/client'
import { expect, test } from 'vitest'
import { bearer, CLOSED, Client, dataDir, ENTER, http, journey, KEYS, serve } from './harness.js'

const ANGRY_TAP: WireEvent = [3, 0, 0, 2, 1]

test('a tap on a page is a number for a subscriber and for a reader over HTTP', async () => {
  const server = await serve(CLOSED)
  const reader = await Client.reader(server)
  reader.send([Frame.subscribe, 7, ['*'], [0, 5]])
  await reader.hear(frame => frame[0] === Frame.pulse)
  const [page, welcome] = await Client.page(server)
  expect(welcome[1]).toMatch(/^d\.[A-Za-z0-9_-]{22}$/)
  await page.acked(page.batch(null, null, 0, [ENTER, ANGRY_TAP]))

  const update = await reader.hear(frame => frame[0] === Frame.pulse && frame[7].length > 0)
  expect(update.slice(0, 4)).toEqual([Frame.pulse, 7, 2, 1])
  const { body } = await http(server, '/v1/pulse?window=1m', { headers: bearer(KEYS.token) })
  expect(body.pulses).toMatchObject([
    {
      touchpoint: 'cart',
      visits: { entered: 1, active: 1 },
      sentiment: { score: -1, n: 1, scales: { csat: { levels: [1, 0, 0, 0, 0] } } },
    },
  ])
})

test('an ack covers all frames before it, and each bad value comes back in it alone', async () => {
  const server = await serve(CLOSED)
  const client = await Client.service(server)
  client.batch('v-1', 's-1', 0, [ENTER])
  client.batch('v-2', 's-1', 0, [ENTER, [3, 0, 0, 2, 9]])
  const last = client.batch('v-3', 's-1', 0, [ENTER])
  await client.acked(last)
  const acks = client.heard.filter(frame => frame[0] === Frame.ack)
  expect(acks.at(-1)?.[1]).toBe(3)
  expect(acks.flatMap(ack => ack[2])).toEqual([[2, 1, 1]])
  expect((await journey(server)).events).toMatchObject({ accepted: 3, rejected: 1, duplicates: 0, lost: 0 })
})

test('two connections of one visitor’s stream count each event once', async () => {
  const server = await serve({ ...CLOSED, server: { partitions: 3 } })
  const first = await Client.service(server)
  const second = await Client.service(server)
  const events = [ENTER, ANGRY_TAP, ANGRY_TAP]
  const frames = [first.batch('v-1', 's-1', 0, events), second.batch('v-1', 's-1', 0, events)]
  await Promise.all([first.acked(frames[0] ?? 0), second.acked(frames[1] ?? 0)])
  expect((await journey(server)).events).toMatchObject({ accepted: 3, duplicates: 3 })
})

test('a restart keeps the counts, and duplicates stay duplicates', async () => {
  const folder = dataDir()
  const before = await serve(CLOSED, folder)
  const client = await Client.service(before)
  for (let i = 0; i < 20; i++) client.batch(`v-${i}`, 's-1', 0, [ENTER, ANGRY_TAP])
  await client.acked(20)
  const counted = await journey(before)
  await before.close()
  expect((await client.closed).code).toBe(1001)

  const after = await serve(CLOSED, folder)
  const restored = await journey(after)
  expect(restored.events).toEqual(counted.events)
  expect(restored.pulses[0].visits).toEqual(counted.pulses[0].visits)
  expect(restored.pulses[0].sentiment).toEqual(counted.pulses[0].sentiment)
  const again = await Client.service(after)
  await again.acked(again.batch('v-3', 's-1', 0, [ENTER, ANGRY_TAP]))
  expect((await journey(after)).events).toMatchObject({ accepted: 40, duplicates: 2 })
})

test('a changed configuration holds from the start on', async () => {
  const folder = dataDir()
  const before = await serve(CLOSED, folder)
  const client = await Client.service(before)
  await client.acked(client.batch('v-1', 's-1', 0, [ENTER]))
  expect((await journey(before)).pulses[0]).toMatchObject({ stage: null })
  await before.close()
  const after = await serve({ ...CLOSED, journey: { touchpoints: { cart: { stage: 'convert' } } } }, folder)
  expect((await journey(after)).pulses[0]).toMatchObject({ touchpoint: 'cart', stage: 'convert' })
})

test('with the data clock old events count as if they were live, and a folder keeps its clock', async () => {
  const folder = dataDir()
  const settings = { server: { clock: 'data', partitions: 2 } }
  const server = await serve(settings, folder)
  const client = await Client.service(server)
  const at = Date.UTC(2011, 9, 1)
  const hour = 3_600_000
  client.send([
    2,
    1,
    null,
    ['cart'],
    [
      ['v-1', 's-1', 0, at, [ENTER]],
      ['v-2', 's-1', 0, at + 3 * hour, [ENTER]],
    ],
  ])
  await client.acked(1)
  expect(await journey(server)).toMatchObject({
    clock: at + 3 * hour,
    pulses: [{ touchpoint: 'cart', ageMs: 0, visits: { entered: 2, dropped: 1, active: 1 } }],
  })
  await server.close()
  await expect(serve({ server: { partitions: 2 } }, folder)).rejects.toThrow('--clock data')
})
