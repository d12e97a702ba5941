import { join } from 'node:path'
import type { Bus, EventLog, Store } from '../ports.js'
import { LmdbStore } from './lmdb-store.js'
import { lockFolder } from './lock.js'
import { MemoryBus } from './memory-bus.js'
import { SegmentLog, type SegmentLogOptions } from './segment-log.js'

export interface Embedded {
  readonly log: EventLog
  readonly bus: Bus
  readonly store: Store
  /** Closes all three and gives the folder free. */
  close(): Promise<void>
}

export type EmbeddedOptions = Omit<SegmentLogOptions, 'folder'>

/**
 * The three ports of a server by itself, with all of its data in one folder. Throws FolderLocked where another process
 * owns it, DamagedLog where what was acknowledged can't be read.
 */
export const openEmbedded = async (dataDir: string, options: EmbeddedOptions): Promise<Embedded> => {
  const unlock = lockFolder(dataDir)
  try {
    const log = await SegmentLog.open({ ...options, folder: join(dataDir, 'log') })
    const store = LmdbStore.open(join(dataDir, 'store'))
    const bus = new MemoryBus()
    const close = async (): Promise<void> => {
      try {
        await bus.close()
        await log.close()
        await store.close()
      } finally {
        unlock()
      }
    }
    return { log, bus, store, close }
  } catch (error) {
    unlock()
    throw error
  }
}
