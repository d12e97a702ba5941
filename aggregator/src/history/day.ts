import type { Quarter } from '../engine/index.js'
import { DamagedBlob, type Store } from '../ports.js'
import { DayReader, dayHead, keepRevision, type Record, revisionOf, withQuarters } from './format.js'
import { CHUNK_BYTES } from './limits.js'

/** Gives way to others now and then; called often. */
export type Pause = () => Promise<void>

/** A day's slices that are to be stored, by touchpoint. */
export type Added = ReadonlyMap<string, readonly Quarter[]>

/** Adds slices to a day of the Store, in one step. Resolves with why what was there could not be read; null: it could. */
export const storeDay = async (store: Store, key: string, added: Added, pause: Pause): Promise<DamagedBlob | null> => {
  const revision = await revisionOf(store, key)
  const damage = await putDay(store, key, added, revision, pause)
  let newest = 0
  for (const quarters of added.values()) for (const { quarter } of quarters) newest = Math.max(newest, quarter)
  await keepRevision(store, key, revision + 1, newest)
  return damage
}

const putDay = async (
  store: Store,
  key: string,
  added: Added,
  revision: number,
  pause: Pause,
): Promise<DamagedBlob | null> => {
  const blob = await store.getBlob(key)
  try {
    await store.putBlob(key, merged(blob, added, revision, pause))
    return null
  } catch (error) {
    if (!(error instanceof DamagedBlob)) throw error
    await store.putBlob(key, anew(added, revision, pause))
    return error
  }
}

async function* merged(
  blob: AsyncIterable<Uint8Array> | null,
  added: Added,
  revision: number,
  pause: Pause,
): AsyncGenerator<Uint8Array> {
  const day = new DayReader(blob)
  const pieces = new Pieces()
  const names = [...added.keys()].sort()
  const put = (name: string, record: Record | null): void =>
    pieces.put(withQuarters(name, record, added.get(name) ?? []))
  let next = 0
  try {
    const { whole } = await day.head(revision)
    yield dayHead({ whole, revision: revision + 1 })
    for await (const record of day.records()) {
      for (; (names[next] ?? record.touchpoint) < record.touchpoint; next++) put(names[next] as string, null)
      if (names[next] !== record.touchpoint) pieces.put(record.bytes)
      else put(names[next++] as string, record)
      if (pieces.isFull) yield pieces.take()
      await pause()
    }
  } finally {
    await day.end()
  }
  for (const name of names.slice(next)) {
    put(name, null)
    if (pieces.isFull) yield pieces.take()
    await pause()
  }
  yield pieces.take()
}

/** What was stored of the day is lost: whoever reads it must know up to where. */
async function* anew(added: Added, revision: number, pause: Pause): AsyncGenerator<Uint8Array> {
  let first = Number.POSITIVE_INFINITY
  for (const quarters of added.values()) for (const { quarter } of quarters) first = Math.min(first, quarter)
  yield dayHead({ whole: first, revision: revision + 1 })
  for (const name of [...added.keys()].sort()) {
    yield withQuarters(name, null, added.get(name) ?? [])
    await pause()
  }
}

/** Gathers bytes, so that the Store isn't asked to write every few of them. */
class Pieces {
  #chunks: Uint8Array[] = []
  #sizeBytes = 0

  get isFull(): boolean {
    return this.#sizeBytes >= CHUNK_BYTES
  }

  put(bytes: Uint8Array): void {
    this.#chunks.push(bytes)
    this.#sizeBytes += bytes.length
  }

  take(): Uint8Array {
    const bytes = Buffer.concat(this.#chunks)
    this.#chunks = []
    this.#sizeBytes = 0
    return bytes
  }
}
