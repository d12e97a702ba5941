import { encode } from '@pulssi/protocol/client'
import { batchFrame } from './frames.mjs'
import { BATCH, Walk } from './walk.mjs'

const TOUCHPOINTS = 200
/** Stand for numbers that are written anew with each sending; both need 32 bits, so that the size stays. */
const FRAME_MARK = 0x7fffffff
const SEQ_MARK = 0x7fffff01
/** Place of the frame's number, and of `sentAt`, in a batch. */
const FRAME_AT = 3
const SENT_AT = 8
const MASK = [0x5a, 0xc3, 0x17, 0x9e]
const SHORT_PAYLOAD = 126

const scratch = new DataView(new ArrayBuffer(8))
const doubleBytes = value => {
  scratch.setFloat64(0, value)
  return Array.from({ length: 8 }, (_, index) => scratch.getUint8(index))
}

/**
 * WebSocket frames of one connection, made once: header, mask, masked batch. `next` numbers the one whose turn it is
 * and dates it, so that the client's own work stays small. A frame may be written again only after its ack.
 */
export class FrameRing {
  eventsAFrame
  #frames = []
  #seqs
  #at = 0
  #millisecond = 0
  #sent = []
  #first = []
  #spanMs

  /** `lane`: which connection; each has visitors of its own. */
  constructor({ lane, frames, single }) {
    const walk = new Walk(TOUCHPOINTS, lane + 1)
    this.eventsAFrame = single ? 1 : BATCH
    for (let index = 0; index < frames; index++) {
      const events = single ? [walk.single()] : walk.next()
      this.#spanMs = events[events.length - 1].afterMs
      const visitor = lane * frames + index + (single ? 1_000_000 : 0)
      const at = Date.UTC(2026, 0, 5, 9) + 1
      this.#frames.push(masked(encode(batchFrame({ frame: FRAME_MARK, visitor, seq: SEQ_MARK, at }, events))))
    }
    this.#seqs = new Int32Array(frames)
  }

  next(number) {
    const index = this.#at
    this.#at = index + 1 === this.#frames.length ? 0 : index + 1
    const frame = this.#frames[index]
    const now = Date.now()
    if (now !== this.#millisecond) {
      this.#millisecond = now
      this.#sent = doubleBytes(now)
      this.#first = doubleBytes(now - this.#spanMs)
    }
    integer(frame, FRAME_AT, number)
    integer(frame, frame.seqAt, this.#seqs[index])
    bytes(frame, SENT_AT, this.#sent)
    bytes(frame, frame.seqAt + 5, this.#first)
    this.#seqs[index] += this.eventsAFrame
    return frame.bytes
  }
}

const masked = payload => {
  const long = payload.length >= SHORT_PAYLOAD
  const head = long
    ? [0x82, 0x80 | SHORT_PAYLOAD, payload.length >> 8, payload.length & 255]
    : [0x82, 0x80 | payload.length]
  const start = head.length + MASK.length
  const mark = encode(SEQ_MARK)
  const seqAt = Buffer.from(payload).lastIndexOf(mark) + 1
  const body = payload.map((byte, index) => byte ^ MASK[index & 3])
  return { bytes: Buffer.from([...head, ...MASK, ...body]), start, seqAt }
}

const bytes = (frame, at, values) => {
  for (let index = 0; index < values.length; index++) {
    frame.bytes[frame.start + at + index] = values[index] ^ MASK[(at + index) & 3]
  }
}

const integer = (frame, at, value) => {
  for (let index = 0; index < 4; index++) {
    frame.bytes[frame.start + at + index] = ((value >>> (24 - 8 * index)) & 255) ^ MASK[(at + index) & 3]
  }
}
