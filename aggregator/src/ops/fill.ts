import type { EventLog, Store } from '../ports.js'
import { type ArchiveFile, BadArchive, type Manifest, readArchive, VALUES } from './archive.js'
import { RESTORE_BYTES, RESTORE_ENTRIES } from './limits.js'

/** Where an archive's contents go: a log whose partitions begin where those of the archive do. */
export interface Place {
  readonly log: Pick<EventLog, 'append' | 'bounds'>
  readonly store: Pick<Store, 'put' | 'putBlob'>
}

const LENGTH_BYTES = 4

/**
 * Puts all that an archive holds in place, in which nothing is yet. The archive was checked. Throws BadArchive; rejects
 * with the reason of the signal where it was aborted, and a part is there.
 */
export const fill = async (place: Place, archive: string, manifest: Manifest, signal: AbortSignal): Promise<void> => {
  const files = readArchive(archive)
  const cut = new Set(manifest.cut ?? [])
  const log = new LogWriter(place)
  let next = await files.next()
  while (next.done !== true) {
    signal.throwIfAborted()
    const { name, bytes } = next.value
    const [kind, which = ''] = name.split('/')
    if (kind === 'blobs') {
      if (cut.has(decodeURIComponent(which))) next = await files.next()
      else next = await putBlob(place, which, next.value, files)
      continue
    }
    if (name === VALUES) await putValues(place, bytes)
    else await log.add(Number(which), bytes)
    next = await files.next()
  }
  await log.end()
  await checkFilled(place, manifest, archive)
}

const putValues = async ({ store }: Place, bytes: Buffer): Promise<void> => {
  for (const line of bytes.toString('utf8').split('\n')) {
    if (line === '') continue
    const { key, value } = JSON.parse(line) as { key: string; value: string }
    await store.put(key, Buffer.from(value, 'base64'), null)
  }
}

/** Puts all pieces of a blob, the first of which is at hand. Resolves with the first file behind them. */
const putBlob = async (
  { store }: Place,
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
  readonly #place: Place
  #appending: Promise<number>[] = []
  #sizeBytes = 0

  constructor(place: Place) {
    this.#place = place
  }

  async add(partition: number, bytes: Buffer): Promise<void> {
    for (let at = 0; at < bytes.length; ) {
      const start = at + LENGTH_BYTES
      const end = start + bytes.readUInt32LE(at)
      const appended = this.#place.log.append(partition, bytes.subarray(start, end))
      appended.catch(() => undefined)
      this.#appending.push(appended)
      this.#sizeBytes += end - at
      at = end
      if (this.#sizeBytes >= RESTORE_BYTES || this.#appending.length >= RESTORE_ENTRIES) await this.end()
    }
  }

  async end(): Promise<void> {
    await Promise.all(this.#appending)
    this.#appending = []
    this.#sizeBytes = 0
  }
}

const checkFilled = async ({ log }: Place, manifest: Manifest, archive: string): Promise<void> => {
  for (const [partition, { last }] of manifest.log.entries()) {
    const restored = (await log.bounds(partition)).last
    if (restored === last) continue
    throw new BadArchive(`${archive}: the log of partition ${partition} ends at ${restored}, its manifest says ${last}`)
  }
}
