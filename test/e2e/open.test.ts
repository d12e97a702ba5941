/** Without keys and tokens: this machine alone, any key, no token; Host and Origin are checked all the same. */

import { parseConfig } from '@pulssi/aggregator'
import { Frame } from '@pulssi/protocol/client'
import { expect, test } from 'vitest'
import { Client, http, serve } from './harness.js'

const event = { visitor: 'v-1', stream: 's-1', seq: 0, at: Date.now(), kind: 'enter', touchpoint: 'cart' }
const json = { 'content-type': 'application/json' }

test('any key writes and everyone reads', async () => {
  const server = await serve()
  const body = JSON.stringify({ events: [event] })
  expect((await http(server, '/v1/events', { method: 'POST', body, headers: json })).status).toBe(200)
  const client = await Client.open(server, { origin: 'http://localhost:5173' })
  client.send([Frame.hello, 'pk_any', 3, 'customer-1', null, 's', 'test'])
  await client.acked(client.batch(null, null, 0, [[0, 0, 0]]))
  client.send([Frame.subscribe, 1, ['*', '~journey'], [0]])
  await client.hear(frame => frame[0] === Frame.pulse && frame[7].length > 0)
  const { body: journey } = await http(server, '/v1/journey?window=total')
  expect(journey.events).toMatchObject({ accepted: 2 })
})

test('pages from elsewhere neither read nor write', async () => {
  const server = await serve()
  const headers = { origin: 'https://evil.example' }
  expect((await http(server, '/v1/journey', { headers })).status).toBe(403)
  expect((await http(server, '/', { headers })).status).toBe(403)
  await expect(Client.open(server, headers)).rejects.toThrow('403')
})

test('the SDK’s files may be used by pages of any origin, where they are built', async () => {
  const server = await serve()
  const answer = await http(server, '/sdk/live.min.js', { headers: { origin: 'https://shop.example' } })
  expect(answer.status).toBe(200)
  expect(answer.headers.get('access-control-allow-origin')).toBe('*')
})

test('it is not served to the network', () => {
  expect(() => parseConfig({ server: { host: '0.0.0.0' } })).toThrow('server.host')
})
