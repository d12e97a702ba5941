/** From the events of a few visitors to a signed message, whatever the receiver does. */
import { expect, test } from 'vitest'
import { alertingSettings, answer, incidents, listener, order, PLACE, serveAlerts } from './alerting.js'
import { bearer, dataDir, http, KEYS } from './harness.js'
import { Receiver, SECRET, status, verified } from './receiver.js'

const FIRING = 1
const RESOLVED = 3

test('events on a socket make a rule fire, be acknowledged and end; each is told, signed and in order', async () => {
  const receiver = await Receiver.open()
  const server = await serveAlerts(alertingSettings(receiver))
  const reader = await listener(server)
  await answer(server, 1, 8)
  const [, id, rule, touchpoint, , at] = (await reader.hear(FIRING)) as readonly unknown[]
  expect([rule, touchpoint]).toEqual(['payment hurts', PLACE])
  await receiver.hear(1)
  const { body } = await incidents(server)
  expect(body.incidents).toMatchObject([
    { id, state: 'firing', figure: 'sentiment', below: -0.2, above: null, window: '1m', value: -1, n: 8, firedAt: at },
  ])
  expect(body.incidents[0].story).toMatchObject({ visitors: 8, before: null, after: null, reason: null })
  expect((at as number) - body.incidents[0].story.firstBadMinute).toBeLessThan(120_000)

  const acknowledged = await order(server, `/v1/incidents/${id}/acknowledge`)
  expect([acknowledged.status, acknowledged.body.state]).toEqual([200, 'acknowledged'])
  await answer(server, 5, 60)
  await reader.hear(RESOLVED)
  const messages = (await receiver.hear(3)).map(verified)
  expect(messages.map(({ type, data }) => [type, data.id])).toEqual([
    ['incident.firing', id],
    ['incident.acknowledged', id],
    ['incident.resolved', id],
  ])
  expect(new Set(receiver.heard.map(heard => heard.id)).size).toBe(3)
  expect(reader.told().map(frame => frame[4])).toEqual([1, 2, 3])
  const after = await incidents(server, '?state=all')
  expect(after.body.incidents).toMatchObject([{ id, state: 'resolved' }])
  expect((await incidents(server)).body.incidents).toEqual([])
})

test('a receiver that fails in every way gets the message in the end, under one id, and the next one after it', async () => {
  const receiver = await Receiver.open()
  const big = 'x'.repeat(10 * 1024 * 1024)
  receiver.answers = [
    response => response.destroy(),
    response => void response.socket?.end('SSH-2.0-OpenSSH_9\r\n'),
    status(500, {}, big),
    status(302, { location: `${receiver.url}elsewhere` }),
    status(429, { 'retry-after': '0' }),
    status(200, {}, big),
  ]
  const server = await serveAlerts(alertingSettings(receiver))
  await answer(server, 1, 8)
  await receiver.hear(1)
  await answer(server, 5, 60)
  const heard = await receiver.hear(7)
  const types = heard.map(message => verified(message).type)
  expect(types).toEqual([...Array.from({ length: 6 }, () => 'incident.firing'), 'incident.resolved'])
  expect(new Set(heard.slice(0, 6).map(({ id }) => id)).size).toBe(1)
  expect(new Set(heard.slice(0, 6).map(({ body }) => body)).size).toBe(1)
  const { body } = await http(server, '/v1/admin/hooks', { headers: bearer(KEYS.token) })
  expect(body.hooks).toMatchObject([{ name: 'ops', state: 'on', waiting: 0, delivered: 2, failed: 5 }])
})

test('410 switches a hook off, which is there to be seen, until its configuration changes', async () => {
  const receiver = await Receiver.open()
  receiver.answers = [status(410)]
  const folder = dataDir()
  const settings = alertingSettings(receiver)
  const server = await serveAlerts(settings, folder)
  const reader = await listener(server)
  await answer(server, 1, 8)
  await receiver.hear(1)
  await answer(server, 5, 60)
  await reader.hear(RESOLVED)
  const { body } = await http(server, '/v1/admin/hooks', { headers: bearer(KEYS.token) })
  expect(body.hooks).toMatchObject([{ state: 'off', waiting: 2, last: { status: 410 } }])
  expect(JSON.stringify(body)).not.toContain(SECRET.slice(6))
  const metrics = await http(server, '/metrics', { headers: bearer(KEYS.token) })
  expect(metrics.body).toMatch(/^pulssi_hooks_off 1$/m)
  expect(receiver.heard).toHaveLength(1)

  const { parseConfig } = await import('@pulssi/aggregator')
  const changed = alertingSettings({ url: `${receiver.url}v2` })
  await server.reload(parseConfig({ ...changed, server: { port: 0, dataDir: folder } }))
  expect((await receiver.hear(3)).slice(1).map(message => verified(message).type)).toEqual([
    'incident.firing',
    'incident.resolved',
  ])
})

test.each(['127.0.0.1', 'localhost'])('a hook at %s is not called unless that is allowed', async host => {
  const receiver = await Receiver.open()
  const url = receiver.url.replace('127.0.0.1', host)
  const server = await serveAlerts(alertingSettings({ url }, { allowInternal: false }), dataDir(), [0])
  const reader = await listener(server)
  await answer(server, 1, 8)
  await reader.hear(FIRING)
  await answer(server, 5, 60)
  await reader.hear(RESOLVED)
  const { body } = await http(server, '/v1/admin/hooks', { headers: bearer(KEYS.token) })
  expect(body.hooks[0].last).toMatchObject({ status: null, reason: expect.stringContaining('allowInternal') })
  expect(receiver.heard).toEqual([])
})

test('a rule that is taken out ends its incident, and the hook is told', async () => {
  const receiver = await Receiver.open()
  const folder = dataDir()
  const settings = alertingSettings(receiver)
  const server = await serveAlerts(settings, folder)
  await answer(server, 1, 8)
  await receiver.hear(1)
  const { parseConfig } = await import('@pulssi/aggregator')
  const fixed = await server.reload(parseConfig({ ...settings, rules: [], server: { port: 0, dataDir: folder } }))
  expect(fixed).not.toContain('rules')
  const [firing, resolved] = (await receiver.hear(2)).map(verified)
  expect([resolved?.type, resolved?.data.id]).toEqual(['incident.resolved', firing?.data.id])
})
