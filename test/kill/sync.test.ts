/** What clients hear while the disk doesn't finish a sync, or refuses it. */
import { once } from 'node:events'
import { parseConfig, type RunningServer, startServer } from '@pulssi/aggregator'
import { Fault, Frame } from '@pulssi/protocol/client'
import { pino } from 'pino'
import { expect, onTestFinished, test } from 'vitest'
import { openEmbedded } from '../../aggregator/src/embedded/index.js'
import { FaultyDisk } from '../contract/faulty-disk.js'
import { CLOSED, Client, dataDir, ENTER, journey, post } from '../e2e/harness.js'

const serveOn = async (disk: FaultyDisk): Promise<RunningServer> => {
  const config = parseConfig({ ...CLOSED, server: { port: 0, dataDir: dataDir() } })
  const server = await startServer({
    config,
    logger: pino({ level: 'silent' }),
    open: (folder, options) => openEmbedded(folder, { ...options, disk }),
  })
  onTestFinished(async () => {
    disk.failing.clear()
    disk.release()
    await server.close()
  })
  return server
}

const line = (seq: number): string =>
  JSON.stringify({ visitor: 'v-1', stream: 'h', seq, at: Date.now(), kind: 'enter', touchpoint: 'cart' })

/** Resolves once the server has heard all that the client sent, and what it answers at once has come. */
const heardAll = async ({ socket }: Client): Promise<void> => {
  socket.ping()
  await once(socket, 'pong')
}

test('a sync that never ends acknowledges nothing; once it ends the ack comes', async () => {
  const disk = new FaultyDisk()
  const server = await serveOn(disk)
  const client = await Client.service(server)
  await client.acked(client.batch('v-1', 's', 0, [ENTER]))
  disk.failing.add('hang')
  const batch = client.batch('v-1', 's', 1, [ENTER])
  const posted = post(server, line(0))
  let isAnswered = false
  void posted.then(() => {
    isAnswered = true
  })
  while (disk.hanging === 0) await heardAll(client)
  await heardAll(client)
  expect(client.heard.filter(frame => frame[0] === Frame.ack && frame[1] >= batch)).toEqual([])
  expect(isAnswered).toBe(false)
  // Reads go on, with what is known.
  expect((await journey(server)).events.accepted).toBe(1)
  disk.release()
  await client.acked(batch)
  expect(await posted).toMatchObject({ status: 200, body: { accepted: 1 } })
  expect((await journey(server)).events.accepted).toBe(3)
})

test('a sync that fails is a refusal with a hint; the same events are taken once the disk is well', async () => {
  const disk = new FaultyDisk()
  const server = await serveOn(disk)
  const client = await Client.service(server)
  await client.acked(client.batch('v-1', 's', 0, [ENTER]))
  disk.failing.add('sync')
  const batch = client.batch('v-1', 's', 1, [ENTER])
  const refusal = await client.hear(frame => frame[0] === Frame.error)
  expect(refusal).toMatchObject([Frame.error, Fault.overloaded, expect.any(String), expect.any(Number), batch, null])
  const posted = await post(server, line(0))
  expect(posted.status).toBe(503)
  expect(Number(posted.headers.get('retry-after'))).toBeGreaterThan(0)
  expect(client.heard.some(frame => frame[0] === Frame.ack && frame[1] >= batch)).toBe(false)
  expect((await journey(server)).events.accepted).toBe(1)
  disk.failing.delete('sync')
  // The refused number comes again.
  const now = Date.now()
  client.send([Frame.batch, batch, now, ['cart'], [['v-1', 's', 1, now, [ENTER]]]])
  await client.acked(batch)
  expect((await post(server, line(0))).body).toMatchObject({ accepted: 1, duplicates: 0 })
  expect((await journey(server)).events).toMatchObject({ accepted: 3, duplicates: 0, lost: 0 })
})
