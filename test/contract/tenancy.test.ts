import { randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll } from 'vitest'
import { FileStore, MemoryBus } from '../../aggregator/src/embedded/index.js'
import { NatsBus, NatsStore } from '../../aggregator/src/nats/index.js'
import { NatsServer } from './nats-server.js'
import { tenancyContract } from './tenancy.js'

let server: NatsServer
beforeAll(async () => {
  server = await NatsServer.start()
})
afterAll(() => server.dispose())

tenancyContract('NatsStore', async () => {
  const place = { connection: { servers: server.url }, project: randomUUID() }
  const opened: { close(): Promise<void> }[] = []
  return {
    open: async () => {
      const store = await NatsStore.open(place)
      const bus = await NatsBus.open({ ...place, onError: () => undefined })
      opened.push(store, bus)
      return { store, bus }
    },
    dispose: async () => {
      for (const port of opened) await port.close()
    },
  }
})

tenancyContract('FileStore', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'pulssi-tenancy-'))
  const store = await FileStore.open({ folder })
  const bus = new MemoryBus(() => undefined)
  return {
    open: async () => ({ store, bus }),
    dispose: async () => {
      await bus.close()
      await store.close()
      await rm(folder, { recursive: true, force: true })
    },
  }
})
