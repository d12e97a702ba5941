import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { NatsBus, NatsLog, NatsStore, openNats } from '../../aggregator/src/nats/index.js'
import type { EventLog, Store } from '../../aggregator/src/ports.js'
import { busContract } from './bus.js'
import { eventLogContract, type LogHarness, type LogOptions, readSome, text, untext } from './event-log.js'
import { NatsServer } from './nats-server.js'
import { type StoreHarness, storeContract } from './store.js'

let server: NatsServer
beforeAll(async () => {
  server = await NatsServer.start()
})
afterAll(() => server.dispose())

const place = () => ({ connection: { servers: server.url }, project: randomUUID() })

const makeLog = async ({ partitions, queueBytes }: LogOptions): Promise<LogHarness> => {
  const options = { ...place(), partitions, queueBytes }
  const log = await NatsLog.open(options)
  let current: EventLog = log
  return {
    log,
    reopen: async () => {
      await current.close()
      current = await NatsLog.open(options)
      return current
    },
    fill: async (filled, partition) => {
      for (let i = 0; i < 40; i++) await filled.append(partition, new Uint8Array(1024).fill(i))
    },
    dispose: () => current.close(),
  }
}

const makeStore = async (): Promise<StoreHarness> => {
  const options = place()
  const store = await NatsStore.open(options)
  let current: Store = store
  return {
    store,
    reopen: async () => {
      await current.close()
      current = await NatsStore.open(options)
      return current
    },
    dispose: () => current.close(),
  }
}

eventLogContract('NatsLog', makeLog)
busContract('NatsBus', () => NatsBus.open({ ...place(), onError: () => undefined }))
storeContract('NatsStore', makeStore)

describe('openNats', () => {
  test('two members of a cluster have the log, the bus and the store in common', async () => {
    const options = { ...place(), partitions: 1 }
    const [one, two] = [await openNats(options), await openNats(options)]
    const heard = new Promise(resolve => two.bus.subscribe('a.>', resolve))
    // The first publish may come before the server knows who listens.
    const telling = setInterval(() => one.bus.publish('a.b', text('heard')), 5)
    expect(untext((await heard) as Uint8Array)).toBe('heard')
    clearInterval(telling)
    expect(await Promise.all([one.log.append(0, text('a')), two.log.append(0, text('b'))])).toHaveLength(2)
    const values = (await readSome(two.log, 0, 1, 2)).map(({ bytes }) => untext(bytes))
    expect(values.sort()).toEqual(['a', 'b'])
    const revision = await one.store.put('k', text('v'), 0)
    expect(await two.store.put('k', text('w'), 0)).toBeNull()
    expect(await two.store.put('k', text('w'), revision)).not.toBeNull()
    await one.store.putBlob('image/0', [text('image')])
    expect(await two.store.blobs('image/')).toEqual(['image/0'])
    expect(await two.store.getBlob('image/0')).not.toBeNull()
    await one.close()
    await two.close()
  })

  test('a server that is not there is an error at once', async () => {
    const connection = { servers: '127.0.0.1:1', timeout: 500 }
    await expect(openNats({ connection, project: 'none', partitions: 1 })).rejects.toThrow(/refused/i)
  })
})
