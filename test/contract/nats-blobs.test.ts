/** Blobs on NATS: how their chunks are read. */
import { jetstreamManager } from '@nats-io/jetstream'
import { connect } from '@nats-io/transport-node'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { NatsStore } from '../../aggregator/src/nats/store.js'
import { NatsServer } from './nats-server.js'

const PROJECT = 'blobs'
const STREAM = 'OBJ_pulssi-blobs-blobs'

describe('a blob of many chunks', () => {
  let server: NatsServer
  beforeAll(async () => {
    server = await NatsServer.start()
  })
  afterAll(() => server.dispose())

  const openStore = () => NatsStore.open({ connection: { servers: server.url }, project: PROJECT })
  const read = async (store: NatsStore, key: string): Promise<Buffer> => {
    const parts: Uint8Array[] = []
    for await (const part of (await store.getBlob(key)) ?? []) parts.push(part)
    return Buffer.concat(parts)
  }

  test('is read alike whether its bucket allows direct reads or not', async () => {
    const store = await openStore()
    const bytes = Buffer.from(Array.from({ length: 700_000 }, (_, i) => (i * i) % 251))
    await store.putBlob('image', [bytes])
    const connection = await connect({ servers: server.url })
    const manager = await jetstreamManager(connection)
    for (const allowed of [true, false]) {
      await manager.streams.update(STREAM, { allow_direct: allowed })
      expect((await manager.streams.info(STREAM)).config.allow_direct ?? false).toBe(allowed)
      expect((await read(store, 'image')).equals(bytes)).toBe(true)
    }
    await connection.close()
    await store.close()
  })

  test('is asked of the leader for no chunk where direct reads are allowed', async () => {
    const store = await openStore()
    await store.putBlob('image', [Buffer.alloc(700_000, 7)])
    const connection = await connect({ servers: server.url })
    const manager = await jetstreamManager(connection)
    await manager.streams.update(STREAM, { allow_direct: true })
    let asked = 0
    connection.subscribe(`$JS.API.STREAM.MSG.GET.${STREAM}`, {
      callback: () => {
        asked++
      },
    })
    await connection.flush()
    expect((await read(store, 'image')).length).toBe(700_000)
    await connection.flush()
    // The lookups of the blob's name alone: they must not be behind.
    expect(asked).toBeGreaterThan(0)
    expect(asked).toBeLessThanOrEqual(2)
    await connection.close()
    await store.close()
  })
})
