import { join } from 'node:path'
import { Overloaded } from '../ports.js'
import { type Disk, type DiskFile, writeAll } from './disk.js'
import { DISK_RETRY_MS, GARBAGE_BYTES, QUEUE_BYTES, QUEUE_RETRY_MS } from './limits.js'
import { Mark } from './mark.js'
import {
  type Contents,
  damagedValues,
  isMissing,
  readContents,
  readRow,
  take,
  UNFINISHED,
  VALUES,
  writeValues,
} from './values-file.js'
import { encodeValue, Kind, VALUE_RECORD_BYTES, type ValueRecord } from './values-format.js'

/** Stands where a partition's number would in the mark of the log. */
const MARK_OWNER = 0xff_ff_ff_ff
const MARK = 'durable'

export interface ValuesPlace {
  readonly disk: Disk
  readonly folder: string
  /** Of the log that the values belong to. */
  readonly id: string
  readonly warn: (sentence: string) => void
}

/** A change that waits for the disk. `value` null: a removal. `expected`: as in Store.put. */
interface Change {
  readonly key: string
  readonly value: Uint8Array | null
  readonly expected: number | null
  readonly resolve: (revision: number | null) => void
  readonly reject: (error: Error) => void
}

/** A file stays open as long as somebody reads it, also after another took its place. */
class Shared {
  readonly file: DiskFile
  #users = 1
  constructor(file: DiskFile) {
    this.file = file
  }
  async use<T>(run: (file: DiskFile) => Promise<T>): Promise<T> {
    this.#users++
    try {
      return await run(this.file)
    } finally {
      await this.leave()
    }
  }
  async leave(): Promise<void> {
    this.#users--
    if (this.#users === 0) await this.file.close()
  }
}

/** Small values in one file to which changes are appended; where each value stands is kept in memory. */
export class Values {
  readonly #place: ValuesPlace
  readonly #path: string
  readonly #mark: Mark
  #shared: Shared
  #contents: Contents
  /** After a write or a sync that failed: what lies beyond the durable end is cut off before the next change. */
  #isBroken = false
  #isClosed = false
  #waiting: Change[] = []
  #waitingBytes = 0
  #garbageBytes = GARBAGE_BYTES
  #work: Promise<void> = Promise.resolve()

  private constructor(place: ValuesPlace, mark: Mark, file: DiskFile, contents: Contents) {
    this.#place = place
    this.#path = join(place.folder, VALUES)
    this.#mark = mark
    this.#shared = new Shared(file)
    this.#contents = contents
  }

  /** Makes the file where there never was one. Throws DamagedStore where values that were durable are not there. */
  static async open(place: ValuesPlace): Promise<Values> {
    const { disk, folder, id } = place
    await disk.makeFolder(folder)
    if ((await disk.list(folder)).includes(VALUES + UNFINISHED)) await disk.remove(join(folder, VALUES + UNFINISHED))
    const markPath = join(folder, MARK)
    const { mark, sequence: durable } = await Mark.open(disk, markPath, { id, partition: MARK_OWNER })
    try {
      const found = await openValues(place, durable)
      if (durable === null && found.contents.revision > 0) {
        place.warn(`${markPath} is missing or damaged. All values that were found are whole.`)
      }
      mark.write(found.contents.revision)
      await mark.sync()
      return new Values(place, mark, found.file, found.contents)
    } catch (error) {
      await mark.close().catch(() => undefined)
      throw error
    }
  }

  async get(key: string): Promise<{ value: Uint8Array; revision: number } | null> {
    const row = this.#contents.rows.get(key)
    if (row === undefined) return null
    const value = await this.#shared.use(file => readRow(this.#path, file, row, key))
    return { value, revision: row.revision }
  }

