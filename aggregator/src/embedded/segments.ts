import { join } from 'node:path'
import { type Disk, type DiskFile, readFully, writeAll } from './disk.js'
import { decodeHeader, decodeRecord, encodeHeader, FORMAT_VERSION, HEADER_BYTES, laterCommit } from './format.js'
import { MARK_BYTES } from './limits.js'

/** The log can't be read as it stands; the message says what is lost and what to do. */
export class DamagedLog extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'DamagedLog'
  }
}

/** One file of a partition. `endBytes`: where its durable entries end. */
export interface Segment {
  readonly path: string
  readonly first: number
  endBytes: number
  /** Places from which it can be read, in order; the first is right after the header. */
  readonly marks: { readonly sequence: number; readonly atBytes: number }[]
}

const SUFFIX = '.seg'
const UNFINISHED = '.new'
const NAME_DIGITS = 16

const nameOf = (first: number): string => String(first).padStart(NAME_DIGITS, '0') + SUFFIX

const segmentOf = (path: string, first: number, endBytes: number): Segment => ({
  path,
  first,
  endBytes,
  marks: [{ sequence: first, atBytes: HEADER_BYTES }],
})

/** Remembers a place of a segment if it is far enough from the last one. */
export const mark = (segment: Segment, sequence: number, atBytes: number): void => {
  const last = segment.marks.at(-1)
  if (last === undefined || atBytes - last.atBytes >= MARK_BYTES) segment.marks.push({ sequence, atBytes })
}

/** Where the log of one partition lies, and as which of how many. */
export interface PartitionPlace {
  readonly disk: Disk
  readonly folder: string
  readonly partition: number
  readonly partitions: number
}

/** A new, empty segment; it has its name only once its header is durable. */
export const createSegment = async (place: PartitionPlace, first: number): Promise<[Segment, DiskFile]> => {
  const { disk, folder } = place
  const path = join(folder, nameOf(first))
  const file = await disk.open(path + UNFINISHED, 'create')
  try {
    await writeAll(file, encodeHeader({ ...place, first }), 0)
    await file.sync()
    await disk.rename(path + UNFINISHED, path)
    await disk.syncFolder(folder)
  } catch (error) {
    await file.close().catch(() => undefined)
    throw error
  }
  return [segmentOf(path, first, HEADER_BYTES), file]
}

const checkHeader = (path: string, bytes: Buffer, { partition, partitions }: PartitionPlace): void => {
  const header = decodeHeader(bytes)
  if (header === null) {
    throw new DamagedLog(
      `${path}: its first ${HEADER_BYTES} bytes are damaged, so all of its entries are lost. Restore the file from a backup.`,
    )
  }
  if (header.version !== FORMAT_VERSION) {
    throw new DamagedLog(
      `${path} has format version ${header.version}, this release reads ${FORMAT_VERSION}. Run the release that wrote it.`,
    )
  }
  if (header.partitions !== partitions || header.partition !== partition) {
    throw new DamagedLog(
      `${path} was written with ${header.partitions} partitions, and the configuration now says ${partitions}. ` +
        'Set server.partitions back, or use another data folder.',
    )
  }
}

/** The segments of a partition as the folder has them, oldest first. Only headers are read. */
export const listSegments = async (place: PartitionPlace): Promise<Segment[]> => {
  const { disk, folder } = place
  const segments: Segment[] = []
  for (const name of await disk.list(folder)) {
    const path = join(folder, name)
    if (name.endsWith(UNFINISHED)) await disk.remove(path)
    if (!name.endsWith(SUFFIX)) continue
    const file = await disk.open(path, 'read')
    try {
      checkHeader(path, await readFully(file, Buffer.alloc(HEADER_BYTES), 0), place)
      segments.push(segmentOf(path, Number(name.slice(0, -SUFFIX.length)), await file.sizeBytes()))
    } finally {
      await file.close()
    }
  }
  return segments
}

/**
 * Checks the newest segment entry by entry and cuts off what a crash left half written. Returns the sequence of its
 * last entry and the open file. Throws DamagedLog where an entry that had been durable can't be read.
 */
export const recoverSegment = async (
  { disk, partition }: PartitionPlace,
  segment: Segment,
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
        mark(segment, next, at)
        at = found.end
        next++
      } else break
    }
    if (at < bytes.length) {
      const later = laterCommit(bytes, at, next)
      if (later !== null) throw new DamagedLog(damageText(segment.path, partition, at, next, later))
      await file.truncate(at)
      await file.sync()
    }
    segment.endBytes = at
    return { last: next - 1, file }
  } catch (error) {
    await file.close().catch(() => undefined)
    throw error
  }
}

/** What is lost where entry `expected` can't be read and the next one that can is `later` (null: none). */
export const damageText = (
  path: string,
  partition: number,
  atBytes: number,
  expected: number,
  later: number | null,
): string => {
  const many = later !== null && later - 1 > expected
  const lost =
    later === null ? `entries from ${expected} on` : many ? `entries ${expected} to ${later - 1}` : `entry ${expected}`
  return (
    `${path} is damaged at byte ${atBytes}: ${lost} of partition ${partition} can't be read, although acknowledged. ` +
    'Restore the file from a backup; or move the data folder away to start anew without its history.'
  )
}
