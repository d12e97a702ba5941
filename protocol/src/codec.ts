/** The server's codec: bytes of a client's frame to a checked frame, and a server's frame to bytes. */
import { Packr } from 'msgpackr'
import { type ClientFrame, Fault, type ServerFrame } from './client/index.js'
import { explain } from './explain.js'
import { guardClient } from './guard.js'
import { scan, scanMessage } from './scan.js'

/** Plain MessagePack: no records, no extensions, 64-bit integers as numbers, every float as float64. */
const packr = new Packr({ useRecords: false, moreTypes: false, int64AsType: 'number', encodeUndefinedAsNil: true })

export type ReadFrame =
  | { readonly ok: true; readonly frame: ClientFrame }
  | { readonly ok: false; readonly code: typeof Fault.badFrame; readonly message: string }

/** For bytes that `scan` let through; the value is not checked. */
export const decodeScanned = (bytes: Uint8Array): unknown => packr.decode(bytes)

/** Never throws. The message names the place and the reason, and carries none of the frame's values. */
export const readClientFrame = (bytes: Uint8Array): ReadFrame => {
  const fault = scan(bytes)
  if (fault !== 0) return { ok: false, code: Fault.badFrame, message: scanMessage(fault) }
  const frame = decodeScanned(bytes)
  if (guardClient(frame)) return { ok: true, frame }
  return { ok: false, code: Fault.badFrame, message: explain(frame) }
}

/** The bytes stay valid after further calls. */
export const encodeServer = (frame: ServerFrame): Uint8Array => packr.encode(frame)