  keys(prefix: string): string[] {
    return [...this.#contents.rows.keys()].filter(key => key.startsWith(prefix)).sort()
  }

  /** Resolves with the new revision once it is durable, null where `expected` wasn't there. Rejects with Overloaded. */
  change(key: string, value: Uint8Array | null, expected: number | null): Promise<number | null> {
    if (this.#isClosed) return Promise.reject(new Error('the store is closed'))
    const sizeBytes = VALUE_RECORD_BYTES + (value?.length ?? 0)
    if (this.#waitingBytes > 0 && this.#waitingBytes + sizeBytes > QUEUE_BYTES) {
      return Promise.reject(new Overloaded(`${this.#waitingBytes} bytes of values wait for the disk`, QUEUE_RETRY_MS))
    }
    this.#waitingBytes += sizeBytes
    const own = value === null ? null : Uint8Array.from(value)
    return new Promise((resolve, reject) => {
      this.#waiting.push({ key, value: own, expected, resolve, reject })
      if (this.#waiting.length === 1) void this.#queue(() => this.#commit())
    })
  }

  /** Writes the file anew with nothing in it that was replaced or removed. */
  compact(): Promise<void> {
    return this.#queue(() => this.#rewrite())
  }

  async close(): Promise<void> {
    if (this.#isClosed) return
    this.#isClosed = true
    await this.#work
    await this.#shared.leave()
    await this.#mark.close()
  }

  /** One piece of work after another. */
  #queue(run: () => Promise<void>): Promise<void> {
    const done = this.#work.then(run)
    this.#work = done.catch(() => undefined)
    return done
  }

  async #commit(): Promise<void> {
    const taken = this.#waiting
    this.#waiting = []
    this.#waitingBytes = 0
    const records: ValueRecord[] = []
    const revisions = new Map<string, number>()
    let { revision } = this.#contents
    const answers = taken.map(({ key, value, expected }) => {
      const current = revisions.get(key) ?? this.#contents.rows.get(key)?.revision ?? 0
      if (value === null && current === 0) return current
      if (expected !== null && expected !== current) return null
      revision++
      revisions.set(key, value === null ? 0 : revision)
      const kind = value === null ? Kind.remove : Kind.put
      records.push({ kind, key, value: value ?? new Uint8Array(0), revision })
      return revision
    })
    try {
      if (records.length > 0) await this.#write(records, revision)
    } catch (error) {
      this.#isBroken = true
      const reason = error instanceof Error ? error.message : String(error)
      for (const { reject } of taken) reject(new Overloaded(`the disk refused the store: ${reason}`, DISK_RETRY_MS))
      return
    }
    for (const [i, { resolve }] of taken.entries()) resolve(answers[i] ?? null)
    const { endBytes, liveBytes } = this.#contents
    if (endBytes > 2 * liveBytes + this.#garbageBytes) await this.#tidy()
  }

  async #write(records: readonly ValueRecord[], revision: number): Promise<void> {
    if (this.#isBroken) await this.#mend()
    const { file } = this.#shared
    const { endBytes, crc: begin } = this.#contents
    const parts: Buffer[] = []
    let crc = begin
    for (const record of records) {
      const part = encodeValue(record, crc)
      parts.push(part)
      crc = part.readUInt32LE()
    }
    await writeAll(file, Buffer.concat(parts), endBytes)
    await file.sync()
    this.#mark.write(revision)
    await this.#mark.sync()
    for (const [i, record] of records.entries()) {
      const part = parts[i] as Buffer
      take(this.#contents, record, this.#contents.endBytes + part.length, part.readUInt32LE())
    }
  }

  /** The mark first: it may already count what is to be cut off. */
  async #mend(): Promise<void> {
    await this.#mark.reopen()
    this.#mark.write(this.#contents.revision)
    await this.#mark.sync()
    const file = await this.#place.disk.open(this.#path, 'write')
    try {
      await file.truncate(this.#contents.endBytes)
      await file.sync()
    } catch (error) {
      await file.close().catch(() => undefined)
      throw error
    }
    await this.#replace(file)
    this.#isBroken = false
  }

  async #replace(file: DiskFile): Promise<void> {
    const old = this.#shared
    this.#shared = new Shared(file)
    await old.leave().catch(() => undefined)
  }

  /** Where there is no room for it, everything is still there: the next try comes once much more is to be gained. */
  async #tidy(): Promise<void> {
    try {
      await this.#rewrite()
      this.#garbageBytes = GARBAGE_BYTES
    } catch {
      this.#garbageBytes *= 2
    }
  }

  async #rewrite(): Promise<void> {
    if (this.#isBroken) await this.#mend()
    const { disk, folder, id } = this.#place
    const { rows, revision } = this.#contents
    const path = this.#path
    const live = [...rows].sort(([, a], [, b]) => a.revision - b.revision)
    const { file, contents } = await this.#shared.use(old => {
      const records = async function* (): AsyncGenerator<ValueRecord> {
        for (const [key, row] of live) {
          yield { kind: Kind.put, key, value: await readRow(path, old, row, key), revision: row.revision }
        }
        yield { kind: Kind.count, key: '', value: new Uint8Array(0), revision }
      }
      return writeValues(disk, folder, id, records())
    })
    this.#contents = contents
    await this.#replace(file)
  }
}

/** The values' file, whole up to its end; what a crash left half written is cut off. */
const openValues = async (
  place: ValuesPlace,
  durable: number | null,
): Promise<{ file: DiskFile; contents: Contents }> => {
  const { disk, folder, id } = place
  const path = join(folder, VALUES)
  const file = await disk.open(path, 'write').catch((error: unknown) => {
    if (isMissing(error)) return null
    throw error
  })
  if (file === null) {
    if (durable !== null && durable > 0) throw damagedValues(path, 'is missing, and all values with it')
    return await writeValues(disk, folder, id, [])
  }
  try {
    const contents = await readContents(path, file)
    const sizeBytes = await file.sizeBytes()
    const isCut = contents.endBytes < sizeBytes
    if (isCut && (durable === null || contents.revision < durable)) {
      throw damagedValues(
        path,
        `is damaged at byte ${contents.endBytes}: the changes from ${contents.revision + 1} on are lost`,
      )
    }
    if (durable !== null && contents.revision < durable) {
      throw damagedValues(path, `ends at change ${contents.revision}: those up to ${durable} are missing`)
    }
    if (isCut) await file.truncate(contents.endBytes)
    // A killed process may have left changes that were written and never synced: from here on they count as durable.
    await file.sync()
    return { file, contents }
  } catch (error) {
    await file.close().catch(() => undefined)
    throw error
  }
}
