import { Frame } from '@pulssi/protocol'

/** MessagePack headers of arrays of the sizes that numbered frames have, and of whole numbers. */
const ARRAY_OF_5 = 0x95
const ARRAY_OF_3 = 0x93
const FIXINT_MAX = 0x7f
const UINT8 = 0xcc
const UINT16 = 0xcd
const UINT32 = 0xce
const NUMBER_AT = 2

/**
 * The number of a `batch` or `forget` frame, read without decoding the rest of it, which may be anything. null: it is
 * no such frame, or its number isn't written in the shortest form.
 */
export const numberOf = (bytes: Buffer): number | null => {
  const isBatch = bytes[0] === ARRAY_OF_5 && bytes[1] === Frame.batch
  if (!isBatch && (bytes[0] !== ARRAY_OF_3 || bytes[1] !== Frame.forget)) return null
  const head = bytes[NUMBER_AT]
  const at = NUMBER_AT + 1
  if (head === undefined) return null
  if (head <= FIXINT_MAX) return head
  if (head === UINT8 && bytes.length > at) return bytes.readUInt8(at)
  if (head === UINT16 && bytes.length > at + 1) return bytes.readUInt16BE(at)
  if (head === UINT32 && bytes.length > at + 3) return bytes.readUInt32BE(at)
  return null
}
