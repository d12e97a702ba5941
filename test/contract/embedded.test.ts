import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { FileStore, MemoryBus, SegmentLog } from '../../aggregator/src/embedded/index.js'
import type { EventLog } from '../../aggregator/src/ports.js'
import { busContract } from './bus.js'
import { eventLogContract, type LogHarness, type LogOptions } from './event-log.js'
import { type StoreHarness, storeContract } from './store.js'

const SEGMENT_BYTES = 64 * 1024

const temporary = (): Promise<string> => mkdtemp(join(tmpdir(), 'pulssi-contract-'))

const makeLog = async ({ partitions, queueBytes }: LogOptions): Promise<LogHarness> => {
  const folder = await temporary()
  const open = (): Promise<SegmentLog> =>
    SegmentLog.open({ folder, partitions, limits: { queueBytes, segmentBytes: SEGMENT_BYTES } })
  const log = await open()
  let current: EventLog = log
  return {
    log,
    reopen: async () => {
      await current.close()
      current = await open()
      return current
    },
    fill: async (filled, partition) => {
      for (let i = 0; i < 40; i++) await filled.append(partition, new Uint8Array(SEGMENT_BYTES / 8).fill(i))
    },
    dispose: async () => {
      await current.close()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

const makeStore = async (): Promise<StoreHarness> => {
  const folder = await temporary()
  const store = await FileStore.open({ folder })
  let current = store
  return {
    store,
    reopen: async () => {
      await current.close()
      current = await FileStore.open({ folder })
      return current
    },
    dispose: async () => {
      await current.close()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

eventLogContract('SegmentLog', makeLog)
busContract('MemoryBus', async () => new MemoryBus(() => undefined))
storeContract('FileStore', makeStore)
