import type { Entry } from '../ports.js'
import { DamagedLog, damageText } from './damage.js'
import { readFully } from './disk.js'
import { decodeRecord, HEADER_BYTES, laterCommit, RECORD_BYTES } from './format.js'
import { READ_BYTES } from './limits.js'
import type { PartitionLog } from './partition.js'
import type { Segment } from './segments.js'

/** Where a reader of files stands. */
interface Cursor {
  readonly segment: Segment
  readonly atBytes: number
  readonly sequence: number
}

const cursorAt = (log: PartitionLog, sequence: number): Cursor | null => {
  let segment: Segment | undefined
  for (const candidate of log.segments) {
    if (candidate.first > sequence) break
    segment = candidate
  }
  if (segment === undefined) return null
  let cursor: Cursor = { segment, atBytes: HEADER_BYTES, sequence: segment.first }
  for (const place of segment.marks) if (place.sequence <= sequence) cursor = { segment, ...place }
  return cursor
}

const isMissing = (error: unknown): boolean => (error as NodeJS.ErrnoException).code === 'ENOENT'

/** A piece of a segment's durable bytes; null where the file has been trimmed away or another took its place. */
const readPiece = async (
  log: PartitionLog,
  { segment, atBytes }: Cursor,
  sizeBytes: number,
): Promise<Buffer | null> => {
  const size = Math.min(sizeBytes, segment.endBytes - atBytes)
  try {
    const file = await log.place.disk.open(segment.path, 'read')
    try {
      const bytes = await readFully(file, Buffer.allocUnsafeSlow(size), atBytes)
      return log.replacing.has(segment) || !log.segments.includes(segment) ? null : bytes
    } finally {
      await file.close()
    }
  } catch (error) {
    if (isMissing(error) && !log.segments.includes(segment)) return null
    throw error
  }
}

const damaged = async (log: PartitionLog, cursor: Cursor): Promise<DamagedLog> => {
  const { segment, atBytes, sequence } = cursor
  const rest = await readPiece(log, cursor, Number.POSITIVE_INFINITY)
  const next = log.segments.find(({ first }) => first > sequence)?.first ?? null
  const later = rest === null ? null : laterCommit(rest, 1, sequence)
  return new DamagedLog(damageText(segment.path, log.place.partition, atBytes, sequence, later ?? next))
}

/**
 * The beginning of the segment that goes on where no more can be read of this one: what may stand behind its last entry
 * is nothing that was lost. Throws DamagedLog where there is none.
 */
const following = async (log: PartitionLog, cursor: Cursor): Promise<Cursor> => {
  const segment = log.segments.find(({ first }) => first === cursor.sequence)
  if (segment === undefined || segment === cursor.segment) throw await damaged(log, cursor)
  return { segment, atBytes: HEADER_BYTES, sequence: segment.first }
}

interface Piece {
  readonly entries: readonly Entry[]
  readonly cursor: Cursor
  /** How much to read at least the next time, where not even one entry was whole. */
  readonly needBytes: number
}

/** The whole entries of a piece that are not before `from`; null where the next one is not what it should be. */
const parsePiece = (bytes: Buffer, cursor: Cursor, from: number): Piece | null => {
  const entries: Entry[] = []
  let at = 0
  let { sequence } = cursor
  let needBytes = RECORD_BYTES
  while (at < bytes.length) {
    const found = decodeRecord(bytes, at)
    if (found.is === 'short') {
      needBytes = found.needBytes
      break
    }
    if (found.is === 'bad' || found.sequence !== sequence) return entries.length > 0 || at > 0 ? done() : null
    if (found.is === 'entry') {
      if (sequence >= from) entries.push({ sequence, bytes: bytes.subarray(at + RECORD_BYTES, found.end) })
      sequence++
    }
    at = found.end
  }
  return done()

  function done(): Piece {
    return { entries, needBytes, cursor: { segment: cursor.segment, atBytes: cursor.atBytes + at, sequence } }
  }
}

/** The durable entries from `from` on, in batches, until the log's end; the files are read as they are needed. */
async function* readFiles(log: PartitionLog, from: number, signal: AbortSignal): AsyncGenerator<readonly Entry[]> {
  let next = from
  let cursor = cursorAt(log, next)
  let sizeBytes = READ_BYTES
  while (cursor !== null && next <= log.last && !signal.aborted) {
    if (!log.segments.includes(cursor.segment)) return
    if (cursor.atBytes >= cursor.segment.endBytes) {
      cursor = await following(log, cursor)
      continue
    }
    const bytes = await readPiece(log, cursor, sizeBytes)
    if (bytes === null) return
    const piece = parsePiece(bytes, cursor, next)
    const isStuck = piece !== null && piece.cursor.atBytes === cursor.atBytes
    const atEnd = cursor.atBytes + bytes.length >= cursor.segment.endBytes
    if (piece === null || (isStuck && (atEnd || piece.needBytes <= bytes.length))) {
      cursor = await following(log, cursor)
      continue
    }
    sizeBytes = isStuck ? Math.max(READ_BYTES, piece.needBytes) : READ_BYTES
    cursor = piece.cursor
    const last = piece.entries.at(-1)
    if (last === undefined) continue
    next = last.sequence + 1
    yield piece.entries
    if (log.recent.from(next) !== null) return
  }
}

/**
 * Follows a partition from `from` on. Sequence numbers alone tie the files to the entries in memory, so there is no
 * gap between them: whoever falls behind what memory holds reads files again. Throws DamagedLog.
 */
export async function* readPartition(
  log: PartitionLog,
  from: number,
  signal: AbortSignal,
): AsyncGenerator<readonly Entry[]> {
  let next = from
  while (!signal.aborted) {
    next = Math.max(next, log.first)
    if (next > log.last) {
      if (log.isClosed) return
      await log.changed(signal)
      continue
    }
    const recent = log.recent.from(next)
    if (recent !== null) {
      next += recent.length
      yield recent
      continue
    }
    for await (const entries of readFiles(log, next, signal)) {
      next += entries.length
      yield entries
      if (signal.aborted) return
    }
  }
}
