/** A gateway of a cluster whose alerts another process keeps. */
import { parseConfig, type RunningServer, startServer } from '@pulssi/aggregator'
import { pino } from 'pino'
import { expect, onTestFinished, test } from 'vitest'
import { NatsServer } from '../contract/nats-server.js'
import { alertingSettings, answer, incidents, listener, order } from './alerting.js'
import { bearer, dataDir, http, KEYS } from './harness.js'
import { Receiver } from './receiver.js'

const PATIENT = { timeout: 30_000 }
const FIRING = 1
const ACKNOWLEDGED = 2

const serve = async (nats: NatsServer, roles: readonly string[], settings: object): Promise<RunningServer> => {
  const server = { port: 0, dataDir: dataDir(), partitions: 2, nats: { servers: [nats.url] }, roles }
  const config = parseConfig({ ...settings, server })
  const running = await startServer({ config, logger: pino({ level: 'silent' }), delaysMs: [0, 1, 1, 1] })
  onTestFinished(() => running.close())
  return running
}

test('shows them, takes orders and informs its sockets, as the one that keeps them; when that ends, it says so', async () => {
  const nats = await NatsServer.start()
  onTestFinished(() => nats.dispose())
  const receiver = await Receiver.open()
  const settings = alertingSettings(receiver, {}, { clear: '1h' })
  const elsewhere = await serve(nats, ['gateway', 'worker'], settings)
  const owner = await serve(nats, ['gateway', 'alerts'], settings)
  const [reader, other] = [await listener(elsewhere), await listener(owner)]
  await answer(elsewhere, 1, 8)
  const [, id] = await reader.hear(FIRING)
  await other.hear(FIRING)
  const path = `/v1/incidents/${id}/acknowledge`
  expect((await order(elsewhere, path)).body).toMatchObject({ id, state: 'acknowledged' })
  const [here, there] = [await incidents(elsewhere), await incidents(owner)]
  expect(here.body.incidents).toEqual(there.body.incidents)
  const hooks = await http(elsewhere, '/v1/admin/hooks', { headers: bearer(KEYS.token) })
  expect(hooks.body.hooks).toMatchObject([{ name: 'ops', state: 'on' }])
  await Promise.all([reader.hear(ACKNOWLEDGED), other.hear(ACKNOWLEDGED)])
  for (const { told } of [reader, other]) expect(told().map(frame => frame[4])).toEqual([FIRING, ACKNOWLEDGED])
  await receiver.hear(2)

  await owner.close()
  const stored = async () => (await incidents(elsewhere)).body.incidents
  await expect.poll(stored, PATIENT).toMatchObject([{ id, state: 'acknowledged' }])
  const refused = await order(elsewhere, path)
  expect([refused.status, refused.headers.get('retry-after'), refused.body.error.code]).toEqual([503, '4', 'noOwner'])
  expect((await http(elsewhere, '/v1/admin/hooks', { headers: bearer(KEYS.token) })).status).toBe(503)
  expect(receiver.heard).toHaveLength(2)
})
