import { randomBytes } from 'node:crypto'

const WORD_BYTES = 4

/** Random bits that take the place of a hash's words. */
export const randomWords = (): [number, number] => {
  const bytes = randomBytes(2 * WORD_BYTES)
  return [bytes.readUInt32LE(0), bytes.readUInt32LE(WORD_BYTES)]
}
