import { parseConfig, type RunningServer, startServer } from '@pulssi/aggregator'
import { Frame } from '@pulssi/protocol/client'
import { pino } from 'pino'
import { beforeEach, expect, onTestFinished, test } from 'vitest'
import { openEmbedded } from '../../aggregator/src/embedded/index.js'
import { FaultyDisk } from '../contract/faulty-disk.js'
import { bearer, CLOSED, Client, dataDir, ENTER, http, journey, KEYS, post, serve } from '../e2e/harness.js'

let folder = ''
let disk = new FaultyDisk()
let server: RunningServer
let errors: string[] = []

const start = async (): Promise<RunningServer> => {
  const config = parseConfig({ ...CLOSED, server: { port: 0, dataDir: folder, partitions: 2 } })
  const logger = pino({ level: 'error' }, { write: line => errors.push(line) })
  const open: typeof openEmbedded = (dir, options) => openEmbedded(dir, { ...options, disk })
  const started = await startServer({ config, logger, open })
  onTestFinished(() => {
    disk.failing.clear()
    disk.release()
    return started.close()
  })
  return started
}

beforeEach(async () => {
  folder = dataDir()
  disk = new FaultyDisk()
  errors = []
  server = await start()
})

const line = (visitor: string, seq: number): string =>
  `${JSON.stringify({ visitor, stream: 's-1', seq, at: Date.now(), kind: 'enter', touchpoint: 'cart' })}\n`
const many = (seq: number): string => Array.from({ length: 20 }, (_, i) => line(`v-${i}`, seq)).join('')
const accepted = async (): Promise<number> => (await journey(server)).events.accepted

test.each(['write', 'sync', 'open'] as const)(
  'where each %s fails, events are refused with a hint, reads go on, and it recovers without a restart',
  async fault => {
    expect((await post(server, many(0))).status).toBe(200)
    const before = await accepted()
    const client = await Client.service(server)
    disk.failing.add(fault)
    if (fault === 'open') disk.failing.add('write')
    for (let i = 0; i < 3; i++) {
      const refused = await post(server, many(1))
      expect(refused.status).toBe(503)
      expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0)
      expect(await accepted()).toBe(before)
    }
    client.batch('v-ws', 's-2', 0, [ENTER])
    const told = await client.hear(frame => frame[0] === Frame.error)
    expect(told[3]).toBeGreaterThan(0)
    expect(client.heard.some(frame => frame[0] === Frame.ack && frame[1] >= 1)).toBe(false)
    expect((await http(server, '/v1/pulse?window=5m', { headers: bearer(KEYS.token) })).status).toBe(200)
    disk.failing.clear()
    expect((await post(server, many(1))).body).toMatchObject({ accepted: 20, duplicates: 0 })
    expect(await accepted()).toBe(before + 20)
    await server.close()
    server = await serve({ ...CLOSED, server: { partitions: 2 } }, folder)
    expect((await journey(server)).events).toMatchObject({ accepted: before + 20, lost: 0, duplicates: 0 })
  },
)

test('while a sync never ends nobody is told that anything is stored, and reads go on', async () => {
  expect((await post(server, many(0))).status).toBe(200)
  const client = await Client.service(server)
  disk.failing.add('hang')
  client.batch('v-ws', 's-2', 0, [ENTER])
  let answered = false
  const posting = post(server, many(1)).finally(() => {
    answered = true
  })
  for (let i = 0; i < 3; i++) expect(await accepted()).toBe(20)
  expect(answered).toBe(false)
  expect(client.heard.some(frame => frame[0] === Frame.ack && frame[1] >= 1)).toBe(false)
  disk.release()
  expect((await posting).body).toMatchObject({ accepted: 20 })
  await client.acked(1)
  expect(await accepted()).toBe(41)
})

test('where no image can be stored it says so, and the next start replays the log', async () => {
  expect((await post(server, many(0))).status).toBe(200)
  disk.where = 'blobs'
  disk.failing.add('write')
  await server.close()
  expect(errors.join()).toMatch(/no last image could be stored/)
  disk.failing.clear()
  server = await start()
  expect(await accepted()).toBe(20)
})
