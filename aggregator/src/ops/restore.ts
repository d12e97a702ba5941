import { randomUUID } from 'node:crypto'
import { mkdir, open, readdir, rename, rm, rmdir } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { openEmbedded } from '../embedded/index.js'
import { checkArchive, type Manifest } from './archive.js'
import { fill } from './fill.js'

/** The folder can't take a restored log. */
export class FolderInUse extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'FolderInUse'
  }
}

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
 * name once all of it is durable; until then `signal` ends it. Throws BadArchive, FolderInUse.
 */
export const restore = async (
  archive: string,
  dataDir: string,
  signal: AbortSignal = new AbortController().signal,
): Promise<Manifest> => {
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
      await fill(embedded, archive, manifest, signal)
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
