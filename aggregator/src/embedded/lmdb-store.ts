import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { open, type RootDatabase } from 'lmdb'
import type { Store } from '../ports.js'
import { BlobFolder } from './blobs.js'
import { KEY_BYTES } from './limits.js'

const REVISION_BYTES = 8
/** Every key of a caller lies below VALUES; the counter of revisions stands beside them. */
const VALUES = 'v/'
const AFTER_VALUES = 'v0'
const COUNTER = 'revision'

const stored = (value: Uint8Array, revision: number): Buffer => {
  const bytes = Buffer.allocUnsafe(REVISION_BYTES + value.length)
  bytes.writeDoubleLE(revision)
  bytes.set(value, REVISION_BYTES)
  return bytes
}

const rowOf = (key: string): string => {
  const sizeBytes = Buffer.byteLength(key)
  if (sizeBytes === 0 || sizeBytes > KEY_BYTES)
    throw new RangeError(`a key of ${sizeBytes} bytes; 1 to ${KEY_BYTES} it must be`)
  return VALUES + key
}

/**
 * Store in one LMDB file, blobs as files beside it. Revisions come from one counter for all keys, so that a key that
 * was deleted and put again never bears an old revision.
 */
export class LmdbStore implements Store {
  readonly #database: RootDatabase<Buffer, string>
  readonly #blobs: BlobFolder

  private constructor(database: RootDatabase<Buffer, string>, blobs: BlobFolder) {
    this.#database = database
    this.#blobs = blobs
  }

  static open(folder: string): LmdbStore {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    const database = open<Buffer, string>({ path: join(folder, 'values.mdb'), encoding: 'binary' })
    return new LmdbStore(database, new BlobFolder(join(folder, 'blobs')))
  }

  async get(key: string): Promise<{ value: Uint8Array; revision: number } | null> {
    const bytes = this.#database.getBinary(rowOf(key))
    if (bytes === undefined) return null
    return { value: Uint8Array.from(bytes.subarray(REVISION_BYTES)), revision: bytes.readDoubleLE() }
  }

  async put(key: string, value: Uint8Array, revision: number | null): Promise<number | null> {
    const row = rowOf(key)
    const database = this.#database
    const copy = Uint8Array.from(value)
    const written = await database.transaction(() => {
      const current = database.getBinary(row)?.readDoubleLE() ?? 0
      if (revision !== null && revision !== current) return null
      const next = (database.getBinary(COUNTER)?.readDoubleLE() ?? 0) + 1
      database.put(COUNTER, stored(new Uint8Array(0), next))
      database.put(row, stored(copy, next))
      return next
    })
    if (written !== null) await database.flushed
    return written
  }

  async delete(key: string): Promise<void> {
    await this.#database.remove(rowOf(key))
    await this.#database.flushed
  }

  async keys(prefix: string): Promise<string[]> {
    const keys: string[] = []
    for (const row of this.#database.getKeys({ start: VALUES + prefix, end: AFTER_VALUES })) {
      const key = row.slice(VALUES.length)
      if (!key.startsWith(prefix)) break
      keys.push(key)
    }
    return keys.sort()
  }

  putBlob(key: string, chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): Promise<void> {
    return this.#blobs.put(key, chunks)
  }

  getBlob(key: string): AsyncIterable<Uint8Array> | null {
    return this.#blobs.get(key)
  }

  deleteBlob(key: string): Promise<void> {
    return this.#blobs.delete(key)
  }

  blobs(prefix: string): Promise<string[]> {
    return this.#blobs.keys(prefix)
  }

  async close(): Promise<void> {
    await this.#database.flushed
    await this.#database.close()
  }
}
