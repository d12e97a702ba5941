import { createHash } from 'node:crypto'
import type { EventLog, Store } from '../ports.js'
import { ArchiveWriter, type Bounds, VALUES } from './archive.js'
import { IMAGES, writeBlobs } from './backup-blobs.js'
import { writeLog } from './backup-log.js'
import { COMPACTED } from './compact.js'
import type { Gate } from './gate.js'

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
/** Who has what in a cluster, and where it is there: nothing of it holds elsewhere. */
const OF_CLUSTER = ['lease/', 'member/', 'pointer/', 'image/']

export const fingerprintOf = (key: readonly [number, number]): string =>
  createHash('sha256').update(Uint32Array.from(key)).digest('hex').slice(0, 16)

/**
 * A whole backup as bytes (archive.ts), of a state not older than the call: values first, then the images, then each
 * partition's log up to its durable end, which so never lies before an image. Appends go on; nothing is trimmed or
 * rewritten by this process meanwhile, and what others take away is noticed. Throws Busy before the first byte; what
 * fails later ends the bytes without a manifest.
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
  const { images, cut } = await writeBlobs(archive, store)
  const bounds: Bounds[] = []
  for (let partition = 0; partition < log.partitions; partition++) {
    const kept = await writeLog(archive, log, partition, signal)
    requireImage(partition, kept, images)
    bounds.push(kept)
  }
  const isCompacted = (await store.keys(COMPACTED)).length > 0
  const { partitions } = log
  const about = { createdAt, partitions, isCompacted, keyFingerprint: fingerprintOf(key), log: bounds }
  await archive.finish({ ...about, ...(cut.length === 0 ? {} : { cut }) })
}

/** Where images are made faster than they are read, none may be whole that the rest of the log goes on from. */
const requireImage = (partition: number, { first }: Bounds, images: readonly string[]): void => {
  if (first === 1) return
  const prefix = `${IMAGES}${partition}/`
  const newest = Math.max(
    0,
    ...images.filter(key => key.startsWith(prefix)).map(key => Number(key.slice(prefix.length))),
  )
  if (newest >= first - 1) return
  throw new Error(`partition ${partition} has no image that its log, which begins at entry ${first}, goes on from`)
}

const isLeftOut = (key: string): boolean => [SALTS, ...OF_CLUSTER].some(prefix => key.startsWith(prefix))

const writeValues = async (archive: ArchiveWriter, store: Store): Promise<void> => {
  const lines: string[] = []
  for (const key of await store.keys('')) {
    const found = isLeftOut(key) ? null : await store.get(key)
    if (found !== null) lines.push(`${JSON.stringify({ key, value: Buffer.from(found.value).toString('base64') })}\n`)
  }
  await archive.add(VALUES, Buffer.from(lines.join('')))
}
