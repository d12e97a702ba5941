import { join } from 'node:path'
import { DamagedStore } from './damage.js'
import { type Disk, type DiskFile, readFully, writeAll } from './disk.js'
import { READ_BYTES } from './limits.js'
import {
  decodeValue,
  decodeValuesHeader,
  encodeValue,
  encodeValuesHeader,
  Kind,
  VALUE_RECORD_BYTES,
  VALUES_HEADER_BYTES,
  VALUES_VERSION,
  type ValueRecord,
} from './values-format.js'

export const VALUES = 'values'
export const UNFINISHED = '.new'
const ADVICE =
  'Restore it from a backup; or delete the folder it is in: the counts go on, but incidents, history and everything else that was kept there is gone.'

/** Where the newest record of a key stands. */
export interface Row {
  readonly revision: number
  readonly atBytes: number
  readonly sizeBytes: number
  /** The crc of the record before. */
  readonly before: number
}

/** What one file says. `crc`: of its last record. */
export interface Contents {
  readonly rows: Map<string, Row>
  revision: number
  endBytes: number
  crc: number
  /** Bytes of the records in `rows`. */
  liveBytes: number
}

export const damagedValues = (path: string, what: string): DamagedStore =>
  new DamagedStore(`${path} ${what}. ${ADVICE}`)

export const isMissing = (error: unknown): boolean => (error as NodeJS.ErrnoException).code === 'ENOENT'

/** The id that a store's file bears; null where there is no file. Throws DamagedStore. */
export const readStoreId = async (disk: Disk, folder: string): Promise<string | null> => {
  const path = join(folder, VALUES)
  const file = await disk.open(path, 'read').catch((error: unknown) => {
    if (isMissing(error)) return null
    throw error
  })
  if (file === null) return null
  try {
    return (await readHeader(path, file)).id
  } finally {
    await file.close()
  }
}

const readHeader = async (path: string, file: DiskFile): Promise<{ id: string; crc: number }> => {
  const header = decodeValuesHeader(await readFully(file, Buffer.alloc(VALUES_HEADER_BYTES), 0))
  if (header === null) throw damagedValues(path, `is damaged in its first ${VALUES_HEADER_BYTES} bytes`)
  if (header.version !== VALUES_VERSION) {
    throw new DamagedStore(
      `${path} has format version ${header.version}, this release reads ${VALUES_VERSION}. Run the release that wrote it.`,
    )
  }
  return header
}

const emptyContents = (crc: number): Contents => {
  return { rows: new Map(), revision: 0, endBytes: VALUES_HEADER_BYTES, crc, liveBytes: 0 }
}

/** Takes the record that comes next and ends at `end`; false where it can't follow what came before. */
export const take = (contents: Contents, { kind, key, revision }: ValueRecord, end: number, crc: number): boolean => {
  const isNext = kind === Kind.count ? revision >= contents.revision : revision > contents.revision
  if (!isNext) return false
  const { rows, endBytes, crc: before } = contents
  if (kind !== Kind.count) {
    contents.liveBytes -= rows.get(key)?.sizeBytes ?? 0
    rows.delete(key)
  }
  if (kind === Kind.put) {
    rows.set(key, { revision, atBytes: endBytes, sizeBytes: end - endBytes, before })
    contents.liveBytes += end - endBytes
  }
  contents.revision = revision
  contents.endBytes = end
  contents.crc = crc
  return true
}

/** Reads record after record until the end or the first that is not whole: `endBytes` says where. */
export const readContents = async (path: string, file: DiskFile): Promise<Contents> => {
  const contents = emptyContents((await readHeader(path, file)).crc)
  const sizeBytes = await file.sizeBytes()
  let needBytes = VALUE_RECORD_BYTES
  while (contents.endBytes < sizeBytes) {
    const begin = contents.endBytes
    const bytes = await readFully(file, Buffer.allocUnsafe(Math.max(READ_BYTES, needBytes)), begin)
    let at = 0
    let found = decodeValue(bytes, at, contents.crc)
    while (found.is === 'record' && take(contents, found.record, begin + found.end, found.crc)) {
      at = found.end
      found = decodeValue(bytes, at, contents.crc)
    }
    if (found.is !== 'short' || bytes.length - at >= found.needBytes) return contents
    if (begin + at + found.needBytes > sizeBytes) return contents
    needBytes = found.needBytes
  }
  return contents
}

/** The record of a row, checked anew: what memory says of it can't differ from what the disk gives. */
export const readRow = async (path: string, file: DiskFile, row: Row, key: string): Promise<Uint8Array> => {
  const bytes = await readFully(file, Buffer.allocUnsafeSlow(row.sizeBytes), row.atBytes)
  const found = decodeValue(bytes, 0, row.before)
  if (found.is === 'record' && found.record.key === key && found.record.revision === row.revision) {
    return found.record.value
  }
  throw damagedValues(path, `is damaged at byte ${row.atBytes}: the value of ${key} can't be read`)
}

/** A new file with these records, in its place once it is durable; a crash leaves the old one. */
export const writeValues = async (
  disk: Disk,
  folder: string,
  id: string,
  records: AsyncIterable<ValueRecord> | Iterable<ValueRecord>,
): Promise<{ file: DiskFile; contents: Contents }> => {
  const path = join(folder, VALUES)
  const file = await disk.open(path + UNFINISHED, 'create')
  try {
    const header = encodeValuesHeader(id)
    await writeAll(file, header, 0)
    const crc = decodeValuesHeader(header)?.crc ?? 0
    const contents = emptyContents(crc)
    for await (const record of records) {
      const bytes = encodeValue(record, contents.crc)
      await writeAll(file, bytes, contents.endBytes)
      take(contents, record, contents.endBytes + bytes.length, bytes.readUInt32LE())
    }
    await file.sync()
    await disk.rename(path + UNFINISHED, path)
    await disk.syncFolder(folder)
    return { file, contents }
  } catch (error) {
    await file.close().catch(() => undefined)
    throw error
  }
}
