import { join } from 'node:path'
import { DamagedLog, damageText, LOG_ADVICE, missingText } from './damage.js'
import { type Disk, type DiskFile, readFully, writeAll } from './disk.js'
import {
  decodeHeader,
  decodeRecord,
  encodeHeader,
  FORMAT_VERSION,
  HEADER_BYTES,
  laterCommit,
  rewrittenHeader,
  type SegmentHeader,
} from './format.js'
import { MARK_BYTES } from './limits.js'

/** One file of a partition. `endBytes`: where its durable entries end. */
export interface Segment {
  readonly path: string
  readonly first: number
  endBytes: number
  /** Places from which it can be read, in order; the first is right after the header. */
  readonly marks: { readonly sequence: number; readonly atBytes: number }[]
}

const SUFFIX = '.seg'
/** Ends the name of a file that isn't whole yet; what a crash left of it is removed. */
export const UNFINISHED = '.new'
const NAME_DIGITS = 16

const nameOf = (first: number): string => String(first).padStart(NAME_DIGITS, '0') + SUFFIX

export const segmentOf = (path: string, first: number, endBytes: number): Segment => ({
  path,
  first,
  endBytes,
  marks: [{ sequence: first, atBytes: HEADER_BYTES }],
})

/** Remembers a place of a segment if it is far enough from the last one. */
export const remember = (segment: Segment, sequence: number, atBytes: number): void => {
  const last = segment.marks.at(-1)
  if (last === undefined || atBytes - last.atBytes >= MARK_BYTES) segment.marks.push({ sequence, atBytes })
}

/** Where the log of one partition lies, and as which of how many. */
export interface PartitionPlace {
  readonly disk: Disk
  readonly folder: string
  readonly partition: number
  readonly partitions: number
  /** The log's own. */
  readonly id: string
  /** Told what an operator should know although nothing that was found is wrong. */
  readonly warn: (sentence: string) => void
  /** New segments say that a compaction changed their entries: they are of a log that is being restored. */
  readonly isRewritten: boolean
}

/** A new, empty segment; it has its name only once its header is durable. */
export const createSegment = async (place: PartitionPlace, first: number): Promise<[Segment, DiskFile]> => {
  const { disk, folder } = place
  const path = join(folder, nameOf(first))
  const file = await disk.open(path + UNFINISHED, 'create')
  try {
    const header = encodeHeader({ ...place, first })
    await writeAll(file, place.isRewritten ? rewrittenHeader(header) : header, 0)
    await file.sync()
    await disk.rename(path + UNFINISHED, path)
    await disk.syncFolder(folder)
  } catch (error) {
    await file.close().catch(() => undefined)
    throw error
  }
  return [segmentOf(path, first, HEADER_BYTES), file]
}

/** A segment as the folder has it, with what its header says of the log it belongs to. */
export interface Listed {
  readonly segment: Segment
  readonly id: string
  readonly isRewritten: boolean
}

type Known = Omit<PartitionPlace, 'id' | 'warn' | 'isRewritten'>

const checkHeader = (path: string, bytes: Buffer, first: number, { partition, partitions }: Known): SegmentHeader => {
  const header = decodeHeader(bytes)
  if (header === null) {
    throw new DamagedLog(
      `${path}: its first ${HEADER_BYTES} bytes are damaged, so all of its entries are lost. ${LOG_ADVICE}`,
    )
  }
  if (header.version !== FORMAT_VERSION) {
    throw new DamagedLog(
      `${path} has format version ${header.version}, this release reads ${FORMAT_VERSION}. Run the release that wrote it.`,
    )
  }
  if (header.partitions !== partitions) {
    throw new DamagedLog(
      `${path} was written with ${header.partitions} partitions, and the configuration now says ${partitions}. ` +
        'Set server.partitions back, or use another data folder.',
    )
  }
  if (header.partition !== partition || header.first !== first) {
    throw new DamagedLog(
      `${path} holds what belongs into partition ${header.partition} from entry ${header.first} on, so the entries of ` +
        `partition ${partition} that its name stands for may be lost. Put the files back where they were. ${LOG_ADVICE}`,
    )
  }
  return header
}

const listOne = async (place: Known, path: string, first: number): Promise<Listed> => {
  const file = await place.disk.open(path, 'read')
  try {
    const { id, isRewritten } = checkHeader(path, await readFully(file, Buffer.alloc(HEADER_BYTES), 0), first, place)
    return { segment: segmentOf(path, first, await file.sizeBytes()), id, isRewritten }
  } finally {
    await file.close()
  }
}

/** The segments of a partition as the folder has them, oldest first. Only headers are read. Throws DamagedLog. */
export const listSegments = async (place: Known): Promise<Listed[]> => {
  const { disk, folder } = place
  const listed: Listed[] = []
  for (const name of await disk.list(folder)) {
    const path = join(folder, name)
    if (name.endsWith(UNFINISHED)) await disk.remove(path)
    if (name.endsWith(SUFFIX)) listed.push(await listOne(place, path, Number(name.slice(0, -SUFFIX.length))))
  }
  return listed
}

/**
 * Checks the newest segment entry by entry and cuts off what a crash left half written. `durable`: the last entry known
 * to have been durable, null where nobody knows. Returns the sequence of its last entry and the open file. Throws
 * DamagedLog where an entry that had been durable can't be read.
 */
export const recoverSegment = async (
  { disk, partition }: PartitionPlace,
  segment: Segment,
  durable: number | null,
): Promise<{ last: number; file: DiskFile }> => {
  const file = await disk.open(segment.path, 'write')
  try {
    const bytes = await readFully(file, Buffer.allocUnsafe(await file.sizeBytes()), 0)
    let at = HEADER_BYTES
    let next = segment.first
    while (at < bytes.length) {
      const found = decodeRecord(bytes, at)
      if (found.is === 'closed' && found.sequence === next) at = found.end
      else if (found.is === 'entry' && found.sequence === next) {
        remember(segment, next, at)
        at = found.end
        next++
      } else break
    }
    const known = durable ?? 0
    if (at < bytes.length) {
      const later = laterCommit(bytes, at, next) ?? (known >= next ? known + 1 : null)
      if (later !== null) throw new DamagedLog(damageText(segment.path, partition, at, next, later))
      await file.truncate(at)
    }
    if (known >= next) throw new DamagedLog(missingText(segment.path, partition, next - 1, known))
    // A killed process may have left entries that were written and never synced: from here on they count as durable.
    await file.sync()
    segment.endBytes = at
    return { last: next - 1, file }
  } catch (error) {
    await file.close().catch(() => undefined)
    throw error
  }
}
