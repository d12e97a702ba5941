/** Who may know of incidents, and say that they look after one. */
import { Frame, type WireEvent } from '@pulssi/protocol/client'
import { expect, test } from 'vitest'
import { alertingSettings, answer, incidents, listener, order, PLACE, serveAlerts } from './alerting.js'
import { bearer, Client, KEYS } from './harness.js'
import { Receiver } from './receiver.js'

const FIRING = 1
const RESOLVED = 3

const fired = async () => {
  const receiver = await Receiver.open()
  const server = await serveAlerts(alertingSettings(receiver))
  const [reader, other, elsewhere] = [
    await listener(server),
    await listener(server, 'rt_pulse'),
    await listener(server, 'rt_phone'),
  ]
  await answer(server, 1, 8)
  const frame = await reader.hear(FIRING)
  return { server, receiver, id: String(frame[1]), reader, other, elsewhere }
}

test('W60: who lacks the scope or the touchpoint is told nothing, on the socket and over HTTP', async () => {
  const { server, receiver, id, reader, other, elsewhere } = await fired()
  const path = `/v1/incidents/${id}/acknowledge`
  expect((await incidents(server, '', 'rt_pulse')).status).toBe(403)
  expect((await incidents(server, '', 'rt_phone')).body.incidents).toEqual([])
  expect((await order(server, path, bearer('rt_pulse'))).status).toBe(403)
  expect((await order(server, path, bearer('rt_phone'))).status).toBe(403)
  expect((await order(server, path, {})).status).toBe(401)
  expect((await order(server, path)).status).toBe(200)
  await reader.hear(2)
  await receiver.hear(2)
  expect([other.told(), elsewhere.told()]).toEqual([[], []])
  expect((await incidents(server, '', 'rt_phone')).status).toBe(200)
})

test('an order has a form, comes from the own pages or from none, and is for an incident that fires', async () => {
  const { server, id, reader } = await fired()
  const path = `/v1/incidents/${id}/acknowledge`
  const json = bearer(KEYS.token)
  expect((await order(server, path, { ...json, 'content-type': 'text/plain' })).status).toBe(415)
  expect((await order(server, path, json, '{"a":1}')).status).toBe(400)
  expect((await order(server, path, json, 'no')).status).toBe(400)
  // A key lists this site, whose pages may send events.
  expect((await order(server, path, { ...json, origin: KEYS.origin })).status).toBe(403)
  expect((await order(server, '/v1/incidents/i.unknown/acknowledge')).status).toBe(404)
  expect((await order(server, '/v1/incidents/%2e%2e/acknowledge')).status).toBe(404)
  expect((await order(server, path, { ...json, origin: server.url })).body.state).toBe('acknowledged')
  expect((await order(server, path)).body.state).toBe('acknowledged')
  await answer(server, 5, 60)
  await reader.hear(RESOLVED)
  const late = await order(server, path)
  expect([late.status, late.body.error.message]).toEqual([409, 'this incident is resolved, not firing'])
})

test('the list is asked for by state and touchpoint', async () => {
  const { server, id } = await fired()
  const ids = async (query: string) =>
    (await incidents(server, query)).body.incidents.map((one: { id: string }) => one.id)
  for (const query of ['', '?state=all', `?touchpoint=${PLACE}`, '?touchpoint=checkout.*', '?touchpoint=*']) {
    expect(await ids(query)).toEqual([id])
  }
  for (const query of ['?touchpoint=phone.*', '?touchpoint=~*']) expect(await ids(query)).toEqual([])
  for (const query of ['?state=some', '?nothing=1', '?touchpoint=A'])
    expect((await incidents(server, query)).status).toBe(400)
})

test('steps before and after that a token does not read are left out of the story it gets', async () => {
  const receiver = await Receiver.open()
  const server = await serveAlerts(alertingSettings(receiver))
  const client = await Client.service(server)
  const events = (place: number, score: number): WireEvent[] => [
    [0, 0, place],
    [3, 0, place, 2, score],
  ]
  for (let n = 0; n < 8; n++) {
    const both = [...events(0, 5), ...events(1, 1)]
    client.send([Frame.batch, n + 1, Date.now(), ['shop.cart', PLACE], [[`v-${n}`, 's', 0, Date.now(), both]]])
  }
  await receiver.hear(1)
  const before = async (token?: string) => (await incidents(server, '', token)).body.incidents[0].story.before
  expect([await before(), await before('rt_payment')]).toEqual(['shop.cart', null])
})
