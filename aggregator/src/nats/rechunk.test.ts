import fc from 'fast-check'
import { expect, test } from 'vitest'
import { rechunk } from './rechunk.js'

test('the bytes are the same; every piece but the last is of the size; none may change later', async () => {
  const chunks = fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 12 })
  await fc.assert(
    fc.asyncProperty(chunks, fc.integer({ min: 1, max: 30 }), async (sent, sizeBytes) => {
      const pieces: Uint8Array[] = []
      for await (const piece of rechunk(sent, sizeBytes)) pieces.push(piece)
      expect(Buffer.concat(pieces)).toEqual(Buffer.concat(sent))
      for (const [at, { length }] of pieces.entries()) {
        expect(length).toBeLessThanOrEqual(sizeBytes)
        expect(length).toBeGreaterThan(0)
        if (at < pieces.length - 1) expect(length).toBe(sizeBytes)
      }
    }),
  )
})
