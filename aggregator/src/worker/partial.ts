/**
 * What a worker tells boards of a partition: messages, each on the Bus in one part or in several.
 *
 *     part  = format:u8 flags:u8 part:u16 parts:u16 zero:u16 epoch:f64 number:f64 sequence:f64 byte*
 *     flags = 1: a whole one
 *
 * Numbers are little-endian. The bytes of all parts, one behind the other, are a partial of the engine, or nothing where
 * nothing changed: then the message says that the partition is served, and up to where.
 */
import type { Bus } from '../ports.js'
import { PART_BYTES, PARTS } from './limits.js'

const FORMAT = 1
const WHOLE = 1
const HEADER_BYTES = 32
const PART_OFFSET = 2
const PARTS_OFFSET = 4
const EPOCH_OFFSET = 8
const NUMBER_OFFSET = 16
const SEQUENCE_OFFSET = 24

export interface PartialHeader {
  /** Of the tenure under which it was made. */
  readonly epoch: number
  /** Counts the messages of a partition in this epoch, from 1. */
  readonly number: number
  /** The last entry folded into it. */
  readonly sequence: number
  /** Needs none before it. */
  readonly isWhole: boolean
}

/** A part of a message; `bytes` of a whole message are those of its partial. */
export interface PartialPart extends PartialHeader {
  /** From 0. */
  readonly part: number
  readonly parts: number
  readonly bytes: Uint8Array
}

export const partialSubject = (partition: number): string => `partial.${partition}`
export const PARTIALS = 'partial.>'

/** Where a board asks for a whole one. */
export const wantSubject = (partition: number): string => `want.${partition}`
const WANTS = 'want.>'

export const partitionOf = (subject: string): number => Number(subject.slice(subject.indexOf('.') + 1))

/** A message in one part. */
export const packPartial = (header: PartialHeader, partial: Uint8Array | null): Uint8Array => {
  const message = new Uint8Array(HEADER_BYTES + (partial?.length ?? 0))
  const view = new DataView(message.buffer)
  view.setUint8(0, FORMAT)
  view.setUint8(1, header.isWhole ? WHOLE : 0)
  view.setUint16(PARTS_OFFSET, 1, true)
  view.setFloat64(EPOCH_OFFSET, header.epoch, true)
  view.setFloat64(NUMBER_OFFSET, header.number, true)
  view.setFloat64(SEQUENCE_OFFSET, header.sequence, true)
  if (partial !== null) message.set(partial, HEADER_BYTES)
  return message
}

/** Throws RangeError where the bytes are no part. */
export const unpackPartial = (part: Uint8Array): PartialPart => {
  const view = new DataView(part.buffer, part.byteOffset, part.byteLength)
  if (part.length < HEADER_BYTES || part[0] !== FORMAT) throw new RangeError('not a part of a partial')
  return {
    epoch: view.getFloat64(EPOCH_OFFSET, true),
    number: view.getFloat64(NUMBER_OFFSET, true),
    sequence: view.getFloat64(SEQUENCE_OFFSET, true),
    isWhole: (view.getUint8(1) & WHOLE) !== 0,
    part: view.getUint16(PART_OFFSET, true),
    parts: view.getUint16(PARTS_OFFSET, true),
    bytes: part.subarray(HEADER_BYTES),
  }
}

/** A message of one part as parts of at most `partBytes` each, without their headers. Throws RangeError beyond PARTS. */
export const cutPartial = (message: Uint8Array, partBytes = PART_BYTES): Uint8Array[] => {
  const bytes = message.subarray(HEADER_BYTES)
  const parts = Math.max(1, Math.ceil(bytes.length / partBytes))
  if (parts === 1) return [message]
  if (parts > PARTS) throw new RangeError(`a partial of ${bytes.length} bytes; ${PARTS * partBytes} fit a message`)
  return Array.from({ length: parts }, (_, part) => {
    const piece = bytes.subarray(part * partBytes, (part + 1) * partBytes)
    const out = new Uint8Array(HEADER_BYTES + piece.length)
    out.set(message.subarray(0, HEADER_BYTES))
    out.set(piece, HEADER_BYTES)
    const view = new DataView(out.buffer)
    view.setUint16(PART_OFFSET, part, true)
    view.setUint16(PARTS_OFFSET, parts, true)
    return out
  })
}

/** Sends a message to all boards, in parts that the Bus takes. Throws as `cutPartial`. */
export const publishPartial = (bus: Bus, partition: number, message: Uint8Array): void => {
  for (const part of cutPartial(message)) bus.publish(partialSubject(partition), part)
}

/** Tells of partitions of which a board misses something: the next message should be whole. Returns its own end. */
export const onWanted = (bus: Bus, listener: (partition: number) => void): (() => void) =>
  bus.subscribe(WANTS, (_, subject) => listener(partitionOf(subject)))
