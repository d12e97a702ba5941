/**
 * A partition's image as a blob of the Store:
 *
 *     image = "pulssi image 2\n" sequence:f64le (length:u32le chunk)* 0xffffffff crc32:u32le
 *
 * The checksum covers everything before it. Chunks come back as they went in, however the Store cuts the blob.
 */
import { crc32 } from 'node:zlib'

const MAGIC = new TextEncoder().encode('pulssi image 2\n')
const END = 0xff_ff_ff_ff
const SEQUENCE_BYTES = 8
const LENGTH_BYTES = 4
/** No chunk is as long: a greater length is a damage, and not to be made room for. */
const CHUNK_BYTES = 512 * 1024 * 1024

export interface Image {
  /** Last entry of the log that it holds. */
  readonly sequence: number
  readonly chunks: Uint8Array[]
}

export class DamagedImage extends Error {
  constructor(reason: string) {
    super(`the image is damaged: ${reason}`)
    this.name = 'DamagedImage'
  }
}

/** An empty array may have no memory behind it, for which zlib would begin anew. */
const checksum = (bytes: Uint8Array, sum: number): number => (bytes.length === 0 ? sum : crc32(bytes, sum))

const u32 = (...values: number[]): Uint8Array => {
  const out = new Uint8Array(values.length * LENGTH_BYTES)
  const view = new DataView(out.buffer)
  values.forEach((value, i) => {
    view.setUint32(i * LENGTH_BYTES, value, true)
  })
  return out
}

/** `chunks`: of the engine as it was after entry `sequence`. */
export async function* writeImage(
  sequence: number,
  chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  let sum = 0
  const summed = (bytes: Uint8Array): Uint8Array => {
    sum = checksum(bytes, sum)
    return bytes
  }
  const head = new Uint8Array(MAGIC.length + SEQUENCE_BYTES)
  head.set(MAGIC)
  new DataView(head.buffer).setFloat64(MAGIC.length, sequence, true)
  yield summed(head)
  for await (const chunk of chunks) {
    yield summed(u32(chunk.length))
    yield summed(chunk)
  }
  yield summed(u32(END))
  yield u32(sum)
}

/** Bytes that come in pieces, handed out in the sizes asked for. */
class Pieces {
  readonly #source: AsyncIterator<Uint8Array>
  #piece: Uint8Array = new Uint8Array()
  #sum = 0

  constructor(source: AsyncIterable<Uint8Array>) {
    this.#source = source[Symbol.asyncIterator]()
  }

  get sum(): number {
    return this.#sum
  }

  async take(sizeBytes: number): Promise<Uint8Array> {
    const bytes = new Uint8Array(sizeBytes)
    let filled = 0
    while (filled < sizeBytes) {
      if (this.#piece.length === 0) {
        const next = await this.#source.next()
        if (next.done === true) throw new DamagedImage('it ends early')
        this.#piece = next.value
        continue
      }
      const part = this.#piece.subarray(0, sizeBytes - filled)
      this.#piece = this.#piece.subarray(part.length)
      bytes.set(part, filled)
      filled += part.length
    }
    this.#sum = checksum(bytes, this.#sum)
    return bytes
  }

  /** Whether nothing is left: a source that checks its bytes throws here. */
  async isOver(): Promise<boolean> {
    let left = this.#piece.length
    for (;;) {
      if (left > 0) return false
      const next = await this.#source.next()
      if (next.done === true) return true
      left = next.value.length
    }
  }

  /** Lets go of the source, wherever it stands. */
  async end(): Promise<void> {
    await this.#source.return?.()
  }

  async u32(): Promise<number> {
    const bytes = await this.take(LENGTH_BYTES)
    return new DataView(bytes.buffer).getUint32(0, true)
  }
}

/** Throws DamagedImage. */
export const readImage = async (blob: AsyncIterable<Uint8Array>): Promise<Image> => {
  const pieces = new Pieces(blob)
  try {
    return await readFrom(pieces)
  } finally {
    await pieces.end()
  }
}

const readFrom = async (pieces: Pieces): Promise<Image> => {
  const magic = await pieces.take(MAGIC.length)
  if (Buffer.compare(magic, MAGIC) !== 0) throw new DamagedImage('it is of another format')
  const sequence = new DataView((await pieces.take(SEQUENCE_BYTES)).buffer).getFloat64(0, true)
  const chunks: Uint8Array[] = []
  for (;;) {
    const length = await pieces.u32()
    if (length === END) break
    if (length > CHUNK_BYTES) throw new DamagedImage('a chunk has an impossible length')
    chunks.push(await pieces.take(length))
  }
  const sum = pieces.sum
  if ((await pieces.u32()) !== sum) throw new DamagedImage('its checksum differs')
  if (!(await pieces.isOver())) throw new DamagedImage('it goes on after its end')
  return { sequence, chunks }
}
