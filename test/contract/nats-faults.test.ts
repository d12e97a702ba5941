import { randomUUID } from 'node:crypto'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { NatsLog, NatsStore } from '../../aggregator/src/nats/index.js'
import { CHUNK_BYTES, ORPHAN_MS, READ_BYTES } from '../../aggregator/src/nats/limits.js'
import { Link } from '../../aggregator/src/nats/link.js'
import { DamagedBlob } from '../../aggregator/src/ports.js'
import { readSome, text, untext } from './event-log.js'
import { Line } from './line.js'
import { NatsServer } from './nats-server.js'

/** How long a condition may take on a machine that is busy. */
const PATIENT = { timeout: 30_000 }

let server: NatsServer
let closing: (() => Promise<unknown>)[] = []
beforeAll(async () => {
  server = await NatsServer.start()
})
afterEach(async () => {
  if (!server.isRunning) await server.start()
  for (const close of closing.reverse()) await close()
  closing = []
})
afterAll(() => server.dispose())

const closed = <T extends { close(): Promise<unknown> }>(opened: T): T => {
  closing.push(() => opened.close())
  return opened
}
const project = (): string => randomUUID()
const openLog = async (name: string, url = server.url): Promise<NatsLog> =>
  closed(await NatsLog.open({ connection: { servers: url }, project: name, partitions: 1 }))
const openStore = async (name: string, url = server.url): Promise<NatsStore> =>
  closed(await NatsStore.open({ connection: { servers: url }, project: name }))
const openLine = async (): Promise<Line> => closed(await Line.open(server.url))
const admin = async (): Promise<Link['manager']> => closed(await Link.open({ servers: server.url })).manager

const numbers = (from: number, to: number): string[] => Array.from({ length: to - from + 1 }, (_, i) => `${from + i}`)

const blobOf = async (store: NatsStore, key: string): Promise<string | null> => {
  const parts: Uint8Array[] = []
  const chunks = await store.getBlob(key)
  if (chunks === null) return null
  for await (const chunk of chunks) parts.push(chunk)
  return untext(Buffer.concat(parts))
}

