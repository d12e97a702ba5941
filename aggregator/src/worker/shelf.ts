import { DamagedBlob, type Store } from '../ports.js'
import { DamagedImage, type Image, readImage, writeImage } from './image.js'
import { IMAGES } from './limits.js'

const SEQUENCE_DIGITS = 16
const prefixOf = (partition: number): string => `image/${partition}/`

export const imageKey = (partition: number, sequence: number): string =>
  prefixOf(partition) + String(sequence).padStart(SEQUENCE_DIGITS, '0')

/** What became of the images of a partition at the start. */
export interface Found {
  readonly image: Image | null
  /** Sequences of newer ones that can't be read, each with the reason. */
  readonly damaged: readonly { readonly sequence: number; readonly reason: string }[]
}

/** The image of an entry under a key; a text says how it is damaged, null that there is none. */
export const readOne = async (store: Store, key: string, sequence: number): Promise<Image | string | null> => {
  const blob = await store.getBlob(key)
  if (blob === null) return null
  try {
    const image = await readImage(blob)
    return image.sequence === sequence ? image : `it is that of entry ${image.sequence}`
  } catch (error) {
    if (!(error instanceof DamagedImage || error instanceof DamagedBlob)) throw error
    return error.message
  }
}

/** The images of one partition: the newest IMAGES of them. */
export interface Shelf {
  /** Last entries that the kept images hold, newest first. */
  sequences(): Promise<number[]>
  /** The newest that can be read. */
  newest(): Promise<Found>
  /** Stores one and takes the oldest off; resolves with the sequences that are kept, newest first. */
  put(sequence: number, chunks: AsyncIterable<Uint8Array>): Promise<number[]>
}

/** Images that the Store lists: each is there as soon as it is stored. */
export class ListedShelf implements Shelf {
  readonly #store: Store
  readonly #partition: number

  constructor(store: Store, partition: number) {
    this.#store = store
    this.#partition = partition
  }

  async sequences(): Promise<number[]> {
    const prefix = prefixOf(this.#partition)
    const keys = await this.#store.blobs(prefix)
    return keys
      .map(key => Number(key.slice(prefix.length)))
      .filter(Number.isSafeInteger)
      .sort((a, b) => b - a)
  }

  async newest(): Promise<Found> {
    const damaged: { sequence: number; reason: string }[] = []
    for (const sequence of await this.sequences()) {
      const found = await readOne(this.#store, imageKey(this.#partition, sequence), sequence)
      if (found === null) continue
      if (typeof found !== 'string') return { image: found, damaged }
      damaged.push({ sequence, reason: found })
    }
    return { image: null, damaged }
  }

  async put(sequence: number, chunks: AsyncIterable<Uint8Array>): Promise<number[]> {
    await this.#store.putBlob(imageKey(this.#partition, sequence), writeImage(sequence, chunks))
    const all = await this.sequences()
    for (const old of all.slice(IMAGES)) await this.#store.deleteBlob(imageKey(this.#partition, old))
    return all.slice(0, IMAGES)
  }
}
