import { createHash } from 'node:crypto'
import type { EventLog, Store } from '../ports.js'
import { ArchiveWriter, VALUES } from './archive.js'
import { COMPACTED } from './compact.js'
import type { Gate } from './gate.js'
import { PIECE_BYTES } from './limits.js'

export interface BackupSource {
  readonly log: EventLog
  readonly store: Store
  readonly gate: Gate
  /** Of the id hashes. */
  readonly key: readonly [number, number]
  /** ms since 1970 */
  readonly now: () => number
}

/** A salt in a backup would outlive its day, and with it the link from an address to a visitor. */
const SALTS = 'salt/'
const LENGTH_BYTES = 4

export const fingerprintOf = (key: readonly [number, number]): string =>
  createHash('sha256').update(Uint32Array.from(key)).digest('hex').slice(0, 16)

/**
 * A whole backup as bytes (archive.ts), of a state not older than the call: values first, then the images, then each
 * partition's log up to its durable end, which so never lies before an image. Appends go on; nothing is trimmed or
 * rewritten meanwhile. Throws Busy before the first byte; what fails later ends the bytes without a manifest.
 */
export async function* backup(source: BackupSource): AsyncGenerator<Uint8Array> {
  const leave = await source.gate.enter('backup')
  const stop = new AbortController()
  const archive = new ArchiveWriter()
  const writing = write(archive, source, stop.signal).catch((error: Error) => archive.stream.destroy(error))
  try {
    for await (const chunk of archive.stream) yield chunk as Buffer
  } finally {
    stop.abort()
    archive.stream.destroy()
    await writing
    leave()
  }
}

const write = async (archive: ArchiveWriter, source: BackupSource, signal: AbortSignal): Promise<void> => {
  const { log, store, key, now } = source
  const createdAt = now()
  await writeValues(archive, store)
  for (const blob of await store.blobs('')) await writeBlob(archive, store, blob)
  const bounds: { first: number; last: number }[] = []
  for (let partition = 0; partition < log.partitions; partition++) {
    const { first, last } = await log.bounds(partition)
    bounds.push({ first, last })
    if (last >= first) await writeLog(archive, log, partition, first, last, signal)
  }
  const isCompacted = (await store.keys(COMPACTED)).length > 0
  const { partitions } = log
  await archive.finish({ createdAt, partitions, isCompacted, keyFingerprint: fingerprintOf(key), log: bounds })
}

const writeValues = async (archive: ArchiveWriter, store: Store): Promise<void> => {
  const lines: string[] = []
  for (const key of await store.keys('')) {
    const found = key.startsWith(SALTS) ? null : await store.get(key)
    if (found !== null) lines.push(`${JSON.stringify({ key, value: Buffer.from(found.value).toString('base64') })}\n`)
  }
  await archive.add(VALUES, Buffer.from(lines.join('')))
}

/** An image that a newer one has replaced since it was listed is left out: the newer one is on the list, or its log. */
const writeBlob = async (archive: ArchiveWriter, store: Store, key: string): Promise<void> => {
  const blob = await store.getBlob(key)
  if (blob === null) return
  const pieces = new Pieces(number => `blobs/${encodeURIComponent(key)}/${number}`, archive)
  try {
    for await (const chunk of blob) await pieces.add(chunk)
  } catch (error) {
    if (pieces.count === 0 && (error as NodeJS.ErrnoException).code === 'ENOENT') return
    throw error
  }
  if (pieces.count === 0 || pieces.sizeBytes > 0) await pieces.end()
}

const writeLog = async (
  archive: ArchiveWriter,
  log: EventLog,
  partition: number,
  first: number,
  last: number,
  signal: AbortSignal,
): Promise<void> => {
  let next = first
  let pieceFirst = first
  const pieces = new Pieces(() => `log/${partition}/${pieceFirst}`, archive)
  const length = Buffer.alloc(LENGTH_BYTES)
  for await (const entries of log.read(partition, first, signal)) {
    for (const { sequence, bytes } of entries) {
      if (sequence > last) break
      if (sequence !== next) throw new Error(`entries ${next} to ${sequence - 1} of partition ${partition} are gone`)
      if (pieces.sizeBytes > 0 && pieces.sizeBytes + bytes.length > PIECE_BYTES) {
        await pieces.end()
        pieceFirst = sequence
      }
      length.writeUInt32LE(bytes.length)
      pieces.put(Uint8Array.from(length))
      pieces.put(bytes)
      next++
    }
    if (next > last) break
  }
  await pieces.end()
  if (next <= last) throw new Error(`the log of partition ${partition} ended at ${next - 1}, before ${last}`)
}

/** Gathers bytes and writes them as files of about PIECE_BYTES. */
class Pieces {
  count = 0
  sizeBytes = 0
  readonly #name: (number: number) => string
  readonly #archive: ArchiveWriter
  #chunks: Uint8Array[] = []

  constructor(name: (number: number) => string, archive: ArchiveWriter) {
    this.#name = name
    this.#archive = archive
  }

  put(bytes: Uint8Array): void {
    this.#chunks.push(bytes)
    this.sizeBytes += bytes.length
  }

  async add(bytes: Uint8Array): Promise<void> {
    this.put(bytes)
    if (this.sizeBytes >= PIECE_BYTES) await this.end()
  }

  async end(): Promise<void> {
    const bytes = Buffer.concat(this.#chunks)
    this.#chunks = []
    this.sizeBytes = 0
    await this.#archive.add(this.#name(this.count++), bytes)
  }
}