describe('NatsLog: readers', () => {
  test('a consumer that is taken away from under a reader leaves no gap', async () => {
    const name = project()
    const log = await openLog(name)
    const manager = await admin()
    for (const value of numbers(1, 20)) await log.append(0, text(value))
    const reading = readSome(log, 0, 1, 40)
    await readSome(log, 0, 1, 20)
    const stream = `pulssi-${name}-log-0`
    let deleted = 0
    for await (const { name: consumer } of manager.consumers.list(stream))
      deleted += Number(await manager.consumers.delete(stream, consumer))
    expect(deleted).toBeGreaterThan(0)
    for (const value of numbers(21, 40)) await log.append(0, text(value))
    expect((await reading).map(({ bytes }) => untext(bytes))).toEqual(numbers(1, 40))
  })

  test('a connection that breaks under a reader leaves no gap', async () => {
    const name = project()
    const line = await openLine()
    const [log, direct] = [await openLog(name, line.url), await openLog(name)]
    const reading = readSome(log, 0, 1, 300)
    for (const value of numbers(1, 300)) {
      await direct.append(0, text(value))
      if (Number(value) % 100 === 50) line.break()
    }
    expect((await reading).map(({ bytes }) => untext(bytes))).toEqual(numbers(1, 300))
  })

  test('a reader that begins beyond the end gets nothing that comes before', async () => {
    const name = project()
    const log = await openLog(name)
    const manager = await admin()
    await log.append(0, text('1'))
    const reading = readSome(log, 0, 5, 2)
    const consumers = async () => (await manager.streams.info(`pulssi-${name}-log-0`)).state.consumer_count
    await expect.poll(consumers, PATIENT).toBe(1)
    for (const value of numbers(2, 6)) await log.append(0, text(value))
    expect(await reading).toMatchObject([{ sequence: 5 }, { sequence: 6 }])
  })

  test('what a reader doesn’t fetch stays with the server', async () => {
    const name = project()
    const log = await openLog(name)
    const manager = await admin()
    for (let i = 0; i < 20; i++)
      await Promise.all(Array.from({ length: 50 }, () => log.append(0, new Uint8Array(READ_BYTES / 250))))
    const reading = log.read(0, 1, new AbortController().signal)[Symbol.asyncIterator]()
    const first = await reading.next()
    // Each a turn to the server and back, in which it could send more.
    for (let turns = 0; turns < 300; turns++) await log.bounds(0)
    const [consumer] = await manager.consumers.list(`pulssi-${name}-log-0`).next()
    expect(consumer?.num_pending).toBeGreaterThan(300)
    let count = (first.value as readonly unknown[]).length
    while (count < 1_000) count += ((await reading.next()).value as readonly unknown[]).length
    expect(count).toBe(1_000)
    await reading.return?.()
  })

  test('a reader that is slow gets 1,000 entries of 64 KB, and is not cut off for good', async () => {
    const log = await openLog(project())
    for (let i = 0; i < 1_000; i += 50)
      await Promise.all(Array.from({ length: 50 }, (_, k) => log.append(0, new Uint8Array(64_000).fill(i + k))))
    const stop = new AbortController()
    let next = 1
    for await (const batch of log.read(0, 1, stop.signal)) {
      for (const { sequence, bytes } of batch) {
        expect(sequence).toBe(next)
        expect(bytes[63_999]).toBe((next - 1) % 256)
        next++
      }
      if (next > 1_000) break
      for (let turns = 0; turns < 20; turns++) await new Promise(setImmediate)
    }
  })

  test('an entry that is gone from the middle is found', async () => {
    const name = project()
    const log = await openLog(name)
    for (const value of numbers(1, 5)) await log.append(0, text(value))
    await (await admin()).streams.deleteMessage(`pulssi-${name}-log-0`, 3)
    await expect(readSome(log, 0, 1, 5)).rejects.toThrow(/entry 3 .* is missing/)
    expect(await readSome(log, 0, 4, 2)).toHaveLength(2)
  })

  test('another number of partitions is refused', async () => {
    const name = project()
    await openLog(name)
    const wider = NatsLog.open({ connection: { servers: server.url }, project: name, partitions: 2 })
    await expect(wider).rejects.toThrow(/partition 0 of 1.*server\.partitions/)
  })
})

