import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { DamagedBlob } from '../ports.js'
import { BLOB_FOOTER_BYTES, BLOB_HEADER_BYTES, BlobSum, encodeBlobHeader } from './blob-format.js'
import { type Disk, type DiskFile, readFully, writeAll } from './disk.js'
import { KEY_BYTES, READ_BYTES } from './limits.js'

const SUFFIX = '.blob'
const UNFINISHED = '.new'

/** A key as a file's name: nothing in it may lead out of the folder, nor be hidden. */
const nameOf = (key: string): string => {
  const name = encodeURIComponent(key).replaceAll('.', '%2E').replaceAll('*', '%2A') + SUFFIX
  if (key === '' || name.length > KEY_BYTES)
    throw new RangeError(`a blob's key of ${name.length} bytes; ${KEY_BYTES} is the most`)
  return name
}

/** Throws DamagedBlob, also after the last piece. */
async function* readBlob(path: string, file: DiskFile, header: Buffer): AsyncGenerator<Uint8Array> {
  const endBytes = (await file.sizeBytes()) - BLOB_FOOTER_BYTES
  const begin = await readFully(file, Buffer.alloc(BLOB_HEADER_BYTES), 0)
  if (endBytes < BLOB_HEADER_BYTES) throw new DamagedBlob(`${path} is damaged: it ends early`)
  if (!begin.equals(header))
    throw new DamagedBlob(`${path} is damaged, or of another data folder, or not what its name says`)
  const sum = new BlobSum(header)
  for (let at = BLOB_HEADER_BYTES; at < endBytes; ) {
    const piece = await readFully(file, Buffer.allocUnsafeSlow(Math.min(READ_BYTES, endBytes - at)), at)
    if (piece.length === 0) break
    sum.add(piece)
    at += piece.length
    yield piece
  }
  const footer = await readFully(file, Buffer.alloc(BLOB_FOOTER_BYTES), endBytes)
  if (!footer.equals(sum.footer())) throw new DamagedBlob(`${path} is damaged: its checksum differs`)
}

/** Blobs as files. A file has its name only once all of it is durable, so a crash leaves the old one. */
export class BlobFolder {
  readonly #disk: Disk
  readonly #folder: string
  readonly #id: string
  readonly #names: Set<string>

  private constructor(disk: Disk, folder: string, id: string, names: Set<string>) {
    this.#disk = disk
    this.#folder = folder
    this.#id = id
    this.#names = names
  }

  /** `id`: of the log that the blobs belong to. */
  static async open(disk: Disk, folder: string, id: string): Promise<BlobFolder> {
    await disk.makeFolder(folder)
    const names = await disk.list(folder)
    for (const name of names) if (name.endsWith(UNFINISHED)) await disk.remove(join(folder, name))
    return new BlobFolder(disk, folder, id, new Set(names.filter(name => name.endsWith(SUFFIX))))
  }

  async put(key: string, chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): Promise<void> {
    const name = nameOf(key)
    const path = join(this.#folder, name)
    const unfinished = `${path}.${randomUUID()}${UNFINISHED}`
    const file = await this.#disk.open(unfinished, 'create')
    try {
      try {
        await this.#write(file, key, chunks)
        await file.sync()
      } finally {
        await file.close()
      }
      await this.#disk.rename(unfinished, path)
    } catch (error) {
      await this.#disk.remove(unfinished).catch(() => undefined)
      throw error
    }
    this.#names.add(name)
    await this.#disk.syncFolder(this.#folder)
  }

  /** null where there is none. The file is opened at the first chunk; from then on a new one changes nothing. */
  get(key: string): AsyncIterable<Uint8Array> | null {
    const name = nameOf(key)
    if (!this.#names.has(name)) return null
    const path = join(this.#folder, name)
    const disk = this.#disk
    const header = encodeBlobHeader(this.#id, key)
    return {
      async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
        const file = await disk.open(path, 'read')
        try {
          yield* readBlob(path, file, header)
        } finally {
          await file.close()
        }
      },
    }
  }

  async delete(key: string): Promise<void> {
    const name = nameOf(key)
    if (!this.#names.has(name)) return
    await this.#disk.remove(join(this.#folder, name))
    this.#names.delete(name)
    await this.#disk.syncFolder(this.#folder)
  }

  keys(prefix: string): string[] {
    const keys = [...this.#names].map(name => decodeURIComponent(name.slice(0, -SUFFIX.length)))
    return keys.filter(key => key.startsWith(prefix)).sort()
  }

  async #write(file: DiskFile, key: string, chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): Promise<void> {
    const header = encodeBlobHeader(this.#id, key)
    const sum = new BlobSum(header)
    await writeAll(file, header, 0)
    let at = header.length
    for await (const chunk of chunks) {
      sum.add(chunk)
      await writeAll(file, chunk, at)
      at += chunk.length
    }
    await writeAll(file, sum.footer(), at)
  }
}
