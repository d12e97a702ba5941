/** Processes that keep the alerts and are stopped where they stand (SIGSTOP), or killed. */
import type { RunningServer } from '@pulssi/aggregator'
import { expect, onTestFinished, test } from 'vitest'
import { NatsServer } from '../contract/nats-server.js'
import { alertingSettings, answer, incidents } from './alerting.js'
import { bearer, dataDir, http, KEYS } from './harness.js'
import { Receiver, verified } from './receiver.js'
import { killServer, spawnServer } from './spawned.js'

const PATIENT = { timeout: 40_000, interval: 200 }

const open = async (server: RunningServer): Promise<number> => {
  const { body } = await http(server, '/metrics', { headers: bearer(KEYS.token) })
  return Number(/^pulssi_incidents (\d+)$/m.exec(body)?.[1])
}
const keeps = (server: RunningServer) => expect.poll(() => open(server), PATIENT).toBe(1)

test('one that is stopped for longer than its lease and goes on has told nobody anything, and knows what became of it', async () => {
  const nats = await NatsServer.start()
  onTestFinished(() => nats.dispose())
  const receiver = await Receiver.open()
  const spawned = async () => {
    const server = { port: 0, dataDir: dataDir(), partitions: 2, nats: { servers: [nats.url] } }
    return await spawnServer('hooks-child.mjs', { ...alertingSettings(receiver), server }, [0, 1, 1, 1])
  }
  const [first, child] = await spawned()
  await answer(first, 1, 8)
  await receiver.hear(1)
  await keeps(first)
  const [second, other] = await spawned()

  child.kill('SIGSTOP')
  await keeps(second)
  await answer(second, 5, 60)
  await receiver.hear(2)
  child.kill('SIGCONT')
  // It was on its way to the same end, and finds that another one has been there.
  await expect.poll(() => open(first), PATIENT).toBe(0)
  const known = async (server: RunningServer) => (await incidents(server, '?state=all')).body.incidents
  expect(await known(first)).toEqual(await known(second))

  await answer(first, 1, 400, 'again')
  await receiver.hear(3)
  expect(receiver.heard).toHaveLength(3)
  await killServer(other)
  await keeps(first)
  // The last one may have come once more, under its id: who sent it was killed before it could note that.
  const told = [...new Map(receiver.heard.map(one => [one.id, verified(one)])).values()]
  expect(told.map(({ type }) => type)).toEqual(['incident.firing', 'incident.resolved', 'incident.firing'])
  expect(told[0]?.data.id).toBe(told[1]?.data.id)
  await killServer(child)
})
