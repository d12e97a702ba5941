import { join } from 'node:path'
import type { Bus } from '../ports.js'
import { DamagedFolder, DamagedStore } from './damage.js'
import { nodeDisk } from './disk.js'
import { FileStore } from './file-store.js'
import { lockFolder } from './lock.js'
import { MemoryBus } from './memory-bus.js'
import { SegmentLog, type SegmentLogOptions } from './segment-log.js'
import { readStoreId } from './values-file.js'

export interface Embedded {
  readonly log: SegmentLog
  readonly bus: Bus
  readonly store: FileStore
  /** Closes all three and gives the folder free. */
  close(): Promise<void>
}

export type EmbeddedOptions = Omit<SegmentLogOptions, 'folder' | 'id'>

/** The disk, not the data, keeps the folder from being used. */
class FolderUnusable extends DamagedFolder {
  constructor(dataDir: string, error: NodeJS.ErrnoException) {
    super(
      `the data folder ${dataDir} can't be used: ${error.message}. Nothing in it was found to be lost: give this user ` +
        'the right to read and write it, make room on its disk, or use another data folder (--data).',
    )
    this.name = 'FolderUnusable'
  }
}

const isOfTheDisk = (error: unknown): error is NodeJS.ErrnoException => {
  const { code, syscall } = error as NodeJS.ErrnoException
  return error instanceof Error && typeof code === 'string' && typeof syscall === 'string'
}

const isUsed = async (log: SegmentLog): Promise<boolean> => {
  for (let partition = 0; partition < log.partitions; partition++) {
    const { first, last } = await log.bounds(partition)
    if (last >= first) return true
  }
  return false
}

/**
 * The store bears the log's id. It is made last, so that where there is one, a log that is missing was lost.
 */
const openParts = async (dataDir: string, options: EmbeddedOptions): Promise<{ log: SegmentLog; store: FileStore }> => {
  const { disk = nodeDisk, warn = (sentence: string): void => process.emitWarning(sentence) } = options
  const folder = join(dataDir, 'store')
  const storeId = await readStoreId(disk, folder)
  const log = await SegmentLog.open({ ...options, folder: join(dataDir, 'log'), id: storeId })
  try {
    if (storeId === null && log.isRewritten) {
      throw new DamagedStore(
        `${folder} holds no values, and a compaction has taken erased visitors out of the log, so that their counts are ` +
          'lost and the others can not be told from the log alone. Restore the store from a backup; or move the data ' +
          'folder away to start anew without its history.',
      )
    }
    if (storeId === null && (await isUsed(log))) {
      warn(
        `${folder} holds no values any more: the counts go on from the log and the images, but incidents, history and ` +
          'everything else that was kept there is lost. Restore it from a backup if you have one.',
      )
    }
    return { log, store: await FileStore.open({ folder, disk, id: log.id, warn }) }
  } catch (error) {
    await log.close().catch(() => undefined)
    throw error
  }
}

/**
 * The three ports of a server by itself, with all of its data in one folder. Throws FolderLocked where another process
 * owns it, DamagedFolder where it can't be used: what was acknowledged can't be read, or the disk refuses.
 */
export const openEmbedded = async (dataDir: string, options: EmbeddedOptions): Promise<Embedded> => {
  let unlock: (() => void) | null = null
  try {
    unlock = lockFolder(dataDir)
    const free = unlock
    const { log, store } = await openParts(dataDir, options)
    const bus = new MemoryBus()
    const close = async (): Promise<void> => {
      const results = await Promise.allSettled([bus.close(), log.close(), store.close()])
      free()
      for (const result of results) if (result.status === 'rejected') throw result.reason
    }
    return { log, bus, store, close }
  } catch (error) {
    unlock?.()
    throw isOfTheDisk(error) ? new FolderUnusable(dataDir, error) : error
  }
}
