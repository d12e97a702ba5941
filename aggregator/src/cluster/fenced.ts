import { Fenced, type Store, type Tenure } from '../ports.js'
import { type BlobPointer, PointedStore, pointerKey } from './pointed.js'
import { placeOf, readSigned, requireHeld, setSigned, storeAside, sweepAside } from './pointer.js'

/**
 * The Store for what one tenure writes. A blob is stored aside, and becomes the one that everybody reads when its
 * pointer is set: by compare-and-set, and never over that of a later epoch. A process that was paused and wakes up after
 * another one has taken over can so change nothing; its writes throw Fenced.
 */
export class FencedStore extends PointedStore {
  readonly #tenure: Tenure

  constructor(store: Store, tenure: Tenure) {
    super(store)
    this.#tenure = tenure
  }

  override async put(key: string, value: Uint8Array, revision: number | null): Promise<number | null> {
    requireHeld(this.#tenure)
    return super.put(key, value, revision)
  }

  override async delete(key: string): Promise<void> {
    requireHeld(this.#tenure)
    return super.delete(key)
  }

  override async putBlob(key: string, chunks?: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): Promise<void> {
    const { store } = this
    const tenure = this.#tenure
    requireHeld(tenure)
    const { value: known, revision } = await readSigned<BlobPointer>(store, pointerKey(key), tenure)
    const named = await storeAside(store, placeOf(key, tenure), chunks ?? [])
    const before = known?.blob ?? key
    try {
      await setSigned(store, pointerKey(key), { ...named, before }, revision, tenure)
    } catch (error) {
      // Whether the pointer was set isn't known where the server didn't answer: the blob is left to a later sweep.
      if (error instanceof Fenced) await store.deleteBlob(named.blob).catch(() => undefined)
      throw error
    }
    if (known !== null) await store.deleteBlob(known.before)
    await sweepAside(store, `${key}@`, [named.blob, before], tenure)
  }

  override async deleteBlob(key: string): Promise<void> {
    const { store } = this
    requireHeld(this.#tenure)
    const { value } = await readSigned<BlobPointer>(store, pointerKey(key), this.#tenure)
    await store.delete(pointerKey(key))
    for (const blob of new Set([key, value?.before ?? key, value?.blob ?? key])) await store.deleteBlob(blob)
  }
}
