/**
 * What a worker says of the events that it folded, on the Bus: for the gateways that wait to hear of them.
 *
 *     verdicts = epoch:f64 first:f64 count:u32 sizeBytes:u32 n:u32 verdict:u32*n refusal:u32*rest
 */
import type { Folded } from './messages.js'

const WORD_BYTES = 4
const HEADER_WORDS = 7
const FIRST_OFFSET = 8
const COUNT_OFFSET = 16
const SIZE_OFFSET = 20
const LENGTH_OFFSET = 24

export const foldedSubject = (partition: number): string => `folded.${partition}`
export const FOLDED = 'folded.>'

export const packFolded = (epoch: number, { first, count, sizeBytes, verdicts, refusals }: Folded): Uint8Array => {
  const words = new Uint32Array(HEADER_WORDS + verdicts.length + refusals.length)
  const view = new DataView(words.buffer)
  view.setFloat64(0, epoch, true)
  view.setFloat64(FIRST_OFFSET, first, true)
  view.setUint32(COUNT_OFFSET, count, true)
  view.setUint32(SIZE_OFFSET, sizeBytes, true)
  view.setUint32(LENGTH_OFFSET, verdicts.length, true)
  words.set(verdicts, HEADER_WORDS)
  words.set(refusals, HEADER_WORDS + verdicts.length)
  return new Uint8Array(words.buffer)
}

/** null: it is none. */
export const unpackFolded = (subject: string, bytes: Uint8Array): { epoch: number; folded: Folded } | null => {
  const partition = Number(subject.slice(subject.indexOf('.') + 1))
  if (bytes.length < HEADER_WORDS * WORD_BYTES || bytes.length % WORD_BYTES !== 0) return null
  // The Bus hands out bytes that may begin anywhere in their buffer.
  const words = new Uint32Array(Uint8Array.from(bytes).buffer)
  const view = new DataView(words.buffer)
  const end = HEADER_WORDS + view.getUint32(LENGTH_OFFSET, true)
  if (!Number.isSafeInteger(partition) || end > words.length) return null
  const folded: Folded = {
    type: 'folded',
    partition,
    first: view.getFloat64(FIRST_OFFSET, true),
    count: view.getUint32(COUNT_OFFSET, true),
    sizeBytes: view.getUint32(SIZE_OFFSET, true),
    verdicts: words.slice(HEADER_WORDS, end),
    refusals: words.slice(end),
  }
  return { epoch: view.getFloat64(0, true), folded }
}
