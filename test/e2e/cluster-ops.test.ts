/** What a gateway is asked of that engines elsewhere have. */
import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseConfig, type RunningServer } from '@pulssi/aggregator'
import type { WireEvent } from '@pulssi/protocol/client'
import { pino } from 'pino'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { restore } from '../../aggregator/src/ops/index.js'
import { type Member, startMember } from '../../aggregator/src/server.js'
import { NatsServer } from '../contract/nats-server.js'
import { pulssi } from './command.js'
import { bearer, CLOSED, Client, ENTER, http, journey, KEYS, serve } from './harness.js'

const ADMIN = 'rt_admin'
const PARTITIONS = 2
const VISITORS = 20
const EVENTS: readonly WireEvent[] = [ENTER, [3, 0, 0, 2, 1, 'too slow'], [5, 0, 0, 'rage']]
const SETTINGS = {
  ...CLOSED,
  readTokens: [...CLOSED.readTokens, { token: ADMIN, scopes: ['admin', 'pulse'] }],
}

let nats: NatsServer
beforeAll(async () => {
  nats = await NatsServer.start()
})
afterAll(() => nats.dispose())

const memberOf = async (project: string, roles: readonly string[]): Promise<Member> => {
  const server = { port: 0, partitions: PARTITIONS, roles, nats: { servers: [nats.url] } }
  const config = parseConfig({ ...SETTINGS, project, server })
  const member = await startMember({ config, logger: pino({ level: 'silent' }) })
  onTestFinished(() => member.close())
  return member
}

/** A gateway and a worker, in what could be processes of their own. */
const cluster = async (): Promise<{ gateway: RunningServer; worker: Member }> => {
  const project = `ops-${randomUUID().slice(0, 8)}`
  const worker = await memberOf(project, ['worker', 'alerts'])
  const { server } = await memberOf(project, ['gateway'])
  if (server === null) throw new Error('it has a gateway')
  return { gateway: server, worker }
}

const visited = async (gateway: RunningServer): Promise<void> => {
  const client = await Client.service(gateway)
  for (let i = 0; i < VISITORS; i++) client.batch(`v-${i}`, 's', 0, EVENTS)
  await client.acked(VISITORS)
  client.socket.close()
}

test('a visitor is told of and erased; the past is told; a backup goes into a folder', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'pulssi-cluster-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const { gateway } = await cluster()
  await visited(gateway)
  const url = ['--url', gateway.url, '--token', ADMIN]
  const known = JSON.parse((await pulssi(['subject', 'v-1', '--export', ...url])).out)
  expect(known).toMatchObject({
    state: { trail: [{ touchpoint: 'cart' }], streams: [{ lowestUnseen: 3 }] },
    events: [{ kind: 'enter' }, { kind: 'feedback', comment: 'too slow' }, { kind: 'signal' }],
  })
  expect(await pulssi(['subject', 'v-1', '--erase', ...url])).toMatchObject({ code: 0, out: '{"erased":true}\n' })
  const nothing = { visitor: 'v-1', state: null, events: [], truncated: false }
  expect(JSON.parse((await pulssi(['subject', 'v-1', '--export', ...url])).out)).toEqual(nothing)
  expect(await pulssi(['compact', ...url])).toMatchObject({ code: 1, errors: expect.stringContaining('retention') })

  const { status, body } = await http(gateway, '/v1/history?touchpoint=cart', { headers: bearer(KEYS.token) })
  expect([status, body.rows.length]).toEqual([200, 1])
  expect(body.rows[0].visits).toMatchObject({ entered: VISITORS, unseen: 1 })

  const archive = join(folder, 'backup.tar')
  expect(await pulssi(['backup', archive, ...url])).toMatchObject({ code: 0, errors: '' })
  await restore(archive, join(folder, 'data'))
  const alone = await serve({ ...SETTINGS, server: { partitions: PARTITIONS } }, join(folder, 'data'))
  const events = { accepted: VISITORS * EVENTS.length, duplicates: 0, lost: 0 }
  expect((await journey(alone)).events).toMatchObject(events)
  await visited(alone)
  // The erased one is somebody new.
  const again = { accepted: (VISITORS + 1) * EVENTS.length, duplicates: (VISITORS - 1) * EVENTS.length, lost: 0 }
  expect((await journey(alone)).events).toMatchObject(again)
})

test('what engines must say is refused while nobody serves them, and not made up', async () => {
  const { gateway, worker } = await cluster()
  await visited(gateway)
  await worker.close()
  const headers = bearer(ADMIN)
  const [subject, history] = await Promise.all([
    http(gateway, '/v1/subjects/v-1', { headers }),
    http(gateway, '/v1/history', { headers: bearer(KEYS.token) }),
  ])
  expect([subject.status, subject.headers.get('retry-after'), subject.body.error.code]).toEqual([
    503,
    '1',
    'unavailable',
  ])
  expect([history.status, history.headers.get('retry-after')]).toEqual([503, '1'])
})
