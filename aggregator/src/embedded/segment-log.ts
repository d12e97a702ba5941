import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import type { Entry, EventLog } from '../ports.js'
import { type ChangeEntry, rewriteSegments } from './compact.js'
import { DamagedLog, LOG_ADVICE } from './damage.js'
import { type Disk, nodeDisk } from './disk.js'
import { HEADER_BYTES } from './format.js'
import { PARTITION_LIMITS, type PartitionLimits, PartitionLog } from './partition.js'
import { readPartition } from './reader.js'
import { type Listed, listSegments } from './segments.js'

export interface SegmentLogOptions {
  readonly folder: string
  /** As many as the folder was made with. */
  readonly partitions: number
  readonly disk?: Disk
  readonly limits?: Partial<PartitionLimits>
  /** Sequences that the first entries of an empty folder's partitions get, where a backup is restored; else 1. */
  readonly firsts?: readonly number[]
  /** The log that is restored was compacted: without its images nobody may count it again. */
  readonly isRewritten?: boolean
  /** What the log's files must bear, where the caller knows: then they must be there. */
  readonly id?: string | null
  /** Told what an operator should know although nothing that was found is wrong. */
  readonly warn?: (sentence: string) => void
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

const emitWarning = (sentence: string): void => process.emitWarning(sentence)

const ID_BYTES = 8
/** Digits of an id that a message shows. */
const SHOWN = 8

/** The id in most of the files, null where there are none. */
const commonId = (found: readonly (readonly Listed[])[]): string | null => {
  const counts = new Map<string, number>()
  for (const { id } of found.flat()) counts.set(id, (counts.get(id) ?? 0) + 1)
  return [...counts].sort(([, a], [, b]) => b - a)[0]?.[0] ?? null
}

/** Throws DamagedLog where a file is of another log, or a partition has none although something was there. */
const checkBelonging = (folder: string, found: readonly (readonly Listed[])[], known: string | null): string => {
  const id = known ?? commonId(found) ?? randomBytes(ID_BYTES).toString('hex')
  const all = found.flat()
  if (all.length > 0 && all.every(each => each.id !== id)) {
    throw new DamagedLog(
      `the log in ${folder} and the store beside it are of two data folders. Put back the one that was there: what it ` +
        'held is lost otherwise. Without the store the counts go on, but not its incidents and history.',
    )
  }
  const foreign = all.find(each => each.id !== id)
  if (foreign !== undefined) {
    throw new DamagedLog(
      `${foreign.segment.path} belongs to another log (${foreign.id.slice(0, SHOWN)}, not ${id.slice(0, SHOWN)}), so the ` +
        `entries that its name stands for may be lost. Put back the file that was there. ${LOG_ADVICE}`,
    )
  }
  const isUsed = found.some(
    listed => listed.length > 1 || listed.some(({ segment }) => segment.endBytes > HEADER_BYTES),
  )
  const missing = found.findIndex(listed => listed.length === 0)
  if (missing < 0 || (known === null && !isUsed)) return id
  throw new DamagedLog(
    `${join(folder, `p${missing}`)} has no segment: all entries of partition ${missing} are lost. ${LOG_ADVICE}`,
  )
}

/** EventLog in append-only files: a folder a partition, a file a segment. One process may own the folder. */
export class SegmentLog implements EventLog {
  /** The log's own, random: 16 hexadecimal digits. What refers to its entries bears it too. */
  readonly id: string
  /** A compaction had changed what some entries say when the log was opened. */
  readonly isRewritten: boolean
  readonly #logs: readonly PartitionLog[]

  private constructor(id: string, isRewritten: boolean, logs: readonly PartitionLog[]) {
    this.id = id
    this.isRewritten = isRewritten
    this.#logs = logs
  }

  /** Throws DamagedLog where entries that were durable can't be read, or the folder isn't this log's. */
  static async open(options: SegmentLogOptions): Promise<SegmentLog> {
    const {
      folder,
      partitions,
      disk = nodeDisk,
      limits = {},
      firsts = [],
      isRewritten = false,
      warn = emitWarning,
    } = options
    await checkFolders(disk, folder, partitions)
    const places = Array.from({ length: partitions }, (_, partition) => {
      return { disk, folder: join(folder, `p${partition}`), partition, partitions }
    })
    const found: Listed[][] = []
    for (const place of places) {
      await disk.makeFolder(place.folder)
      found.push(await listSegments(place))
    }
    const id = checkBelonging(folder, found, options.id ?? null)
    const logs: PartitionLog[] = []
    try {
      for (const place of places) {
        const segments = found[place.partition]?.map(({ segment }) => segment) ?? []
        const first = firsts[place.partition] ?? 1
        logs.push(
          await PartitionLog.open(
            { ...place, id, warn, isRewritten },
            { ...PARTITION_LIMITS, ...limits },
            segments,
            first,
          ),
        )
      }
      await disk.syncFolder(folder)
    } catch (error) {
      await Promise.allSettled(logs.map(log => log.close()))
      throw error
    }
    return new SegmentLog(
      id,
      found.flat().some(({ isRewritten }) => isRewritten),
      logs,
    )
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

  /** Ends the segment being written; resolves with its last sequence. Rejects like an append. */
  rotate(partition: number): Promise<number> {
    return this.#log(partition).rotate()
  }

  /** See rewriteSegments. */
  rewrite(partition: number, through: number, change: ChangeEntry): Promise<number> {
    return rewriteSegments(this.#log(partition), through, change)
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
