import { once } from 'node:events'
import { existsSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import type { WireEvent } from '@pulssi/protocol/client'
import { beforeAll, expect, test } from 'vitest'
import { type Embedded, openEmbedded } from '../../aggregator/src/embedded/index.js'
import { readImage } from '../../aggregator/src/worker/image.js'
import { CLOSED, Client, dataDir, ENTER, journey, serve } from './harness.js'
import { killServer, spawnServer } from './spawned.js'

const THREAD = fileURLToPath(new URL('../../aggregator/dist/worker/thread.js', import.meta.url))

beforeAll(() => {
  if (!existsSync(THREAD)) throw new Error('the aggregator is not built: npm run build')
})

const spawn = (folder: string, partitions: number): ReturnType<typeof spawnServer> =>
  spawnServer('child.mjs', { ...CLOSED, server: { port: 0, dataDir: folder, partitions } })

const EVENTS: readonly WireEvent[] = [ENTER, [3, 0, 0, 2, 1], [5, 0, 0, 'rage']]

test('what was acknowledged survives kill −9, again and again, and is counted once', async () => {
  const folder = dataDir()
  let acknowledged = 0
  for (let life = 0; life < 3; life++) {
    const [server, child] = await spawn(folder, 2)
    const client = await Client.service(server)
    expect((await journey(server)).events.accepted).toBeGreaterThanOrEqual(acknowledged * EVENTS.length)
    // The whole history again: what is known is a duplicate, what was lost on the way is taken.
    const batches = (life + 1) * 40
    for (let i = 0; i < batches; i++) client.batch(`v-${i % 9}`, 's', Math.floor(i / 9) * EVENTS.length, EVENTS)
    await client.acked(batches)
    acknowledged = batches
    // More is under way when the process dies.
    for (let i = 0; i < 20; i++) client.batch(`w-${i}`, 's', 0, EVENTS)
    await killServer(child)
  }
  const [server, child] = await spawn(folder, 2)
  const after = await journey(server)
  const ofOthers = after.events.accepted - acknowledged * EVENTS.length
  expect(ofOthers % EVENTS.length).toBe(0)
  expect(ofOthers).toBeGreaterThanOrEqual(0)
  expect(ofOthers).toBeLessThanOrEqual(20 * EVENTS.length)
  expect(after.events).toMatchObject({ lost: 0, rejected: 0 })
  await killServer(child)
})

test('an image and what came after it are the same as no restart at all', async () => {
  const folder = dataDir()
  const [first, child] = await spawn(folder, 1)
  const client = await Client.service(first)
  for (let i = 0; i < 50; i++) client.batch(`v-${i}`, 's', 0, EVENTS)
  await client.acked(50)
  const ended = once(child, 'exit')
  child.send('close')
  await ended

  const [second, again] = await spawn(folder, 1)
  const more = await Client.service(second)
  for (let i = 0; i < 50; i++) more.batch(`v-${i}`, 's', i % 2 === 0 ? 0 : EVENTS.length, EVENTS)
  await more.acked(50)
  await killServer(again)

  const third = await serve({ ...CLOSED, server: { partitions: 1 } }, folder)
  const { events, pulses } = await journey(third)
  expect(events).toMatchObject({ accepted: 75 * EVENTS.length, duplicates: 25 * EVENTS.length, lost: 0 })
  expect(pulses[0]).toMatchObject({ visits: { entered: 50, views: 25, troubled: 50 }, sentiment: { n: 75 } })
})

/** Lets the test at the data of a server that is not running. */
const inside = async (folder: string, look: (parts: Embedded) => Promise<void>): Promise<void> => {
  const parts = await openEmbedded(folder, { partitions: 1 })
  await look(parts)
  await parts.close()
}

const newestImage = async ({ store }: Embedded): Promise<[key: string, bytes: Buffer]> => {
  const key = (await store.blobs('image/0/')).at(-1) ?? ''
  const chunks: Uint8Array[] = []
  for await (const chunk of (await store.getBlob(key)) ?? []) chunks.push(chunk)
  return [key, Buffer.concat(chunks)]
}

const filled = async (folder: string): Promise<unknown> => {
  const server = await serve({ ...CLOSED, server: { partitions: 1 } }, folder)
  const client = await Client.service(server)
  for (let i = 0; i < 10; i++) client.batch(`v-${i}`, 's', 0, EVENTS)
  await client.acked(10)
  const { events } = await journey(server)
  await server.close()
  return events
}

test('a server that ends leaves a whole image of all that its log holds', async () => {
  const folder = dataDir()
  await filled(folder)
  await inside(folder, async parts => {
    const [, bytes] = await newestImage(parts)
    const { sequence } = await readImage(Readable.from([bytes]))
    const { last } = await parts.log.bounds(0)
    // The end of a segment is an empty entry.
    expect(last - sequence).toBeLessThanOrEqual(1)
    const stop = new AbortController()
    for await (const entries of parts.log.read(0, last, stop.signal)) {
      if (last > sequence) expect(entries[0]?.bytes).toHaveLength(0)
      break
    }
    stop.abort()
  })
})

test('a damaged image means the one before it and the log, or the whole log instead', async () => {
  const folder = dataDir()
  const before = await filled(folder)
  await inside(folder, async parts => {
    const [key, bytes] = await newestImage(parts)
    bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] as number) ^ 1
    await parts.store.putBlob(key, [bytes])
  })
  expect((await journey(await serve(CLOSED, folder))).events).toEqual(before)
})

test('a log without its store is read as it is: the key of its ids lies in it', async () => {
  const folder = dataDir()
  const before = await filled(folder)
  rmSync(join(folder, 'store'), { recursive: true })
  const server = await serve(CLOSED, folder)
  expect((await journey(server)).events).toEqual(before)
  const again = await Client.service(server)
  await again.acked(again.batch('v-1', 's', 0, EVENTS))
  expect((await journey(server)).events).toMatchObject({ duplicates: EVENTS.length })
})

test('a store whose log is gone refuses to start, and says what is missing', async () => {
  const folder = dataDir()
  await filled(folder)
  rmSync(join(folder, 'log'), { recursive: true })
  await expect(serve(CLOSED, folder)).rejects.toThrow(/all entries of partition 0 are lost/)
})
