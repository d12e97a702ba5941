/** A backup of a cluster, whose workers go on meanwhile. */
import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import { FencedStore, PointedShelf, PointedStore } from '../../aggregator/src/cluster/index.js'
import { openEmbedded } from '../../aggregator/src/embedded/index.js'
import { type Nats, openNats } from '../../aggregator/src/nats/index.js'
import { restore } from '../../aggregator/src/ops/index.js'
import { type EventLog, type Store, soleTenure } from '../../aggregator/src/ports.js'
import { readImage } from '../../aggregator/src/worker/image.js'
import { archiveOf, contentsOf, type Kept, text } from './archived.js'
import { NatsServer } from './nats-server.js'

const PARTITIONS = 2
/** More than one piece of an archive, so that a part of it is written before the rest is asked for. */
const LARGE_BYTES = 6 * 1024 * 1024
const DAY = 'history/0/2026-01-05'

let server: NatsServer
let nats: Nats
let folder: string
beforeAll(async () => {
  server = await NatsServer.start()
})
afterAll(() => server.dispose())
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'pulssi-backup-'))
  nats = await openNats({ connection: { servers: server.url }, project: randomUUID(), partitions: PARTITIONS })
  const { close } = nats
  onTestFinished(async () => {
    rmSync(folder, { recursive: true, force: true })
    await close()
  })
})

const tenure = soleTenure('partition/0')

/** An image of an entry, of as many bytes. */
const putImage = async (sequence: number, sizeBytes = 10): Promise<void> => {
  const chunks = async function* (): AsyncGenerator<Uint8Array> {
    yield new Uint8Array(sizeBytes).fill(sequence)
  }
  await new PointedShelf(nats.store, 0, tenure).put(sequence, chunks())
}

const putDay = (words: string): Promise<void> => new FencedStore(nats.store, tenure).putBlob(DAY, [text(words)])

const appended = async (count: number): Promise<void> => {
  for (let i = 1; i <= count; i++) await nats.log.append(0, text(`entry ${i}`))
}

/** As a gateway sees it; `then` comes once, when `method` of a port was called. */
const seen = (port: 'log' | 'store', method: string, then: () => Promise<void>): Kept => {
  let isDone = false
  const parts: { log: EventLog; store: Store } = { log: nats.log, store: new PointedStore(nats.store) }
  const hooked = new Proxy<object>(parts[port], {
    get: (target, name) => {
      const value = Reflect.get(target, name) as unknown
      if (typeof value !== 'function') return value
      if (name !== method) return value.bind(target)
      return async (...args: unknown[]) => {
        const result = await value.apply(target, args)
        if (!isDone) {
          isDone = true
          await then()
        }
        return result
      }
    },
  })
  return { ...parts, [port]: hooked }
}

/** `then` comes once much of the first blob was read. */
const seenMidway = (then: () => Promise<void>): Kept => {
  const [store, seen] = [new PointedStore(nats.store), new PointedStore(nats.store)]
  let left = LARGE_BYTES - 1024 * 1024
  const getBlob = async (key: string): ReturnType<Store['getBlob']> => {
    const blob = await store.getBlob(key)
    if (blob === null) return null
    return (async function* () {
      for await (const chunk of blob) {
        yield chunk
        left -= chunk.length
        if (left > 0 || left + chunk.length <= 0) continue
        await then()
      }
    })()
  }
  return { log: nats.log, store: Object.assign(seen, { getBlob }) }
}

const plain = (): Kept => ({ log: nats.log, store: new PointedStore(nats.store) })

/** Backs up, restores into a folder, and tells what is there. */
const throughFolder = async (kept: Kept) => {
  const archive = await archiveOf(kept, join(folder, 'backup.tar'))
  await restore(archive, join(folder, 'data'))
  const embedded = await openEmbedded(join(folder, 'data'), { partitions: PARTITIONS })
  onTestFinished(() => embedded.close())
  return { ...(await contentsOf(embedded)), store: embedded.store }
}

const hex = (words: string): string => Buffer.from(words).toString('hex')

describe('a backup of a cluster', () => {
  test('has keys of its own, not the places of a cluster, and nobody’s leases', async () => {
    await appended(9)
    for (const sequence of [3, 6, 9]) await putImage(sequence)
    await putDay('old')
    await putDay('new')
    for (const key of ['a', 'lease/partition/0', 'member/worker/me', 'salt/today'])
      await nats.store.put(key, text(key), 0)
    const { values, blobs, logs, store } = await throughFolder(plain())
    expect(values).toEqual([['a', hex('a')]])
    expect(blobs.map(([key]) => key)).toEqual([DAY, 'image/0/0000000000000006', 'image/0/0000000000000009'])
    expect(blobs[0]).toEqual([DAY, hex('new')])
    expect(logs[0]?.length).toBe(10)
    const image = await store.getBlob('image/0/0000000000000009')
    if (image === null) throw new Error('it is not there')
    expect(await readImage(image)).toMatchObject({ sequence: 9, chunks: [new Uint8Array(10).fill(9)] })
  })

  test('leaves an image out that is replaced while it is read, and one that was replaced before', async () => {
    await appended(9)
    await putImage(3, LARGE_BYTES)
    await putImage(6)
    // Both go: the first while it is read, the second before it is.
    const kept = seenMidway(async () => {
      for (const sequence of [8, 9]) await putImage(sequence)
    })
    expect((await throughFolder(kept)).blobs).toEqual([])
  })

  test('fails where no image is left that the rest of the log goes on from', async () => {
    await appended(9)
    await putImage(3, LARGE_BYTES)
    await putImage(6)
    await nats.log.trim(0, 4)
    const kept = seen('store', 'getBlob', async () => {
      for (const sequence of [8, 9]) await putImage(sequence)
    })
    await expect(throughFolder(kept)).rejects.toThrow(/partition 0 has no image that its log, which begins at entry 4/)
    expect((await throughFolder(plain())).blobs.map(([key]) => key)).toEqual([
      'image/0/0000000000000008',
      'image/0/0000000000000009',
    ])
  })

  test('has the newest of a blob that is replaced while it is read', async () => {
    await putDay('first')
    const kept = seen('store', 'getBlob', async () => {
      for (const words of ['second', 'third', 'fourth']) await putDay(words)
    })
    expect((await throughFolder(kept)).blobs).toEqual([[DAY, hex('fourth')]])
  })

  test('begins where the log does once it is read', async () => {
    await appended(9)
    await putImage(6)
    const kept = seen('log', 'bounds', () => nats.log.trim(0, 5))
    const { logs } = await throughFolder(kept)
    expect(logs[0]?.slice(0, 2)).toEqual([
      [4, 'begins behind'],
      [5, hex('entry 5')],
    ])
    expect(logs[0]?.length).toBe(6)
  })
})
