import fc from 'fast-check'
import { expect, test } from 'vitest'
import { DamagedImage, type Image, readImage, writeImage } from './image.js'

const whole = async (image: Image): Promise<Buffer> => {
  const pieces: Uint8Array[] = []
  for await (const piece of writeImage(image.sequence, image.chunks)) pieces.push(piece)
  return Buffer.concat(pieces)
}

/** The same bytes, cut where a Store might cut them. */
async function* cut(bytes: Uint8Array, sizes: readonly number[]): AsyncGenerator<Uint8Array> {
  let at = 0
  for (const size of sizes) {
    yield bytes.subarray(at, at + size)
    at += size
  }
  yield bytes.subarray(at)
}

const images = fc.record({
  sequence: fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER }),
  chunks: fc.array(fc.uint8Array({ maxLength: 50 }), { maxLength: 6 }),
})

test('comes back as it was, however it is cut', async () => {
  await fc.assert(
    fc.asyncProperty(images, fc.array(fc.nat({ max: 40 })), async (image, sizes) => {
      expect(await readImage(cut(await whole(image), sizes))).toEqual(image)
    }),
  )
})

test('one bit wrong, or one byte missing, and it is refused', async () => {
  await fc.assert(
    fc.asyncProperty(images, fc.nat(), fc.nat({ max: 7 }), async (image, place, bit) => {
      const bytes = await whole(image)
      const short = bytes.subarray(0, bytes.length - 1 - (place % 4))
      await expect(readImage(cut(short, []))).rejects.toThrow(DamagedImage)
      const at = place % bytes.length
      bytes[at] = (bytes[at] as number) ^ (1 << bit)
      await expect(readImage(cut(bytes, []))).rejects.toThrow(DamagedImage)
    }),
  )
})

test('an empty chunk without memory behind it changes no checksum', async () => {
  const empty = new Uint8Array(0)
  structuredClone(empty, { transfer: [empty.buffer] })
  const written = async function* (): AsyncGenerator<Uint8Array> {
    yield* writeImage(1, [Uint8Array.of(1, 2, 3), empty])
  }
  expect(await readImage(written())).toEqual({ sequence: 1, chunks: [Uint8Array.of(1, 2, 3), new Uint8Array(0)] })
})
