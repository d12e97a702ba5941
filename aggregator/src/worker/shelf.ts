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

/** The images of one partition in the Store: the newest IMAGES of them. */
export class Shelf {
  readonly #store: Store
  readonly #partition: number

  constructor(store: Store, partition: number) {
    this.#store = store
    this.#partition = partition
  }

  /** Last entries that the kept images hold, newest first. */
  async sequences(): Promise<number[]> {
    const prefix = prefixOf(this.#partition)
    const keys = await this.#store.blobs(prefix)
    return keys
      .map(key => Number(key.slice(prefix.length)))
      .filter(Number.isSafeInteger)
      .sort((a, b) => b - a)
  }

  /** The newest that can be read. */
  async newest(): Promise<Found> {
    const damaged: { sequence: number; reason: string }[] = []
    for (const sequence of await this.sequences()) {
      const blob = await this.#store.getBlob(imageKey(this.#partition, sequence))
      if (blob === null) continue
      try {
        const image = await readImage(blob)
        if (image.sequence === sequence) return { image, damaged }
        damaged.push({ sequence, reason: `it is that of entry ${image.sequence}` })
      } catch (error) {
        if (!(error instanceof DamagedImage || error instanceof DamagedBlob)) throw error
        damaged.push({ sequence, reason: error.message })
      }
    }
    return { image: null, damaged }
  }

  /** Stores one and takes the oldest off; resolves with the sequences that are kept, newest first. */
  async put(sequence: number, chunks: AsyncIterable<Uint8Array>): Promise<number[]> {
    await this.#store.putBlob(imageKey(this.#partition, sequence), writeImage(sequence, chunks))
    const all = await this.sequences()
    for (const old of all.slice(IMAGES)) await this.#store.deleteBlob(imageKey(this.#partition, old))
    return all.slice(0, IMAGES)
  }
}
