import { randomUUID } from 'node:crypto'
import { createReadStream, existsSync, mkdirSync, readdirSync, unlinkSync } from 'node:fs'
import { open, readdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
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

const syncFolder = async (folder: string): Promise<void> => {
  const handle = await open(folder, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/** Blobs as files. A file has its name only once all of it is durable, so a crash leaves the old one. */
export class BlobFolder {
  readonly #folder: string

  constructor(folder: string) {
    this.#folder = folder
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    for (const name of readdirSync(folder)) if (name.endsWith(UNFINISHED)) unlinkSync(join(folder, name))
  }

  async put(key: string, chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): Promise<void> {
    const path = join(this.#folder, nameOf(key))
    const unfinished = `${path}.${randomUUID()}${UNFINISHED}`
    const file = await open(unfinished, 'wx', 0o600)
    try {
      try {
        for await (const chunk of chunks) await file.writeFile(chunk)
        await file.sync()
      } finally {
        await file.close()
      }
      await rename(unfinished, path)
    } catch (error) {
      await rm(unfinished, { force: true })
      throw error
    }
    await syncFolder(this.#folder)
  }

  /** null where there is none. The file is opened at the first chunk; from then on a new one changes nothing. */
  get(key: string): AsyncIterable<Uint8Array> | null {
    const path = join(this.#folder, nameOf(key))
    if (!existsSync(path)) return null
    return {
      async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
        for await (const chunk of createReadStream(path, { highWaterMark: READ_BYTES })) yield chunk as Uint8Array
      },
    }
  }

  async delete(key: string): Promise<void> {
    await rm(join(this.#folder, nameOf(key)), { force: true })
    await syncFolder(this.#folder)
  }

  async keys(prefix: string): Promise<string[]> {
    const names = (await readdir(this.#folder)).filter(name => name.endsWith(SUFFIX))
    const keys = names.map(name => decodeURIComponent(name.slice(0, -SUFFIX.length)))
    return keys.filter(key => key.startsWith(prefix)).sort()
  }
}
