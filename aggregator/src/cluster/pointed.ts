import type { Store } from '../ports.js'
import { imageKey } from '../worker/index.js'
import { epochOf, type Named, readSigned, type Signed } from './pointer.js'

/** Where a blob is, and the one before it: whoever reads that one still finds it. */
export interface BlobPointer extends Signed, Named {
  readonly before: string
}

/** The images of a partition that are committed, newest first. */
export interface ImagePointer extends Signed {
  readonly images: readonly (Named & { readonly sequence: number })[]
}

export const POINTERS = 'pointer/'
const IMAGE_POINTERS = 'image/'

export const pointerKey = (key: string): string => POINTERS + key
export const imagePointerKey = (partition: number): string => IMAGE_POINTERS + partition

const isImage = (key: string): boolean => key.startsWith(IMAGE_POINTERS)
const partitionOf = (key: string): number => Number(key.split('/')[1])

/**
 * A cluster's Store as whoever only reads sees it: blobs by their own keys, whichever place the pointers say that they
 * are in. Keys of pointers are not shown.
 */
export class PointedStore implements Store {
  protected readonly store: Store

  constructor(store: Store) {
    this.store = store
  }

  get(key: string): ReturnType<Store['get']> {
    return this.store.get(key)
  }

  put(key: string, value: Uint8Array, revision: number | null): Promise<number | null> {
    return this.store.put(key, value, revision)
  }

  delete(key: string): Promise<void> {
    return this.store.delete(key)
  }

  async keys(prefix: string): Promise<string[]> {
    const keys = await this.store.keys(prefix)
    return keys.filter(key => !key.startsWith(POINTERS) && !isImage(key))
  }

  async putBlob(key: string): Promise<void> {
    throw new Error(`${key} can't be stored without a tenure`)
  }

  async deleteBlob(key: string): Promise<void> {
    throw new Error(`${key} can't be deleted without a tenure`)
  }

  async getBlob(key: string): Promise<AsyncIterable<Uint8Array> | null> {
    for (;;) {
      const place = await this.#placeOf(key)
      const blob = await this.store.getBlob(place)
      // Where it was replaced between the two, the pointer says another place now.
      if (blob !== null || (await this.#placeOf(key)) === place) return blob
    }
  }

  async blobs(prefix: string): Promise<string[]> {
    const [stored, pointed, images] = [
      await this.store.blobs(prefix),
      await this.store.keys(pointerKey(prefix)),
      await this.#images(),
    ]
    // Of a partition with a pointer, what the pointer doesn't name is being taken away.
    const isPlain = (key: string): boolean => epochOf(key) === null && !images.has(isImage(key) ? partitionOf(key) : -1)
    const keys = new Set([
      ...stored.filter(isPlain),
      ...pointed.map(key => key.slice(POINTERS.length)),
      ...[...images].flatMap(([partition, list]) => list.map(({ sequence }) => imageKey(partition, sequence))),
    ])
    return [...keys].filter(key => key.startsWith(prefix)).sort()
  }

  async #placeOf(key: string): Promise<string> {
    if (isImage(key)) {
      const { value } = await readSigned<ImagePointer>(this.store, imagePointerKey(partitionOf(key)), null)
      return value?.images.find(({ sequence }) => imageKey(partitionOf(key), sequence) === key)?.blob ?? key
    }
    return (await readSigned<BlobPointer>(this.store, pointerKey(key), null)).value?.blob ?? key
  }

  async #images(): Promise<Map<number, ImagePointer['images']>> {
    const images = new Map<number, ImagePointer['images']>()
    for (const key of await this.store.keys(IMAGE_POINTERS)) {
      const { value } = await readSigned<ImagePointer>(this.store, key, null)
      if (value !== null) images.set(partitionOf(key), value.images)
    }
    return images
  }

  async close(): Promise<void> {}
}
