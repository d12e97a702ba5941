import { DamagedBlob, type Store } from '../ports.js'
import type { ArchiveWriter } from './archive.js'
import { BLOB_TRIES, PIECE_BYTES } from './limits.js'
import { Pieces } from './pieces.js'

export const IMAGES = 'image/'

export interface BlobsWritten {
  /** Keys of images that are whole. */
  readonly images: readonly string[]
  /** Keys of images of which a part was written. */
  readonly cut: readonly string[]
}

const nameOf = (key: string, number: number): string => `blobs/${encodeURIComponent(key)}/${number}`

export const writeBlobs = async (archive: ArchiveWriter, store: Store): Promise<BlobsWritten> => {
  const images: string[] = []
  const cut: string[] = []
  for (const key of await store.blobs('')) {
    if (!key.startsWith(IMAGES)) await writeSmall(archive, store, key)
    else {
      const written = await writeImage(archive, store, key)
      if (written !== 'gone') (written === 'whole' ? images : cut).push(key)
    }
  }
  return { images, cut }
}

/** One that may be replaced under its own key: read whole before any of it is written. */
const writeSmall = async (archive: ArchiveWriter, store: Store, key: string): Promise<void> => {
  for (let left = BLOB_TRIES; ; left--) {
    try {
      const chunks: Uint8Array[] = []
      const blob = await store.getBlob(key)
      if (blob === null) return
      for await (const chunk of blob) chunks.push(chunk)
      const bytes = Buffer.concat(chunks)
      let number = 0
      do {
        await archive.add(nameOf(key, number), bytes.subarray(number * PIECE_BYTES, ++number * PIECE_BYTES))
      } while (number * PIECE_BYTES < bytes.length)
      return
    } catch (error) {
      if (left <= 1 || !(error instanceof DamagedBlob || isGone(error))) throw error
    }
  }
}

const isGone = (error: unknown): boolean => (error as NodeJS.ErrnoException).code === 'ENOENT'

/** An image that newer ones have replaced since it was listed is left out: a newer one is on the list, or its log. */
const writeImage = async (archive: ArchiveWriter, store: Store, key: string): Promise<'whole' | 'cut' | 'gone'> => {
  const pieces = new Pieces(number => nameOf(key, number), archive)
  try {
    const blob = await store.getBlob(key)
    if (blob === null) return 'gone'
    for await (const chunk of blob) await pieces.add(chunk)
  } catch (error) {
    const isReplaced = !(await store.blobs(key)).includes(key)
    if (!isReplaced && !(isGone(error) && pieces.count === 0)) throw error
    return pieces.count === 0 ? 'gone' : 'cut'
  }
  if (pieces.count === 0 || pieces.sizeBytes > 0) await pieces.end()
  return 'whole'
}
