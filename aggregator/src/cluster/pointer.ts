import { createHash, randomBytes } from 'node:crypto'
import { Fenced, type Store, type Tenure } from '../ports.js'

/** What a pointer says of who set it. */
export interface Signed {
  readonly epoch: number
  readonly owner: string
}

/** A blob that a pointer names. */
export interface Named {
  /** The key under which its bytes are. */
  readonly blob: string
  readonly sizeBytes: number
  /** SHA-256 of its bytes, hex. */
  readonly digest: string
}

const NAME_BYTES = 6
const MARK = '@'

/** A place for a blob that nobody else writes to; it tells the epoch that it was written in. */
export const placeOf = (key: string, { epoch }: Tenure): string =>
  `${key}${MARK}${epoch}.${randomBytes(NAME_BYTES).toString('hex')}`

/** Epoch of a place; null: the key of a blob that no tenure wrote. */
export const epochOf = (blob: string): number | null => {
  const mark = blob.lastIndexOf(MARK)
  return mark < 0 ? null : Number.parseInt(blob.slice(mark + 1), 10)
}

export const requireHeld = (tenure: Tenure): void => {
  if (!tenure.isHeld)
    throw new Fenced(`${tenure.name} is no longer ${tenure.owner}'s, who held it in epoch ${tenure.epoch}`)
}

/** What is under a key that a tenure may change; throws Fenced where a later one has. */
export const readSigned = async <T extends Signed>(
  store: Store,
  key: string,
  tenure: Tenure | null,
): Promise<{ readonly value: T | null; readonly revision: number }> => {
  const found = await store.get(key)
  if (found === null) return { value: null, revision: 0 }
  const value = JSON.parse(new TextDecoder().decode(found.value)) as T
  if (tenure !== null && value.epoch > tenure.epoch) {
    throw new Fenced(`${key} is of epoch ${value.epoch}, and can't be set in epoch ${tenure.epoch}`)
  }
  return { value, revision: found.revision }
}

/** Sets it, if it is still as it was read. Throws Fenced. */
export const setSigned = async <T extends object>(
  store: Store,
  key: string,
  value: T,
  revision: number,
  tenure: Tenure,
): Promise<void> => {
  requireHeld(tenure)
  const { epoch, owner } = tenure
  const bytes = Buffer.from(JSON.stringify({ epoch, owner, ...value }))
  if ((await store.put(key, bytes, revision)) === null) throw new Fenced(`${key} was set by somebody else meanwhile`)
}

/** Stores a blob where nobody reads it yet. Throws Fenced, or as the Store. */
export const storeAside = async (
  store: Store,
  blob: string,
  chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
): Promise<Named> => {
  const hash = createHash('sha256')
  let sizeBytes = 0
  const heard = async function* (): AsyncGenerator<Uint8Array> {
    for await (const chunk of chunks) {
      hash.update(chunk)
      sizeBytes += chunk.length
      yield chunk
    }
  }
  await store.putBlob(blob, heard())
  return { blob, sizeBytes, digest: hash.digest('hex') }
}

/** Takes away what earlier tenures stored aside under a key and never committed: none of them can any more. */
export const sweepAside = async (
  store: Store,
  prefix: string,
  named: readonly string[],
  tenure: Tenure,
): Promise<void> => {
  for (const blob of await store.blobs(prefix)) {
    const epoch = epochOf(blob)
    if (epoch !== null && epoch < tenure.epoch && !named.includes(blob)) await store.deleteBlob(blob)
  }
}
