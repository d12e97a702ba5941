import { type Entry, Overloaded } from '../ports.js'
import { type DiskFile, writeAll } from './disk.js'
import { encodeClosed, encodeEntry, RECORD_BYTES } from './format.js'
import { COMMIT_BYTES, DISK_RETRY_MS, ENTRY_BYTES, QUEUE_BYTES, QUEUE_RETRY_MS, SEGMENT_BYTES } from './limits.js'
import { Recent } from './recent.js'
import { createSegment, listSegments, mark, type PartitionPlace, recoverSegment, type Segment } from './segments.js'

/** Bounds of one partition; smaller ones serve tests. */
export interface PartitionLimits {
  readonly segmentBytes: number
  readonly commitBytes: number
  readonly queueBytes: number
}

export const PARTITION_LIMITS: PartitionLimits = {
  segmentBytes: SEGMENT_BYTES,
  commitBytes: COMMIT_BYTES,
  queueBytes: QUEUE_BYTES,
}

interface Waiting {
  readonly bytes: Uint8Array
  readonly resolve: (sequence: number) => void
  readonly reject: (error: Error) => void
}

/**
 * Whether the newest segment can take a commit.
 * - `ready`: its file ends where its durable entries end. A commit that fails leads to `broken`.
 * - `broken`: a write or a sync failed, so what lies beyond the durable end is unknown and was acknowledged to nobody.
 *   The next append cuts it off and syncs that first; only then is it `ready`.
 * - `closed`: for good.
 */
type State = { readonly is: 'ready'; readonly file: DiskFile } | { readonly is: 'broken' } | { readonly is: 'closed' }

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

/**
 * The log of one partition. Appends gather while a commit is on its way to the disk; the next commit takes them all
 * with one write and one sync. A commit's entries resolve only after its sync, so at most one commit is at risk.
 */
export class PartitionLog {
  readonly place: PartitionPlace
  /** Oldest first; the last one is being written. */
  readonly segments: Segment[]
  readonly recent = new Recent()
  readonly #limits: PartitionLimits
  #last: number
  #state: State
  #waiting: Waiting[] = []
  #waitingBytes = 0
  #commit: Promise<void> | null = null
  #followers: (() => void)[] = []

  private constructor(
    place: PartitionPlace,
    limits: PartitionLimits,
    segments: Segment[],
    last: number,
    file: DiskFile,
  ) {
    this.place = place
    this.#limits = limits
    this.segments = segments
    this.#last = last
    this.#state = { is: 'ready', file }
  }

  /** Throws DamagedLog where entries that were durable can't be read. */
  static async open(place: PartitionPlace, limits: PartitionLimits): Promise<PartitionLog> {
    await place.disk.makeFolder(place.folder)
    const segments = await listSegments(place)
    const newest = segments.at(-1)
    if (newest !== undefined) {
      const { last, file } = await recoverSegment(place, newest)
      return new PartitionLog(place, limits, segments, last, file)
    }
    const [segment, file] = await createSegment(place, 1)
    return new PartitionLog(place, limits, [segment], 0, file)
  }

  get first(): number {
    return this.segments[0]?.first ?? this.#last + 1
  }

  /** Sequence of the newest durable entry. */
  get last(): number {
    return this.#last
  }

  get isClosed(): boolean {
    return this.#state.is === 'closed'
  }

  append(bytes: Uint8Array): Promise<number> {
    if (this.isClosed) return Promise.reject(new Error('the log is closed'))
    if (bytes.length > ENTRY_BYTES) {
      return Promise.reject(new RangeError(`an entry of ${bytes.length} bytes; ${ENTRY_BYTES} is the most`))
    }
    const sizeBytes = bytes.length + RECORD_BYTES
    if (this.#waitingBytes > 0 && this.#waitingBytes + sizeBytes > this.#limits.queueBytes) {
      const message = `${this.#waitingBytes} bytes of partition ${this.place.partition} wait for the disk`
      return Promise.reject(new Overloaded(message, QUEUE_RETRY_MS))
    }
    this.#waitingBytes += sizeBytes
    return new Promise((resolve, reject) => {
      this.#waiting.push({ bytes, resolve, reject })
      this.#commit ??= Promise.resolve().then(() => this.#commitAll())
    })
  }

  /** Resolves when an entry has become durable since the call, when the log is closed, or when `signal` aborts. */
  async changed(signal: AbortSignal): Promise<void> {
    if (signal.aborted || this.isClosed) return
    await new Promise<void>(resolve => {
      const wake = (): void => {
        signal.removeEventListener('abort', stop)
        resolve()
      }
      const stop = (): void => {
        this.#followers = this.#followers.filter(follower => follower !== wake)
        resolve()
      }
      signal.addEventListener('abort', stop, { once: true })
      this.#followers.push(wake)
    })
  }

