import { join } from 'node:path'
import type { Entry, EventLog } from '../ports.js'
import { type Disk, nodeDisk } from './disk.js'
import { PARTITION_LIMITS, type PartitionLimits, PartitionLog } from './partition.js'
import { readPartition } from './reader.js'
import { DamagedLog } from './segments.js'

export interface SegmentLogOptions {
  readonly folder: string
  /** As many as the folder was made with. */
  readonly partitions: number
  readonly disk?: Disk
  readonly limits?: Partial<PartitionLimits>
}

const FOLDER = /^p(\d+)$/

const checkFolders = async (disk: Disk, folder: string, partitions: number): Promise<void> => {
  await disk.makeFolder(folder)
  const beyond = (await disk.list(folder)).find(name => Number(FOLDER.exec(name)?.[1] ?? -1) >= partitions)
  if (beyond === undefined) return
  throw new DamagedLog(
    `${join(folder, beyond)} belongs to a log of more than ${partitions} partitions. Set server.partitions back, or use another data folder.`,
  )
}

/** EventLog in append-only files: a folder a partition, a file a segment. One process may own the folder. */
export class SegmentLog implements EventLog {
  readonly #logs: readonly PartitionLog[]

  private constructor(logs: readonly PartitionLog[]) {
    this.#logs = logs
  }

  /** Throws DamagedLog where entries that were durable can't be read, or the folder isn't this log's. */
  static async open({ folder, partitions, disk = nodeDisk, limits = {} }: SegmentLogOptions): Promise<SegmentLog> {
    await checkFolders(disk, folder, partitions)
    const logs: PartitionLog[] = []
    try {
      for (let partition = 0; partition < partitions; partition++) {
        const place = { disk, folder: join(folder, `p${partition}`), partition, partitions }
        logs.push(await PartitionLog.open(place, { ...PARTITION_LIMITS, ...limits }))
      }
      await disk.syncFolder(folder)
    } catch (error) {
      await Promise.allSettled(logs.map(log => log.close()))
      throw error
    }
    return new SegmentLog(logs)
  }

  get partitions(): number {
    return this.#logs.length
  }

  /** `bytes` must not change until the promise settles. */
  append(partition: number, bytes: Uint8Array): Promise<number> {
    return this.#log(partition).append(bytes)
  }

  read(partition: number, from: number, signal: AbortSignal): AsyncIterable<readonly Entry[]> {
    return readPartition(this.#log(partition), from, signal)
  }

  async bounds(partition: number): Promise<{ first: number; last: number }> {
    const { first, last } = this.#log(partition)
    return { first, last }
  }

  trim(partition: number, sequence: number): Promise<void> {
    return this.#log(partition).trim(sequence)
  }

  async close(): Promise<void> {
    const results = await Promise.allSettled(this.#logs.map(log => log.close()))
    for (const result of results) if (result.status === 'rejected') throw result.reason
  }

  #log(partition: number): PartitionLog {
    const log = this.#logs[partition]
    if (log === undefined) throw new RangeError(`no partition ${partition}, there are ${this.#logs.length}`)
    return log
  }
}
