import { crc32 } from 'node:zlib'
import { KEY_BYTES, VALUE_BYTES } from './limits.js'

/**
 * The file of the small values, little-endian; the last record of a key holds:
 *
 *     file   = header record*
 *     header = "PULSSVAL" version:u16 pad:byte×6 id:byte×8 pad:u32 crc:u32
 *     record = crc:u32 keyBytes:u16 kind:u8 pad:u8 valueBytes:u32 pad:u32 revision:f64 key value
 *
 * A record's crc is over all after it and begins with the crc of the record before (the first with the header's), so
 * that none can be left out, moved or taken from another file. Revisions grow from record to record. A `count` record
 * has neither key nor value: it keeps the counter where the newest change was a removal that is no longer written down.
 */
export const VALUES_VERSION = 1
export const VALUES_HEADER_BYTES = 32
export const VALUE_RECORD_BYTES = 24

export const Kind = { put: 0, remove: 1, count: 2 } as const
export type Kind = (typeof Kind)[keyof typeof Kind]

const MAGIC = Buffer.from('PULSSVAL', 'latin1')
const VERSION_AT = 8
const ID_AT = 16
const ID_BYTES = 8
const HEADER_CRC_AT = 28
const CRC_FROM = 4

export const encodeValuesHeader = (id: string): Buffer => {
  const bytes = Buffer.alloc(VALUES_HEADER_BYTES)
  MAGIC.copy(bytes)
  bytes.writeUInt16LE(VALUES_VERSION, VERSION_AT)
  bytes.write(id, ID_AT, 'hex')
  bytes.writeUInt32LE(crc32(bytes.subarray(0, HEADER_CRC_AT)), HEADER_CRC_AT)
  return bytes
}

/** `crc`: where the chain of records begins. null: these bytes are no header. */
export const decodeValuesHeader = (bytes: Buffer): { version: number; id: string; crc: number } | null => {
  if (bytes.length < VALUES_HEADER_BYTES || !bytes.subarray(0, MAGIC.length).equals(MAGIC)) return null
  const crc = bytes.readUInt32LE(HEADER_CRC_AT)
  if (crc !== crc32(bytes.subarray(0, HEADER_CRC_AT))) return null
  return { version: bytes.readUInt16LE(VERSION_AT), id: bytes.toString('hex', ID_AT, ID_AT + ID_BYTES), crc }
}

export interface ValueRecord {
  readonly kind: Kind
  readonly key: string
  readonly value: Uint8Array
  readonly revision: number
}

/** `before`: crc of the record that it follows. Its own crc stands in its first four bytes. */
export const encodeValue = ({ kind, key, value, revision }: ValueRecord, before: number): Buffer => {
  const keyBytes = Buffer.from(key)
  const bytes = Buffer.alloc(VALUE_RECORD_BYTES + keyBytes.length + value.length)
  bytes.writeUInt16LE(keyBytes.length, 4)
  bytes.writeUInt8(kind, 6)
  bytes.writeUInt32LE(value.length, 8)
  bytes.writeDoubleLE(revision, 16)
  bytes.set(keyBytes, VALUE_RECORD_BYTES)
  bytes.set(value, VALUE_RECORD_BYTES + keyBytes.length)
  bytes.writeUInt32LE(crc32(bytes.subarray(CRC_FROM), before))
  return bytes
}

export type FoundValue =
  | { readonly is: 'record'; readonly record: ValueRecord; readonly crc: number; readonly end: number }
  | { readonly is: 'short'; readonly needBytes: number }
  | { readonly is: 'bad' }

const isKind = (kind: number): kind is Kind => kind === Kind.put || kind === Kind.remove || kind === Kind.count

/** What stands at `at`. The value is a view of `bytes`. */
export const decodeValue = (bytes: Buffer, at: number, before: number): FoundValue => {
  if (bytes.length - at < VALUE_RECORD_BYTES) return { is: 'short', needBytes: VALUE_RECORD_BYTES }
  const keyBytes = bytes.readUInt16LE(at + 4)
  const kind = bytes.readUInt8(at + 6)
  const valueBytes = bytes.readUInt32LE(at + 8)
  if (!isKind(kind) || keyBytes > KEY_BYTES || valueBytes > VALUE_BYTES) return { is: 'bad' }
  const keyAt = at + VALUE_RECORD_BYTES
  const valueAt = keyAt + keyBytes
  const end = valueAt + valueBytes
  if (end > bytes.length) return { is: 'short', needBytes: end - at }
  const crc = bytes.readUInt32LE(at)
  if (crc !== crc32(bytes.subarray(at + CRC_FROM, end), before)) return { is: 'bad' }
  const key = bytes.toString('utf8', keyAt, valueAt)
  const record = { kind, key, value: bytes.subarray(valueAt, end), revision: bytes.readDoubleLE(at + 16) }
  return { is: 'record', record, crc, end }
}
