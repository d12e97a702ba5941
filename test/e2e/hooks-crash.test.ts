import type { RunningServer } from '@pulssi/aggregator'
import { expect, test } from 'vitest'
import { alertingSettings, answer, incidents, order } from './alerting.js'
import { bearer, dataDir, http, KEYS } from './harness.js'
import { Receiver, status, verified } from './receiver.js'
import { killServer, spawnServer } from './spawned.js'

/** Resolves once an attempt has failed, and all that this changed is on the disk. */
const failureStored = async (server: RunningServer): Promise<void> => {
  for (;;) {
    const { body } = await http(server, '/v1/admin/hooks', { headers: bearer(KEYS.token) })
    if (body.hooks[0].failed > 0) break
  }
  const { body } = await incidents(server)
  // Its write follows that of the failure.
  await order(server, `/v1/incidents/${body.incidents[0].id}/acknowledge`)
}

test('the schedule goes on after kill −9: the same message, under the same id, and the incident is the same', async () => {
  const receiver = await Receiver.open()
  receiver.answers = [status(500), status(500)]
  const server = { port: 0, dataDir: dataDir(), partitions: 2 }
  const settings = { ...alertingSettings(receiver, {}, { clear: '1h' }), server }
  // So long after the first failure that only another process can send it.
  const [first, child] = await spawnServer('hooks-child.mjs', settings, [0, 4_000, 1, 1])
  await answer(first, 1, 8)
  await receiver.hear(1)
  await failureStored(first)
  await killServer(child)
  expect(receiver.heard).toHaveLength(1)

  const [second, again] = await spawnServer('hooks-child.mjs', settings, [0, 4_000, 1, 1])
  const heard = await receiver.hear(4)
  const told = heard.map(verified)
  expect(told.map(({ type }) => type)).toEqual([
    'incident.firing',
    'incident.firing',
    'incident.firing',
    'incident.acknowledged',
  ])
  expect(new Set(heard.slice(0, 3).map(({ id }) => id)).size).toBe(1)
  expect(new Set(heard.slice(0, 3).map(({ body }) => body)).size).toBe(1)
  const times = heard.map(({ headers }) => Number(headers['webhook-timestamp']))
  expect((times[1] as number) - (times[0] as number)).toBeGreaterThanOrEqual(3)
  const { body } = await incidents(second)
  expect(body.incidents).toMatchObject([{ id: told[0]?.data.id, state: 'acknowledged', rule: 'payment hurts' }])
  await killServer(again)
})