describe('NatsStore: answers that get lost, and a server that is killed', () => {
  test('a put against a revision whose answer got lost is known as our own', async () => {
    const name = project()
    const line = await openLine()
    const [store, direct] = [await openStore(name, line.url), await openStore(name)]
    const first = await store.put('lease', text('free'), 0)
    line.losesAnswers = true
    const taken = store.put('lease', text('mine'), first)
    await expect.poll(async () => untext((await direct.get('lease'))?.value ?? text('')), PATIENT).toBe('mine')
    line.break()
    const revision = await taken
    expect(revision).toBe((await direct.get('lease'))?.revision)
    expect(await direct.put('lease', text('theirs'), first)).toBeNull()
  })

  test('a value that is longer than the server takes is refused alone', async () => {
    const store = await openStore(project())
    const tooLong = store.put('a', new Uint8Array(8 * 1024 * 1024), null)
    const after = store.put('b', text('1'), null)
    await expect(tooLong).rejects.toThrow(RangeError)
    expect(await after).toBeGreaterThan(0)
  })

  test('a put that is sent again against any revision is one change', async () => {
    const name = project()
    const line = await openLine()
    const [store, direct] = [await openStore(name, line.url), await openStore(name)]
    line.losesAnswers = true
    const put = store.put('a', text('1'), null)
    await expect.poll(() => direct.get('a'), PATIENT).not.toBeNull()
    const revision = (await direct.get('a'))?.revision
    line.break()
    expect(await put).toBe(revision)
    expect((await direct.get('a'))?.revision).toBe(revision)
  })

  test('a blob whose last answer got lost is there whole', async () => {
    const name = project()
    const line = await openLine()
    const [store, direct] = [await openStore(name, line.url), await openStore(name)]
    await store.putBlob('a', [text('old')])
    const content = 'n'.repeat(2 * CHUNK_BYTES)
    const source = async function* (): AsyncGenerator<Uint8Array> {
      yield text(content)
      // Both chunks are stored; what names them comes next.
      line.losesAnswers = true
    }
    const put = store.putBlob('a', source())
    await direct.blobs('')
    await expect.poll(() => blobOf(direct, 'a'), PATIENT).toBe(content)
    line.break()
    await put
    expect(await blobOf(direct, 'a')).toBe(content)
    expect(await blobOf(store, 'a')).toBe(content)
  })

  test('chunks that a process left behind are taken away by a later start, those of a put under way are not', async () => {
    const name = project()
    const line = await openLine()
    const [store, manager] = [await openStore(name, line.url), await admin()]
    await store.putBlob('kept', [text('kept')])
    let begun = (): void => undefined
    const isBegun = new Promise<void>(resolve => {
      begun = resolve
    })
    const source = async function* (): AsyncGenerator<Uint8Array> {
      yield new Uint8Array(CHUNK_BYTES)
      begun()
      await new Promise(() => undefined)
    }
    void store.putBlob('left', source())
    await isBegun
    const chunks = async (): Promise<number> => (await manager.streams.info(`OBJ_pulssi-${name}-blobs`)).state.messages
    expect(await chunks()).toBe(3)
    const start = async (now: number): Promise<void> => {
      const connection = { servers: server.url }
      await (await NatsStore.open({ connection, project: name, clock: { now: () => now } })).close()
    }
    await start(Date.now())
    expect(await chunks()).toBe(3)
    await start(Date.now() + 2 * ORPHAN_MS)
    expect(await chunks()).toBe(2)
    expect(await blobOf(store, 'kept')).toBe('kept')
  })

  test('a blob whose chunks are gone or others is never taken for whole', async () => {
    const name = project()
    const store = await openStore(name)
    const link = closed(await Link.open({ servers: server.url }))
    const stream = `OBJ_pulssi-${name}-blobs`
    const chunkAt = (seq: number) => link.manager.streams.getMessage(stream, { seq })
    await store.putBlob('a', [new Uint8Array(2 * CHUNK_BYTES)])
    const second = await chunkAt(2)
    await link.manager.streams.deleteMessage(stream, 2)
    await expect(blobOf(store, 'a')).rejects.toThrow(DamagedBlob)
    await link.jetstream.publish(second?.subject ?? '', new Uint8Array(CHUNK_BYTES).fill(1))
    await expect(blobOf(store, 'a')).rejects.toThrow(DamagedBlob)
    await store.putBlob('a', [text('whole')])
    expect(await blobOf(store, 'a')).toBe('whole')
  })

  test('a server killed while a blob is put leaves the old one; values and blobs are there after the restart', async () => {
    const store = await openStore(project())
    await store.put('a', text('1'), null)
    await store.putBlob('a', [text('old')])
    const source = async function* (): AsyncGenerator<Uint8Array> {
      for (let i = 0; i < 8; i++) {
        if (i === 4) await server.kill()
        yield new Uint8Array(200_000).fill(i)
      }
    }
    const put = store.putBlob('a', source()).catch(String)
    await expect.poll(() => server.isRunning, PATIENT).toBe(false)
    await server.start()
    expect(await put).toMatch(/connection|timeout/i)
    expect(untext((await store.get('a'))?.value ?? text(''))).toBe('1')
    expect(await blobOf(store, 'a')).toBe('old')
    await store.putBlob('a', [text('new')])
    expect(await blobOf(store, 'a')).toBe('new')
  })
})
