/**
 * A partition's UTC day as a blob of the Store, `history/PARTITION/YYYY-MM-DD`:
 *
 *     day    = "pulssi history 1\n" whole:u32 revision:u32 record*
 *     record = length:u32 touchpoint:text row*
 *     row    = length:u32 hour:u8 quarters:u8 counts
 *
 * Records by name, rows by hour (0 to 23 UTC). `quarters`: a bit for each 15 min slice of the hour that is in the row,
 * so that one that comes again adds nothing. `counts` are a Tally's. `whole`: index of the first 15 min slice from
 * which on nothing is missing; 0 where nothing ever was lost. The Store's checksum covers it all. `revision` grows with
 * every change; a value of the Store under the same key holds it too, as u32, so that a blob that is gone, or an old
 * copy of it, isn't taken for the day.
 */
import { ByteReader, ByteWriter, QUARTER_MS, type Quarter, Tally } from '../engine/index.js'
import { DamagedBlob, type Store } from '../ports.js'
import { DAY_MS, RECORD_BYTES } from './limits.js'

const MAGIC = new TextEncoder().encode('pulssi history 1\n')
const WHAT = 'a day of the history'
const HEAD_BYTES = MAGIC.length + 8
const LENGTH_BYTES = 4
const QUARTERS_PER_HOUR = 4
const HOURS_PER_DAY = 24
const QUARTERS_PER_DAY = DAY_MS / QUARTER_MS

export interface Row {
  readonly hour: number
  /** A bit for each 15 min slice that it holds. */
  readonly quarters: number
  /** For Tally.read. */
  readonly counts: Uint8Array
}

/** One touchpoint's rows of a day, not yet taken apart. */
export interface Record {
  readonly touchpoint: string
  /** With its length and name. */
  readonly bytes: Uint8Array
}

const prefixOf = (partition: number): string => `history/${partition}/`
export const keyOf = (partition: number, day: string): string => prefixOf(partition) + day
export const dayOfKey = (key: string): string => key.slice(key.lastIndexOf('/') + 1)

/** Keys of a partition's days, of which blob or revision are there. */
export const daysOf = async (store: Store, partition: number): Promise<string[]> => {
  const prefix = prefixOf(partition)
  return [...new Set([...(await store.keys(prefix)), ...(await store.blobs(prefix))])].sort()
}

/** Revision of a day that was stored; 0: none was. */
export const revisionOf = async (store: Store, key: string): Promise<number> => {
  const found = await store.get(key)
  return found === null ? 0 : new ByteReader(found.value).u32()
}

/** `newest`: of the slices that were added. */
export const keepRevision = async (store: Store, key: string, revision: number, newest: number): Promise<void> => {
  const out = new ByteWriter()
  out.u32(revision)
  out.u32(Math.max(newest, await newestOfDay(store, key)))
  await store.put(key, out.take(), null)
}

const REVISION_BYTES = 8

const newestOfDay = async (store: Store, key: string): Promise<number> => {
  const found = await store.get(key)
  // Older releases kept the revision alone.
  return found === null || found.value.length < REVISION_BYTES ? 0 : new ByteReader(found.value, 4).u32()
}

/** Index of the newest 15 min slice that is stored of a partition; 0: none. */
export const newestOf = async (store: Store, partition: number): Promise<number> => {
  const key = (await store.keys(prefixOf(partition))).at(-1)
  return key === undefined ? 0 : newestOfDay(store, key)
}

/** `YYYY-MM-DD` in UTC. */
export const dayOf = (ms: number): string => new Date(ms).toISOString().slice(0, 10)
export const dayStart = (day: string): number => Date.parse(`${day}T00:00:00Z`)

export interface Head {
  /** Index of the 15 min slice from which on nothing is missing. */
  readonly whole: number
  readonly revision: number
}

export const dayHead = ({ whole, revision }: Head): Uint8Array => {
  const out = new ByteWriter(HEAD_BYTES)
  out.raw(MAGIC)
  out.u32(whole)
  out.u32(revision)
  return out.take()
}

/** Takes a stored day apart, as its bytes come; without any it is empty. */
export class DayReader {
  readonly #chunks: AsyncIterator<Uint8Array> | null
  #bytes: Uint8Array = new Uint8Array()

  constructor(chunks: AsyncIterable<Uint8Array> | null) {
    this.#chunks = chunks?.[Symbol.asyncIterator]() ?? null
  }

