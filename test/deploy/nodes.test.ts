/** Three NATS nodes out of the files of examples/deploy. */
import { execFileSync } from 'node:child_process'
import { jetstream, jetstreamManager } from '@nats-io/jetstream'
import { connect } from '@nats-io/transport-node'
import { expect, onTestFinished, test, vi } from 'vitest'
import { LEAST_PAYLOAD_BYTES } from '../../aggregator/src/nats/limits.js'
import { readDeployed, secrets } from './files.js'
import { isHealthy, type Node, natsServer, nodeEnvironment, startNodes } from './nodes.js'

const INBOX = 'pulssi.test.inbox'
const KEPT = 'pulssi.kept'
const WAIT = { timeout: 20_000 }
const { PULSSI_NATS_PASSWORD: pass = '' } = secrets()

/** With the user of the configuration. Closed when the test ends. */
const connectTo = async ({ address }: Node, user = 'pulssi', password = pass) => {
  const connection = await connect({ servers: address, user, pass: password, inboxPrefix: INBOX, reconnect: false })
  onTestFinished(() => connection.close())
  return connection
}

const routesOf = async ({ monitorUrl }: Node): Promise<number> => {
  const { routes } = (await (await fetch(`${monitorUrl}/routez`)).json()) as { routes: { remote_name: string }[] }
  return new Set(routes.map(({ remote_name }) => remote_name)).size
}

test('NATS takes the configuration, as each node gets it', () => {
  for (const name of ['nats-1', 'nats-2', 'nats-3']) {
    const args = ['-t', '-c', new URL('../../examples/deploy/nats.conf', import.meta.url).pathname]
    expect(() => execFileSync(natsServer(), args, { env: nodeEnvironment(name), stdio: 'pipe' })).not.toThrow()
  }
})

test('the three find each other, keep what was acknowledged while one is gone, and let nobody in without the password', async () => {
  const nodes = await startNodes()
  const [first, second, third] = nodes as [Node, Node, Node]
  for (const node of nodes) expect(await routesOf(node)).toBe(2)
  await expect(connectTo(first, 'pulssi', 'guessed')).rejects.toThrow(/authorization/i)
  const connection = await connectTo(first)
  expect(connection.info?.max_payload).toBeGreaterThanOrEqual(LEAST_PAYLOAD_BYTES)
  const manager = await jetstreamManager(connection)
  await manager.streams.add({ name: 'kept', subjects: [KEPT], num_replicas: 3 })
  expect((await jetstream(connection).publish(KEPT, 'one')).seq).toBe(1)
  third.process.kill('SIGKILL')
  const left = await connectTo(second)
  // It may take them a moment to agree on who leads.
  const other = await vi.waitFor(() => jetstreamManager(left), WAIT)
  await vi.waitUntil(
    async () =>
      (await jetstream(connection)
        .publish(KEPT, 'more')
        .catch(() => null)) !== null,
    WAIT,
  )
  expect((await other.streams.getMessage('kept', { seq: 1 }))?.string()).toBe('one')
})

test('a node that comes back with an empty disk has all of it again', async () => {
  const nodes = await startNodes()
  const [first, , third] = nodes as [Node, Node, Node]
  const connection = await connectTo(first)
  const manager = await jetstreamManager(connection)
  await manager.streams.add({ name: 'kept', subjects: [KEPT], num_replicas: 3 })
  await jetstream(connection).publish(KEPT, 'one')
  await third.replace()
  await vi.waitFor(() => jetstream(connection).publish(KEPT, 'two'), WAIT)
  const copies = async (): Promise<number> => {
    const { cluster } = await manager.streams.info('kept')
    const { leader, replicas = [] } = cluster ?? {}
    return (
      (leader === undefined ? 0 : 1) + replicas.filter(({ current, offline }) => current && offline !== true).length
    )
  }
  await vi.waitUntil(async () => (await isHealthy(third)) && (await copies().catch(() => 0)) === 3, WAIT)
})

test('a node that doesn’t know the password of the routes stays alone', async () => {
  const change = (env: Record<string, string>): Record<string, string> => {
    const { NATS_NAME: name, NATS_ROUTE_PASSWORD: quoted = '', NATS_ROUTES: routes = '' } = env
    if (name !== 'nats-3') return env
    return { ...env, NATS_ROUTE_PASSWORD: '"wrong"', NATS_ROUTES: routes.replaceAll(JSON.parse(quoted), 'wrong') }
  }
  const [first, , intruder] = (await startNodes(change, 0)) as [Node, Node, Node]
  await vi.waitUntil(() => /authorization|authentication/i.test(first.said()), WAIT)
  expect(await routesOf(intruder)).toBe(0)
})

test('it syncs before it acknowledges', () => {
  expect(readDeployed('nats.conf')).toMatch(/sync_interval: always/)
})
