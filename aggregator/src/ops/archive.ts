import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { pipeline } from 'node:stream/promises'
import { extract, type Pack, pack } from 'tar-stream'
import { ARCHIVE_FILE_BYTES } from './limits.js'

/**
 * A backup is one tar file, in this order:
 *
 *     values                    a line {"key", "value"} for each value of the Store, base64
 *     blobs/KEY/PIECE …         the blobs, each in pieces from 0
 *     log/PARTITION/FIRST …     (length:u32le byte×length)*, the entries from FIRST on
 *     manifest.json             {"manifest", "sha256"}: what is in the files before; a cut archive has none
 *
 * It tells nothing of how a log or a store lies on the disk, so that it outlives both.
 */
export const ARCHIVE_FORMAT = 1
export const VALUES = 'values'
const MANIFEST = 'manifest.json'
const NAME = /^(values|blobs\/[^/]+\/\d+|log\/\d+\/\d+)$/

export interface FileSum {
  readonly sizeBytes: number
  readonly sha256: string
}

export interface Bounds {
  readonly first: number
  readonly last: number
}

export interface Manifest {
  readonly format: number
  /** When the backup began, ms since 1970. */
  readonly createdAt: number
  readonly partitions: number
  /** Erased visitors were taken out of the log, so that it can't be counted again without the images. */
  readonly isCompacted: boolean
  /** Of the key of the id hashes: two archives of one fingerprint know the same visitors. */
  readonly keyFingerprint: string
  /** Of each partition. */
  readonly log: readonly Bounds[]
  /** Blobs that were replaced while they were read, of which a part is in the archive: to be left out. */
  readonly cut?: readonly string[]
  readonly files: Readonly<Record<string, FileSum>>
}

/** The archive can't be used; the message says what is wrong with it. */
export class BadArchive extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'BadArchive'
  }
}

const sha256 = (bytes: Uint8Array | string): string => createHash('sha256').update(bytes).digest('hex')

export const sumOf = (bytes: Uint8Array): FileSum => ({ sizeBytes: bytes.length, sha256: sha256(bytes) })

/** Writes an archive; each call waits until its bytes are taken. */
export class ArchiveWriter {
  readonly stream: Pack = pack()
  readonly #files: Record<string, FileSum> = {}

  async add(name: string, bytes: Uint8Array): Promise<void> {
    this.#files[name] = sumOf(bytes)
    await this.#entry(name, bytes)
  }

  async finish(about: Omit<Manifest, 'format' | 'files'>): Promise<void> {
    const manifest: Manifest = { format: ARCHIVE_FORMAT, ...about, files: this.#files }
    const sealed = { manifest, sha256: sha256(JSON.stringify(manifest)) }
    await this.#entry(MANIFEST, Buffer.from(`${JSON.stringify(sealed)}\n`))
    this.stream.finalize()
  }

  #entry(name: string, bytes: Uint8Array): Promise<void> {
    return new Promise((resolve, reject) => {
      const header = { name, size: bytes.length, mode: 0o600, mtime: new Date(0) }
      const sink = this.stream.entry(header, error => (error ? reject(error) : resolve()))
      sink.end(bytes)
    })
  }
}

export interface ArchiveFile {
  readonly name: string
  readonly bytes: Buffer
}

/** The files of an archive in order, the manifest too. Throws BadArchive where the file is no tar, or was cut. */
async function* filesOf(path: string): AsyncGenerator<ArchiveFile> {
  const tar = extract()
  const feeding = pipeline(createReadStream(path), tar)
  feeding.catch(() => undefined)
  try {
    for await (const entry of tar) {
      const { name, size = 0 } = entry.header
      if (size > ARCHIVE_FILE_BYTES)
        throw new BadArchive(`${path}: "${name}" says it has ${size} bytes: no backup of ours`)
      const chunks: Buffer[] = []
      for await (const chunk of entry) chunks.push(chunk as Buffer)
      yield { name, bytes: Buffer.concat(chunks) }
    }
    await feeding
  } catch (error) {
    if (error instanceof BadArchive || (error as NodeJS.ErrnoException).syscall !== undefined) throw error
    throw new BadArchive(`${path} is damaged, or no archive: ${(error as Error).message}`)
  } finally {
    tar.destroy()
  }
}

const manifestOf = (path: string, bytes: Buffer): Manifest => {
  let sealed: { manifest?: Manifest; sha256?: string } | null = null
  try {
    sealed = JSON.parse(bytes.toString('utf8'))
  } catch {
    // Said below.
  }
  const manifest = sealed?.manifest
  if (manifest === undefined || sealed?.sha256 !== sha256(JSON.stringify(manifest))) {
    throw new BadArchive(`${path}: its ${MANIFEST} is damaged`)
  }
  if (manifest.format !== ARCHIVE_FORMAT) {
    throw new BadArchive(`${path} has format ${manifest.format}, this release reads ${ARCHIVE_FORMAT}`)
  }
  return manifest
}

/** Reads a whole archive and checks it against its manifest. Throws BadArchive, which says all that is wrong. */
export const checkArchive = async (path: string): Promise<Manifest> => {
  const sums = new Map<string, FileSum>()
  const wrong: string[] = []
  let manifest: Manifest | null = null
  for await (const { name, bytes } of filesOf(path)) {
    if (name === MANIFEST && manifest === null) manifest = manifestOf(path, bytes)
    else if (manifest !== null || sums.has(name) || !NAME.test(name)) wrong.push(`"${name}" doesn't belong there`)
    else sums.set(name, sumOf(bytes))
  }
  if (manifest === null) throw new BadArchive(`${path} has no ${MANIFEST}: it was cut off, or is no backup`)
  for (const [name, { sha256 }] of Object.entries(manifest.files)) {
    const found = sums.get(name)
    if (found === undefined) wrong.push(`${name} is missing`)
    else if (found.sha256 !== sha256) wrong.push(`the checksum of ${name} differs`)
    sums.delete(name)
  }
  for (const name of sums.keys()) wrong.push(`${name} is not in the ${MANIFEST}`)
  if (wrong.length > 0) throw new BadArchive(`${path} is damaged: ${wrong.join('; ')}`)
  return manifest
}

/** The files of an archive that was checked, without the manifest. */
export async function* readArchive(path: string): AsyncGenerator<ArchiveFile> {
  for await (const file of filesOf(path)) if (file.name !== MANIFEST) yield file
}
