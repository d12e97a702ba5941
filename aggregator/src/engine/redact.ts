import { Kind } from '@pulssi/protocol/client'
import { decodeUtf8 } from './bytes.js'
import { EVENT_BYTES, EVENTS_HEADER_BYTES, RecordType } from './record.js'

/** Where the words of hashes stand in records: of who came, who is erased, who is answered, who is told of and as whom. */
const EVENTS_VISITOR = 24
const ERASE_VISITOR = 16
const REPLY_VISITOR = 24
const TOLD_VISITOR = 24
const TOLD_PERSON = 32

/** As the detail of a link begins; sixteen hex digits follow. */
const LINK = '{"person":"'
const WORD_HEX = 8
const HEX = 16
const ZERO = 48

type Words = readonly [hi: number, lo: number]

/** Whether `erase` records stay, for somebody who reads them yet. */
export type Remainder = 'erasures' | 'nothing'

/** Who is erased by what stands elsewhere than in the entry at hand. */
export interface Erasures {
  /** By a later entry of the same log. */
  readonly later: (hi: number, lo: number) => boolean
  /** By any entry of any log. */
  readonly ever: (hi: number, lo: number) => boolean
  readonly left: Remainder
}

const keyOf = (hi: number, lo: number): string => `${hi >>> 0} ${lo >>> 0}`

const wordsAt = (view: DataView, at: number): Words => [view.getUint32(at, true), view.getUint32(at + 4, true)]

function* records(entry: Uint8Array): Generator<{ view: DataView; type: number; start: number; end: number }> {
  const view = new DataView(entry.buffer, entry.byteOffset, entry.byteLength)
  for (let start = 0; start < entry.length; ) {
    const end = start + view.getUint32(start, true)
    yield { view, type: view.getUint8(start + 4), start, end }
    start = end
  }
}

/** Visitors that an entry of the log erases, as the words of their hashes. */
export function* erasuresIn(entry: Uint8Array): Generator<Words> {
  for (const { view, type, start } of records(entry)) {
    if (type === RecordType.erase) yield wordsAt(view, start + ERASE_VISITOR)
  }
}

/** Where the strings of an `events` record begin, after its places. */
const stringsAt = (view: DataView, start: number): number => {
  let at = start + EVENTS_HEADER_BYTES + view.getUint16(start + 6, true) * EVENT_BYTES
  for (let left = view.getUint8(start + 44); left > 0; left--) {
    at += 1 + view.getUint8(at)
    at += 1 + view.getUint8(at)
    at += 2 + view.getUint16(at, true)
  }
  return at
}

/** The customers that an `events` record links its visitor to, and where the digits of their hashes stand. */
function* linksIn(entry: Uint8Array, view: DataView, start: number): Generator<{ at: number; person: Words }> {
  const details = new Set<number>()
  for (let i = view.getUint16(start + 6, true) - 1; i >= 0; i--) {
    const event = start + EVENTS_HEADER_BYTES + i * EVENT_BYTES
    if (view.getUint8(event) === Kind.link) details.add(view.getUint8(event + 8))
  }
  if (details.size === 0) return
  let at = stringsAt(view, start)
  for (let index = 1; index <= view.getUint8(start + 45); index++) {
    const length = view.getUint16(at, true)
    const text = details.has(index) ? decodeUtf8(entry, at + 2, length) : ''
    if (text.startsWith(LINK)) {
      const digits = text.slice(LINK.length, LINK.length + 2 * WORD_HEX)
      const person = [digits.slice(0, WORD_HEX), digits.slice(WORD_HEX)].map(word => Number.parseInt(word, HEX))
      yield { at: at + 2 + LINK.length, person: person as unknown as Words }
    }
    at += 2 + length
  }
}

/** The erasures of an entry: where each visitor's last one stands. */
const erasuresOf = (entry: Uint8Array): Map<string, number> => {
  const last = new Map<string, number>()
  for (const { view, type, start } of records(entry)) {
    if (type === RecordType.erase) last.set(keyOf(...wordsAt(view, start + ERASE_VISITOR)), start)
  }
  return last
}

/**
 * An entry without what the erased left in it: events of visitors that were erased after them, by a later entry of the log
 * or by this one; what partitions told each other of them, and answers to their comments, whenever they were erased,
 * since these come late; and its `erase` records, unless they are left. In links of others to them the digits become
 * zeros. For entries that no engine will fold again. The entry itself where nothing goes.
 */
export function withoutErased(entry: Uint8Array, { later, ever, left }: Erasures): Uint8Array {
  const own = erasuresOf(entry)
  const isEver = ([hi, lo]: Words): boolean => own.has(keyOf(hi, lo)) || ever(hi, lo)
  const kept: Uint8Array[] = []
  const zeros: number[] = []
  let sizeBytes = 0
  const goes = (view: DataView, type: number, start: number): boolean => {
    switch (type) {
      case RecordType.erase:
        return left === 'nothing'
      case RecordType.events: {
        const [hi, lo] = wordsAt(view, start + EVENTS_VISITOR)
        return (own.get(keyOf(hi, lo)) ?? -1) > start || later(hi, lo)
      }
      case RecordType.told:
        return isEver(wordsAt(view, start + TOLD_VISITOR)) || isEver(wordsAt(view, start + TOLD_PERSON))
      case RecordType.reply:
        return isEver(wordsAt(view, start + REPLY_VISITOR))
      default:
        return false
    }
  }
  for (const { view, type, start, end } of records(entry)) {
    if (goes(view, type, start)) continue
    if (type === RecordType.events) {
      for (const { at, person } of linksIn(entry, view, start)) {
        if (isEver(person)) zeros.push(sizeBytes + at - start)
      }
    }
    kept.push(entry.subarray(start, end))
    sizeBytes += end - start
  }
  if (sizeBytes === entry.length && zeros.length === 0) return entry
  return joined(kept, sizeBytes, zeros)
}

const joined = (pieces: readonly Uint8Array[], sizeBytes: number, zeros: readonly number[]): Uint8Array => {
  const out = new Uint8Array(sizeBytes)
  let at = 0
  for (const piece of pieces) {
    out.set(piece, at)
    at += piece.length
  }
  for (const digits of zeros) out.fill(ZERO, digits, digits + 2 * WORD_HEX)
  return out
}
