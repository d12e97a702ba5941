import { Fenced, type Store, type Tenure } from '../ports.js'
import { type Found, IMAGES, imageKey, ListedShelf, readOne, type Shelf, writeImage } from '../worker/index.js'
import { type ImagePointer, imagePointerKey } from './pointed.js'
import { placeOf, readSigned, setSigned, storeAside, sweepAside } from './pointer.js'

/**
 * The images of a partition in a cluster. One is stored aside and is there once the partition's pointer names it, which
 * only the tenure with the greatest epoch can do. Images of a restored backup have no pointer yet and are listed.
 */
export class PointedShelf implements Shelf {
  readonly #store: Store
  readonly #partition: number
  readonly #tenure: Tenure

  constructor(store: Store, partition: number, tenure: Tenure) {
    this.#store = store
    this.#partition = partition
    this.#tenure = tenure
  }

  async sequences(): Promise<number[]> {
    const { images } = await this.#read()
    return images.map(({ sequence }) => sequence)
  }

  async newest(): Promise<Found> {
    const damaged: { sequence: number; reason: string }[] = []
    for (const { sequence, blob } of (await this.#read()).images) {
      const found = (await readOne(this.#store, blob, sequence)) ?? 'it is gone'
      if (typeof found !== 'string') return { image: found, damaged }
      damaged.push({ sequence, reason: found })
    }
    return { image: null, damaged }
  }

  /** Rejects with Fenced where a later tenure has the partition. */
  async put(sequence: number, chunks: AsyncIterable<Uint8Array>): Promise<number[]> {
    const store = this.#store
    const { images: known, revision } = await this.#read()
    const place = placeOf(imageKey(this.#partition, sequence), this.#tenure)
    const named = await storeAside(store, place, writeImage(sequence, chunks))
    const images = [{ sequence, ...named }, ...known].slice(0, IMAGES)
    try {
      await setSigned(store, imagePointerKey(this.#partition), { images }, revision, this.#tenure)
    } catch (error) {
      if (error instanceof Fenced) await store.deleteBlob(named.blob).catch(() => undefined)
      throw error
    }
    for (const { blob } of known.slice(IMAGES - 1)) await store.deleteBlob(blob)
    const kept = images.map(({ blob }) => blob)
    await sweepAside(store, `${imagePointerKey(this.#partition)}/`, kept, this.#tenure)
    return images.map(image => image.sequence)
  }

  async #read(): Promise<{ readonly images: ImagePointer['images']; readonly revision: number }> {
    const key = imagePointerKey(this.#partition)
    const { value, revision } = await readSigned<ImagePointer>(this.#store, key, this.#tenure)
    if (value !== null) return { images: value.images, revision }
    const listed = await new ListedShelf(this.#store, this.#partition).sequences()
    const images = listed.map(sequence => ({
      sequence,
      blob: imageKey(this.#partition, sequence),
      sizeBytes: 0,
      digest: '',
    }))
    return { images, revision }
  }
}
