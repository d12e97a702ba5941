import { RecordType } from './record.js'

/** Of an `events` and an `erase` record: where the visitor's hash stands. */
const EVENTS_VISITOR = 24
const ERASE_VISITOR = 16

const keyOf = (hi: number, lo: number): string => `${hi >>> 0} ${lo >>> 0}`

function* records(entry: Uint8Array): Generator<{ view: DataView; type: number; start: number; end: number }> {
  const view = new DataView(entry.buffer, entry.byteOffset, entry.byteLength)
  for (let start = 0; start < entry.length; ) {
    const end = start + view.getUint32(start, true)
    yield { view, type: view.getUint8(start + 4), start, end }
    start = end
  }
}

/** Visitors that an entry of the log erases, as the words of their hashes. */
export function* erasuresIn(entry: Uint8Array): Generator<readonly [hi: number, lo: number]> {
  for (const { view, type, start } of records(entry)) {
    if (type !== RecordType.erase) continue
    yield [view.getUint32(start + ERASE_VISITOR, true), view.getUint32(start + ERASE_VISITOR + 4, true)]
  }
}

/**
 * An entry without the events of visitors that were erased after them, by a later entry (`isErasedLater`) or by this
 * one, and without its `erase` records: for entries that no engine will fold again. The entry itself where nothing goes.
 */
export function withoutErased(entry: Uint8Array, isErasedLater: (hi: number, lo: number) => boolean): Uint8Array {
  const lastErasure = new Map<string, number>()
  for (const { view, type, start } of records(entry)) {
    if (type !== RecordType.erase) continue
    const at = start + ERASE_VISITOR
    lastErasure.set(keyOf(view.getUint32(at, true), view.getUint32(at + 4, true)), start)
  }
  const kept: Uint8Array[] = []
  let sizeBytes = 0
  for (const { view, type, start, end } of records(entry)) {
    if (type === RecordType.erase) continue
    if (type === RecordType.events) {
      const hi = view.getUint32(start + EVENTS_VISITOR, true)
      const lo = view.getUint32(start + EVENTS_VISITOR + 4, true)
      if ((lastErasure.get(keyOf(hi, lo)) ?? -1) > start || isErasedLater(hi, lo)) continue
    }
    kept.push(entry.subarray(start, end))
    sizeBytes += end - start
  }
  if (sizeBytes === entry.length) return entry
  const out = new Uint8Array(sizeBytes)
  let at = 0
  for (const piece of kept) {
    out.set(piece, at)
    at += piece.length
  }
  return out
}
