import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import type { Store } from '../ports.js'
import { BlobFolder } from './blobs.js'
import { type Disk, nodeDisk } from './disk.js'
import { KEY_BYTES, VALUE_BYTES } from './limits.js'
import { Values } from './values.js'
import { readStoreId } from './values-file.js'

export interface FileStoreOptions {
  readonly folder: string
  readonly disk?: Disk
  /** Of the log that it belongs to; without one, that of the folder, or a random one. */
  readonly id?: string
  /** Told what an operator should know although nothing that was found is wrong. */
  readonly warn?: (sentence: string) => void
}

const ID_BYTES = 8

const emitWarning = (sentence: string): void => process.emitWarning(sentence)

const checkKey = (key: string): string => {
  const sizeBytes = Buffer.byteLength(key)
  if (sizeBytes > 0 && sizeBytes <= KEY_BYTES) return key
  throw new RangeError(`a key of ${sizeBytes} bytes; 1 to ${KEY_BYTES} it must be`)
}

/**
 * Store in files: one to which the changes of all small values are appended, and one a blob. Everything that is read
 * is checked, so that a damaged file is never taken for what was put.
 */
export class FileStore implements Store {
  readonly #values: Values
  readonly #blobs: BlobFolder

  private constructor(values: Values, blobs: BlobFolder) {
    this.#values = values
    this.#blobs = blobs
  }

  /** Throws DamagedStore where values that were durable can't be read. */
  static async open({ folder, disk = nodeDisk, id, warn = emitWarning }: FileStoreOptions): Promise<FileStore> {
    const own = id ?? (await readStoreId(disk, folder)) ?? randomBytes(ID_BYTES).toString('hex')
    const values = await Values.open({ disk, folder, id: own, warn })
    try {
      return new FileStore(values, await BlobFolder.open(disk, join(folder, 'blobs'), own))
    } catch (error) {
      await values.close().catch(() => undefined)
      throw error
    }
  }

  async get(key: string): Promise<{ value: Uint8Array; revision: number } | null> {
    return await this.#values.get(checkKey(key))
  }

  /** Rejects with Overloaded where the disk refuses: nothing was changed. */
  async put(key: string, value: Uint8Array, revision: number | null): Promise<number | null> {
    if (value.length > VALUE_BYTES) throw new RangeError(`a value of ${value.length} bytes; ${VALUE_BYTES} is the most`)
    return await this.#values.change(checkKey(key), value, revision)
  }

  async delete(key: string): Promise<void> {
    await this.#values.change(checkKey(key), null, null)
  }

  async keys(prefix: string): Promise<string[]> {
    return this.#values.keys(prefix)
  }

  async putBlob(key: string, chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): Promise<void> {
    await this.#blobs.put(key, chunks)
  }

  async getBlob(key: string): Promise<AsyncIterable<Uint8Array> | null> {
    return this.#blobs.get(key)
  }

  async deleteBlob(key: string): Promise<void> {
    await this.#blobs.delete(key)
  }

  async blobs(prefix: string): Promise<string[]> {
    return this.#blobs.keys(prefix)
  }

  /** Nothing of a value that was replaced or removed is left in the file after it. */
  compact(): Promise<void> {
    return this.#values.compact()
  }

  close(): Promise<void> {
    return this.#values.close()
  }
}