  /** Removes whole segments whose entries all lie before `sequence`; the one being written stays. */
  async trim(sequence: number): Promise<void> {
    const { disk, folder } = this.place
    let removed = 0
    for (;;) {
      const [oldest, next] = this.segments
      if (oldest === undefined || next === undefined || next.first > sequence) break
      this.segments.shift()
      await disk.remove(oldest.path)
      removed++
    }
    if (removed > 0) await disk.syncFolder(folder)
  }

  /** Waits for what was appended before, then says in the file that nothing is missing. */
  async close(): Promise<void> {
    while (this.#commit !== null) await this.#commit
    const state = this.#state
    if (state.is === 'closed') return
    this.#state = { is: 'closed' }
    this.#wakeFollowers()
    const segment = this.segments.at(-1)
    if (state.is !== 'ready' || segment === undefined) return
    try {
      await writeAll(state.file, encodeClosed(this.#last + 1), segment.endBytes)
      await state.file.sync()
    } finally {
      await state.file.close()
    }
  }

  async #commitAll(): Promise<void> {
    while (this.#waiting.length > 0) {
      try {
        const [segment, file] = await this.#target()
        await this.#commitSome(segment, file)
      } catch (error) {
        await this.#break()
        this.#rejectAll(error)
      }
    }
    this.#commit = null
  }

  /** The segment to write to and its file: mended after a failure, a new one where the last is full. */
  async #target(): Promise<[Segment, DiskFile]> {
    const segment = this.segments.at(-1)
    if (segment === undefined) throw new Error('a log without a segment')
    const file = this.#state.is === 'ready' ? this.#state.file : await this.#mend(segment)
    if (segment.endBytes < this.#limits.segmentBytes) return [segment, file]
    const [fresh, freshFile] = await createSegment(this.place, this.#last + 1)
    this.segments.push(fresh)
    this.#state = { is: 'ready', file: freshFile }
    await file.close()
    return [fresh, freshFile]
  }

  async #mend(segment: Segment): Promise<DiskFile> {
    const file = await this.place.disk.open(segment.path, 'write')
    try {
      await file.truncate(segment.endBytes)
      await file.sync()
    } catch (error) {
      await file.close().catch(() => undefined)
      throw error
    }
    this.#state = { is: 'ready', file }
    return file
  }

  async #commitSome(segment: Segment, file: DiskFile): Promise<void> {
    const taken = this.#takeWaiting()
    const sizeBytes = taken.reduce((sum, { bytes }) => sum + RECORD_BYTES + bytes.length, 0)
    const out = Buffer.allocUnsafeSlow(sizeBytes)
    const entries: Entry[] = []
    let at = 0
    for (const [index, { bytes }] of taken.entries()) {
      const end = encodeEntry(out, at, bytes, this.#last + 1 + index, index)
      entries.push({ sequence: this.#last + 1 + index, bytes: out.subarray(at + RECORD_BYTES, end) })
      at = end
    }
    try {
      await writeAll(file, out, segment.endBytes)
      await file.sync()
    } catch (error) {
      this.#waiting = [...taken, ...this.#waiting]
      throw error
    }
    mark(segment, this.#last + 1, segment.endBytes)
    segment.endBytes += sizeBytes
    this.#last += taken.length
    this.#waitingBytes -= sizeBytes
    this.recent.push(entries, sizeBytes)
    for (const [index, { resolve }] of taken.entries()) resolve(this.#last - taken.length + 1 + index)
    this.#wakeFollowers()
  }

  /** As many of those that wait as one commit takes; at least one. */
  #takeWaiting(): Waiting[] {
    let sizeBytes = 0
    let count = 0
    for (const { bytes } of this.#waiting) {
      sizeBytes += bytes.length + RECORD_BYTES
      if (count > 0 && sizeBytes > this.#limits.commitBytes) break
      count++
    }
    return this.#waiting.splice(0, count)
  }

  async #break(): Promise<void> {
    const state = this.#state
    if (state.is !== 'ready') return
    this.#state = { is: 'broken' }
    await state.file.close().catch(() => undefined)
  }

  #rejectAll(error: unknown): void {
    const message = `the disk refused partition ${this.place.partition}: ${reasonOf(error)}`
    const rejected = this.#waiting
    this.#waiting = []
    this.#waitingBytes = 0
    for (const { reject } of rejected) reject(new Overloaded(message, DISK_RETRY_MS))
  }

  #wakeFollowers(): void {
    const followers = this.#followers
    this.#followers = []
    for (const wake of followers) wake()
  }
}