  /** To be asked for first. `revision`: the day had it already. Throws DamagedBlob. */
  async head(revision: number): Promise<Head> {
    if (this.#chunks === null) {
      if (revision === 0) return { whole: 0, revision }
      throw new DamagedBlob(`${WHAT} is gone`)
    }
    while (this.#bytes.length < HEAD_BYTES) if (!(await this.#more())) throw new DamagedBlob(`${WHAT} ends early`)
    const input = new ByteReader(this.#bytes)
    if (Buffer.compare(input.raw(MAGIC.length), MAGIC) !== 0) throw new DamagedBlob(`${WHAT} has an unknown format`)
    const head = { whole: input.u32(), revision: input.u32() }
    if (head.revision < revision) throw new DamagedBlob(`${WHAT} is an old copy`)
    this.#bytes = this.#bytes.subarray(HEAD_BYTES)
    return head
  }

  /** Throws DamagedBlob, perhaps only after the last record: then none of them is to be believed. */
  async *records(): AsyncGenerator<Record> {
    do {
      for (let record = this.#record(); record !== null; record = this.#record()) yield record
    } while (await this.#more())
    if (this.#bytes.length > 0) throw new DamagedBlob(`${WHAT} ends early`)
  }

  /** Lets go of the bytes' source, wherever it stands. */
  async end(): Promise<void> {
    await this.#chunks?.return?.()
  }

  async #more(): Promise<boolean> {
    const next = await this.#chunks?.next()
    if (next === undefined || next.done === true) return false
    this.#bytes = this.#bytes.length === 0 ? next.value : Buffer.concat([this.#bytes, next.value])
    return true
  }

  #record(): Record | null {
    if (this.#bytes.length < LENGTH_BYTES) return null
    const length = new ByteReader(this.#bytes).u32()
    if (length > RECORD_BYTES) throw new DamagedBlob(`${WHAT} has a record of impossible length`)
    const end = LENGTH_BYTES + length
    if (this.#bytes.length < end) return null
    const bytes = this.#bytes.subarray(0, end)
    this.#bytes = this.#bytes.subarray(end)
    return { touchpoint: new ByteReader(bytes, LENGTH_BYTES).text(), bytes }
  }
}

export function* rowsOf({ bytes }: Record): Generator<Row> {
  const input = new ByteReader(bytes, LENGTH_BYTES)
  input.text()
  while (input.at < input.end) {
    const length = input.u32()
    const hour = input.u8()
    const quarters = input.u8()
    yield { hour, quarters, counts: input.raw(length - 2) }
  }
}

/** Index of the newest 15 min slice in a row of a day. */
export const newestIn = ({ hour, quarters }: Row, day: string): number =>
  dayStart(day) / QUARTER_MS + hour * QUARTERS_PER_HOUR + (31 - Math.clz32(quarters))

/** One touchpoint's record with the slices of that day that came since; `record`: what is stored, if anything is. */
export const withQuarters = (touchpoint: string, record: Record | null, added: readonly Quarter[]): Uint8Array => {
  const rows = new Map<number, Row>()
  for (const row of record === null ? [] : rowsOf(record)) rows.set(row.hour, row)
  for (const { quarter, counts } of added) {
    const ofDay = quarter % QUARTERS_PER_DAY
    const hour = Math.floor(ofDay / QUARTERS_PER_HOUR)
    const bit = 1 << (ofDay % QUARTERS_PER_HOUR)
    const row = rows.get(hour)
    if (row === undefined) rows.set(hour, { hour, quarters: bit, counts })
    else if ((row.quarters & bit) === 0)
      rows.set(hour, { hour, quarters: row.quarters | bit, counts: sum(row, counts) })
  }
  const out = new ByteWriter()
  out.u32(0)
  out.text(touchpoint)
  for (let hour = 0; hour < HOURS_PER_DAY; hour++) {
    const row = rows.get(hour)
    if (row === undefined) continue
    out.u32(row.counts.length + 2)
    out.u8(hour)
    out.u8(row.quarters)
    out.raw(row.counts)
  }
  out.setU32(0, out.length - LENGTH_BYTES)
  return out.take()
}

const sum = (row: Row, counts: Uint8Array): Uint8Array => {
  const tally = new Tally()
  tally.read(new ByteReader(row.counts))
  tally.read(new ByteReader(counts))
  const out = new ByteWriter()
  tally.write(out)
  return out.take()
}
