import { decodeUtf8 } from './bytes.js'
import type { Chance, ReplyRecord } from './record.js'

const POLICY_HEADER_BYTES = 24
const REPLY_JSON = 32

/** A `policy` record; see record.ts. `until`: ms since 1970. */
export function readPolicy(view: DataView, entry: Uint8Array, at: number): { until: number; chances: Chance[] } {
  const until = view.getFloat64(at + 8, true) + view.getUint32(at + 16, true)
  const chances: Chance[] = []
  let next = at + POLICY_HEADER_BYTES
  for (let left = view.getUint32(at + 20, true); left > 0; left--) {
    const length = view.getUint8(next + 2)
    const touchpoint = decodeUtf8(entry, next + 3, length)
    chances.push({ touchpoint, chanceClass: view.getUint8(next), isWorse: view.getUint8(next + 1) === 1 })
    next += 3 + length
  }
  return { until, chances }
}

/** A `reply` record. */
export function readReply(view: DataView, entry: Uint8Array, at: number): ReplyRecord {
  const end = at + view.getUint32(at, true)
  const rest = JSON.parse(decodeUtf8(entry, at + REPLY_JSON, end - at - REPLY_JSON)) as Omit<
    ReplyRecord,
    'at' | 'visitor'
  >
  return {
    ...rest,
    at: view.getFloat64(at + 8, true),
    visitor: [view.getInt32(at + 24, true), view.getInt32(at + 28, true)],
  }
}
