import { crc32 } from 'node:zlib'
import { ENTRY_BYTES } from './limits.js'

/**
 * A segment file in bytes, little-endian:
 *
 *     segment = header record*
 *     header  = "PULSSLOG" version:u16 partitions:u16 partition:u16 flags:u16 first:f64 id:byte×8 pad:u32 crc:u32
 *     record  = mark:u32 crc:u32 length:u32 place:u32 sequence:f64 byte×length
 *
 * `first`: sequence of the segment's first entry. `id`: the log's own, random, the same in all of its files.
 * `flags`: 1 where a compaction changed what entries say, so that they can't be counted anew from the log alone. A
 * header's crc is over all before it, a record's over all after it. `place`: how many entries of the same commit lie
 * before this one. At most one commit is on its way to the disk at any time, so a broken record is a torn write unless
 * a record of a later commit follows it, or the partition's mark (mark.ts) says so: then it was durable once.
 *
 * The second mark says that the log was closed in good order: no bytes, and the sequence that comes next. With it even
 * the last record can be told torn from damaged.
 */
export const FORMAT_VERSION = 2
export const HEADER_BYTES = 40
export const RECORD_BYTES = 24

const MAGIC = Buffer.from('PULSSLOG', 'latin1')
/** No text in UTF-8 holds either, so that a comment can't pass for a record. */
const ENTRY_MARK = Buffer.from([0xff, 0xfe, 0xc0, 0x01])
const CLOSED_MARK = Buffer.from([0xff, 0xfe, 0xc0, 0x02])
const MARK_START = ENTRY_MARK.subarray(0, 3)
const ENTRY = ENTRY_MARK.readUInt32LE()
const CLOSED = CLOSED_MARK.readUInt32LE()
const CRC_FROM = 8
const FLAGS_AT = 14
const REWRITTEN = 1
const ID_AT = 24
const ID_BYTES = 8

export interface SegmentHeader {
  readonly version: number
  readonly partitions: number
  readonly partition: number
  readonly first: number
  /** 16 hexadecimal digits. */
  readonly id: string
  /** A compaction changed what entries say. */
  readonly isRewritten: boolean
}

export const encodeHeader = ({
  partitions,
  partition,
  first,
  id,
}: Omit<SegmentHeader, 'version' | 'isRewritten'>): Buffer => {
  const bytes = Buffer.alloc(HEADER_BYTES)
  MAGIC.copy(bytes)
  bytes.writeUInt16LE(FORMAT_VERSION, 8)
  bytes.writeUInt16LE(partitions, 10)
  bytes.writeUInt16LE(partition, 12)
  bytes.writeDoubleLE(first, 16)
  bytes.write(id, ID_AT, 'hex')
  bytes.writeUInt32LE(crc32(bytes.subarray(0, HEADER_BYTES - 4)), HEADER_BYTES - 4)
  return bytes
}

/** The header of a segment with the same entries, of which some say less. */
export const rewrittenHeader = (header: Buffer): Buffer => {
  const bytes = Buffer.from(header)
  bytes.writeUInt16LE(bytes.readUInt16LE(FLAGS_AT) | REWRITTEN, FLAGS_AT)
  bytes.writeUInt32LE(crc32(bytes.subarray(0, HEADER_BYTES - 4)), HEADER_BYTES - 4)
  return bytes
}

/** null: these bytes are no header. */
export const decodeHeader = (bytes: Buffer): SegmentHeader | null => {
  if (bytes.length < HEADER_BYTES || !bytes.subarray(0, MAGIC.length).equals(MAGIC)) return null
  const crc = bytes.readUInt32LE(HEADER_BYTES - 4)
  if (crc !== crc32(bytes.subarray(0, HEADER_BYTES - 4))) return null
  return {
    version: bytes.readUInt16LE(8),
    partitions: bytes.readUInt16LE(10),
    partition: bytes.readUInt16LE(12),
    first: bytes.readDoubleLE(16),
    id: bytes.toString('hex', ID_AT, ID_AT + ID_BYTES),
    isRewritten: (bytes.readUInt16LE(FLAGS_AT) & REWRITTEN) !== 0,
  }
}

const seal = (target: Buffer, at: number, end: number): void => {
  target.writeUInt32LE(crc32(target.subarray(at + CRC_FROM, end)), at + 4)
}

/** Writes an entry at `at` of `target`, which has room for it; returns where it ends. */
export const encodeEntry = (target: Buffer, at: number, bytes: Uint8Array, sequence: number, place: number): number => {
  const end = at + RECORD_BYTES + bytes.length
  target.writeUInt32LE(ENTRY, at)
  target.writeUInt32LE(bytes.length, at + 8)
  target.writeUInt32LE(place, at + 12)
  target.writeDoubleLE(sequence, at + 16)
  target.set(bytes, at + RECORD_BYTES)
  seal(target, at, end)
  return end
}

export const encodeClosed = (nextSequence: number): Buffer => {
  const bytes = Buffer.alloc(RECORD_BYTES)
  bytes.writeUInt32LE(CLOSED, 0)
  bytes.writeDoubleLE(nextSequence, 16)
  seal(bytes, 0, RECORD_BYTES)
  return bytes
}

/** What stands at a place of a segment. `short`: the bytes end before it does. */
export type Found =
  | { readonly is: 'entry'; readonly sequence: number; readonly place: number; readonly end: number }
  | { readonly is: 'closed'; readonly sequence: number; readonly end: number }
  | { readonly is: 'short'; readonly needBytes: number }
  | { readonly is: 'bad' }

const BAD: Found = { is: 'bad' }

export const decodeRecord = (bytes: Buffer, at: number): Found => {
  if (bytes.length - at < RECORD_BYTES) return { is: 'short', needBytes: RECORD_BYTES }
  const mark = bytes.readUInt32LE(at)
  const length = bytes.readUInt32LE(at + 8)
  if ((mark !== ENTRY && mark !== CLOSED) || length > ENTRY_BYTES) return BAD
  const end = at + RECORD_BYTES + length
  if (end > bytes.length) return { is: 'short', needBytes: end - at }
  if (bytes.readUInt32LE(at + 4) !== crc32(bytes.subarray(at + CRC_FROM, end))) return BAD
  const sequence = bytes.readDoubleLE(at + 16)
  if (mark === CLOSED) return { is: 'closed', sequence, end }
  return { is: 'entry', sequence, place: bytes.readUInt32LE(at + 12), end }
}

/**
 * Sequence of the first entry or closing after `from` that proves that entry `expected` had been durable; null where
 * nothing does.
 */
export const laterCommit = (bytes: Buffer, from: number, expected: number): number | null => {
  for (let at = bytes.indexOf(MARK_START, from); at >= 0; at = bytes.indexOf(MARK_START, at + 1)) {
    const found = decodeRecord(bytes, at)
    if (found.is !== 'entry' && found.is !== 'closed') continue
    const commitStart = found.is === 'entry' ? found.sequence - found.place : found.sequence
    if (commitStart > expected) return found.sequence
  }
  return null
}
