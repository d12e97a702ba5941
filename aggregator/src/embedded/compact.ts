import { DamagedLog, damageText } from './damage.js'
import { type DiskFile, readFully, writeAll } from './disk.js'
import { decodeRecord, encodeEntry, HEADER_BYTES, RECORD_BYTES, rewrittenHeader } from './format.js'
import { READ_BYTES } from './limits.js'
import type { PartitionLog } from './partition.js'
import { remember, type Segment, segmentOf, UNFINISHED } from './segments.js'

/** What is to stand in place of an entry: the bytes given where it stays as it is, none at all where nothing is left. */
export type ChangeEntry = (bytes: Uint8Array, sequence: number) => Uint8Array

/**
 * Puts other bytes in place of entries up to `through`, in all segments but the one being written; every entry keeps
 * its sequence. A segment is replaced in one step once the new one is durable, so a crash leaves either. Nobody may trim
 * meanwhile; appends and readers go on. Resolves with how many segments were replaced. Throws DamagedLog.
 */
export const rewriteSegments = async (log: PartitionLog, through: number, change: ChangeEntry): Promise<number> => {
  const ended = log.segments.slice(0, -1).filter(({ first }) => first <= through)
  let replaced = 0
  try {
    for (const segment of ended) if (await rewriteSegment(log, segment, through, change)) replaced++
  } finally {
    log.recent.forget(through)
  }
  return replaced
}

const rewriteSegment = async (
  log: PartitionLog,
  segment: Segment,
  through: number,
  change: ChangeEntry,
): Promise<boolean> => {
  const { disk } = log.place
  const bytes = await readSegment(log, segment)
  const isChanged = await walk(log, segment, bytes, (at, end, sequence) => {
    const entry = bytes.subarray(at + RECORD_BYTES, end)
    return sequence <= through && change(entry, sequence) !== entry
  })
  if (!isChanged) return false
  try {
    await swap(log, segment, await writeChanged(log, segment, bytes, through, change))
  } catch (error) {
    await disk.remove(segment.path + UNFINISHED).catch(() => undefined)
    throw error
  }
  return true
}

/** Of a record's place among those of its commit, which tells a torn write from a damage. */
const PLACE_OFFSET = 12

const readSegment = async ({ place }: PartitionLog, segment: Segment): Promise<Buffer> => {
  const file = await place.disk.open(segment.path, 'read')
  try {
    return await readFully(file, Buffer.allocUnsafeSlow(segment.endBytes), 0)
  } finally {
    await file.close()
  }
}

/** The new file, durable, which has its own name yet. */
const writeChanged = async (
  log: PartitionLog,
  segment: Segment,
  bytes: Buffer,
  through: number,
  change: ChangeEntry,
): Promise<Segment> => {
  const file = await log.place.disk.open(segment.path + UNFINISHED, 'create')
  try {
    const fresh = segmentOf(segment.path, segment.first, 0)
    const out = new Output(file, rewrittenHeader(bytes.subarray(0, HEADER_BYTES)))
    await walk(log, segment, bytes, async (at, end, sequence) => {
      const place = bytes.readUInt32LE(at + PLACE_OFFSET)
      const entry = bytes.subarray(at + RECORD_BYTES, end)
      remember(fresh, sequence, out.atBytes)
      await out.entry(sequence <= through ? change(entry, sequence) : entry, sequence, place)
      return false
    })
    await out.flush()
    await file.sync()
    fresh.endBytes = out.atBytes
    return fresh
  } finally {
    await file.close()
  }
}

/**
 * Calls `visit` for each entry until it says true; resolves with whether it did. Lets others run every READ_BYTES.
 * Throws DamagedLog where an entry isn't what it should be.
 */
const walk = async (
  { place }: PartitionLog,
  segment: Segment,
  bytes: Buffer,
  visit: (at: number, end: number, sequence: number) => boolean | Promise<boolean>,
): Promise<boolean> => {
  let next = segment.first
  let restAt = READ_BYTES
  for (let at = HEADER_BYTES; at < bytes.length; ) {
    const found = decodeRecord(bytes, at)
    if (found.is === 'entry' && found.sequence === next) {
      if (await visit(at, found.end, next)) return true
      next++
    } else if (found.is !== 'closed') {
      throw new DamagedLog(damageText(segment.path, place.partition, at, next, null))
    }
    at = found.end
    if (at < restAt) continue
    restAt = at + READ_BYTES
    await new Promise(resolve => setImmediate(resolve))
  }
  return false
}

/** The old file makes room for the new one; readers that were between the two begin anew. */
const swap = async (log: PartitionLog, segment: Segment, fresh: Segment): Promise<void> => {
  const { disk, folder } = log.place
  log.replacing.add(segment)
  try {
    await disk.rename(segment.path + UNFINISHED, segment.path)
    log.segments.splice(log.segments.indexOf(segment), 1, fresh)
  } finally {
    log.replacing.delete(segment)
  }
  await disk.syncFolder(folder)
}

/** Gathers what goes into a file. */
class Output {
  readonly #file: DiskFile
  #bytes: Buffer
  #length: number
  #written = 0

  constructor(file: DiskFile, header: Buffer) {
    this.#file = file
    this.#bytes = Buffer.from(header)
    this.#length = header.length
  }

  get atBytes(): number {
    return this.#written + this.#length
  }

  async entry(bytes: Uint8Array, sequence: number, place: number): Promise<void> {
    const sizeBytes = RECORD_BYTES + bytes.length
    if (this.#length + sizeBytes > this.#bytes.length) {
      await this.flush()
      if (sizeBytes > this.#bytes.length) this.#bytes = Buffer.allocUnsafeSlow(Math.max(sizeBytes, READ_BYTES))
    }
    this.#length = encodeEntry(this.#bytes, this.#length, bytes, sequence, place)
  }

  async flush(): Promise<void> {
    await writeAll(this.#file, this.#bytes.subarray(0, this.#length), this.#written)
    this.#written += this.#length
    this.#length = 0
  }
}
