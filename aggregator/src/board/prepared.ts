import { encodeServer, Frame, type PulseFrame, type ServerFrame } from '@pulssi/protocol'

const FINAL_BINARY = 0x82
const SHORT_MAX = 125
const MEDIUM = 126
const MEDIUM_MAX = 0xff_ff
const LONG = 127
const SHORT_HEADER_BYTES = 2
const MEDIUM_HEADER_BYTES = 4
const LONG_HEADER_BYTES = 10

/**
 * A frame with its WebSocket header (RFC 6455, section 5.2: final, binary, unmasked, uncompressed) before it, so that
 * one buffer is written to every socket that gets the same.
 */
export const prepare = (payload: Uint8Array): Uint8Array => {
  const length = payload.length
  const headerBytes =
    length <= SHORT_MAX ? SHORT_HEADER_BYTES : length <= MEDIUM_MAX ? MEDIUM_HEADER_BYTES : LONG_HEADER_BYTES
  const out = new Uint8Array(headerBytes + length)
  const view = new DataView(out.buffer)
  out[0] = FINAL_BINARY
  if (headerBytes === SHORT_HEADER_BYTES) out[1] = length
  else if (headerBytes === MEDIUM_HEADER_BYTES) {
    out[1] = MEDIUM
    view.setUint16(2, length)
  } else {
    out[1] = LONG
    view.setUint32(6, length)
  }
  out.set(payload, headerBytes)
  return out
}

export const prepareFrame = (frame: ServerFrame): Uint8Array => prepare(encodeServer(frame))

/** Of an encoded pulse frame whose id is 0: array header, type, id. */
const HEAD_BYTES = 3
const ARRAY_OF_8 = 0x98
const UINT32 = 0xce

/** A pulse frame that is encoded once and then given each subscriber's id; the buffer of each id is made once too. */
export class PreparedPulse {
  readonly #tail: Uint8Array
  readonly #byId = new Map<number, Uint8Array>()

  /** The id of `frame` has no meaning. */
  constructor(frame: PulseFrame) {
    const [type, , ...rest] = frame
    this.#tail = encodeServer([type, 0, ...rest]).subarray(HEAD_BYTES)
  }

  forId(id: number): Uint8Array {
    const known = this.#byId.get(id)
    if (known !== undefined) return known
    const head = [ARRAY_OF_8, Frame.pulse, UINT32, (id >>> 24) & 255, (id >>> 16) & 255, (id >>> 8) & 255, id & 255]
    const payload = new Uint8Array(head.length + this.#tail.length)
    payload.set(head)
    payload.set(this.#tail, head.length)
    const prepared = prepare(payload)
    this.#byId.set(id, prepared)
    return prepared
  }
}
