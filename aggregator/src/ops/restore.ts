import { randomUUID } from 'node:crypto'
import { mkdir, open, readdir, rename, rm, rmdir } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { type Embedded, openEmbedded } from '../embedded/index.js'
import { type ArchiveFile, BadArchive, checkArchive, type Manifest, readArchive, VALUES } from './archive.js'
import { RESTORE_BYTES } from './limits.js'

/** The folder can't take a restored log. */
export class FolderInUse extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'FolderInUse'
  }
}

const LENGTH_BYTES = 4

const checkEmpty = async (folder: string): Promise<void> => {
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return []
    if (error.code === 'ENOTDIR') throw new FolderInUse(`${folder} is a file: name a folder that isn't there yet`)
    throw error
  })
  if (names.length === 0) return
  throw new FolderInUse(`${folder} is not empty: move it away, or name a folder that isn't there yet`)
}

const syncFolder = async (folder: string): Promise<void> => {
  const handle = await open(folder, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/**
 * Makes a data folder from a backup. The whole archive is checked before anything is written, and the folder gets its
 * name once all of it is durable. Throws BadArchive, FolderInUse.
 */
export const restore = async (archive: string, dataDir: string): Promise<Manifest> => {
  const folder = resolve(dataDir)
  await checkEmpty(folder)
  const manifest = await checkArchive(archive)
  const parent = dirname(folder)
  await mkdir(parent, { recursive: true })
  const unfinished = `${folder}.${randomUUID()}.restoring`
  try {
    const { partitions, isCompacted: isRewritten } = manifest
    const firsts = manifest.log.map(({ first }) => first)
    const embedded = await openEmbedded(unfinished, { partitions, firsts, isRewritten })
    try {
      await fill(embedded, archive)
      await checkFilled(embedded, manifest, archive)
    } finally {
      await embedded.close()
    }
    await checkEmpty(folder)
    await rmdir(folder).catch(() => undefined)
    await rename(unfinished, folder)
    await syncFolder(parent)
  } catch (error) {
    await rm(unfinished, { recursive: true, force: true })
    throw error
  }
  return manifest
}

const fill = async (embedded: Embedded, archive: string): Promise<void> => {
  const files = readArchive(archive)
  const log = new LogWriter(embedded)
  let next = await files.next()
  while (next.done !== true) {
    const { name, bytes } = next.value
    const [kind, which = ''] = name.split('/')
    if (kind === 'blobs') {
      next = await putBlob(embedded, which, next.value, files)
      continue
    }
    if (name === VALUES) await putValues(embedded, bytes)
    else await log.add(Number(which), bytes)
    next = await files.next()
  }
  await log.end()
}

const putValues = async ({ store }: Embedded, bytes: Buffer): Promise<void> => {
  for (const line of bytes.toString('utf8').split('\n')) {
    if (line === '') continue
    const { key, value } = JSON.parse(line) as { key: string; value: string }
    await store.put(key, Buffer.from(value, 'base64'), null)
  }
}

/** Puts all pieces of a blob, the first of which is at hand. Resolves with the first file behind them. */
const putBlob = async (
  { store }: Embedded,
  which: string,
  first: ArchiveFile,
  files: AsyncGenerator<ArchiveFile>,
): Promise<IteratorResult<ArchiveFile>> => {
  let next: IteratorResult<ArchiveFile> = { done: false, value: first }
  const pieces = async function* (): AsyncGenerator<Uint8Array> {
    while (next.done !== true && next.value.name.startsWith(`blobs/${which}/`)) {
      yield next.value.bytes
      next = await files.next()
    }
  }
  await store.putBlob(decodeURIComponent(which), pieces())
  return next
}

/** Appends a log's entries, many at a time. */
class LogWriter {
  readonly #embedded: Embedded
  #appending: Promise<number>[] = []
  #sizeBytes = 0

  constructor(embedded: Embedded) {
    this.#embedded = embedded
  }

  async add(partition: number, bytes: Buffer): Promise<void> {
    for (let at = 0; at < bytes.length; ) {
      const start = at + LENGTH_BYTES
      const end = start + bytes.readUInt32LE(at)
      const appended = this.#embedded.log.append(partition, bytes.subarray(start, end))
      appended.catch(() => undefined)
      this.#appending.push(appended)
      this.#sizeBytes += end - at
      at = end
      if (this.#sizeBytes >= RESTORE_BYTES) await this.end()
    }
  }

  async end(): Promise<void> {
    await Promise.all(this.#appending)
    this.#appending = []
    this.#sizeBytes = 0
  }
}

const checkFilled = async ({ log }: Embedded, manifest: Manifest, archive: string): Promise<void> => {
  for (const [partition, { last }] of manifest.log.entries()) {
    const restored = (await log.bounds(partition)).last
    if (restored === last) continue
    throw new BadArchive(`${archive}: the log of partition ${partition} ends at ${restored}, its manifest says ${last}`)
  }
}
