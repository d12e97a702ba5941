import { type Entry, Overloaded } from '../ports.js'
import { encodeEntry, RECORD_BYTES } from './format.js'
import { COMMIT_BYTES, DISK_RETRY_MS, ENTRY_BYTES, QUEUE_BYTES, QUEUE_RETRY_MS, SEGMENT_BYTES } from './limits.js'
import { Recent } from './recent.js'
import type { PartitionPlace, Segment } from './segments.js'
import { Tail } from './tail.js'

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

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

/**
 * The log of one partition. Appends gather while a commit is on its way to the disk; the next commit takes them all
 * with one write and one sync. A commit's entries resolve only after its sync, so at most one commit is at risk.
 */
export class PartitionLog {
  readonly place: PartitionPlace
  readonly recent = new Recent()
  /** Segments whose file is just giving way to another: what is read of them may be of either. */
  readonly replacing = new Set<Segment>()
  readonly #limits: PartitionLimits
  readonly #tail: Tail
  #waiting: Waiting[] = []
  #waitingBytes = 0
  #commit: Promise<void> | null = null
  #followers: (() => void)[] = []

  private constructor(place: PartitionPlace, limits: PartitionLimits, tail: Tail) {
    this.place = place
    this.#limits = limits
    this.#tail = tail
  }

  /** As Tail.open. */
  static async open(
    place: PartitionPlace,
    limits: PartitionLimits,
    segments: Segment[],
    first: number,
  ): Promise<PartitionLog> {
    return new PartitionLog(place, limits, await Tail.open(place, limits.segmentBytes, segments, first))
  }

  /** Oldest first; the last one is being written. */
  get segments(): Segment[] {
    return this.#tail.segments
  }

  get first(): number {
    return this.segments[0]?.first ?? this.last + 1
  }

  /** Sequence of the newest durable entry. */
  get last(): number {
    return this.#tail.last
  }

  get isClosed(): boolean {
    return this.#tail.isClosed
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

  /**
   * Ends the segment being written, by an empty entry that begins the next one. Resolves with the last sequence of
   * what has ended; rejects like an append.
   */
  async rotate(): Promise<number> {
    this.#tail.endSegment()
    await this.append(new Uint8Array())
    return (this.segments.at(-1)?.first ?? 1) - 1
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
    const { segments } = this
    let removed = 0
    for (;;) {
      const [oldest, next] = segments
      if (oldest === undefined || next === undefined || next.first > sequence) break
      segments.shift()
      await disk.remove(oldest.path)
      removed++
    }
    if (removed > 0) await disk.syncFolder(folder)
  }

  /** Waits for what was appended before. */
  async close(): Promise<void> {
    while (this.#commit !== null) await this.#commit
    if (this.isClosed) return
    const closed = this.#tail.close()
    this.#wakeFollowers()
    await closed
  }

  async #commitAll(): Promise<void> {
    while (this.#waiting.length > 0) {
      const taken = this.#takeWaiting()
      try {
        await this.#commitSome(taken)
      } catch (error) {
        this.#rejectAll(taken, error)
      }
    }
    this.#commit = null
  }

  async #commitSome(taken: readonly Waiting[]): Promise<void> {
    const first = this.last + 1
    const sizeBytes = taken.reduce((sum, { bytes }) => sum + RECORD_BYTES + bytes.length, 0)
    const out = Buffer.allocUnsafeSlow(sizeBytes)
    const entries: Entry[] = []
    let at = 0
    for (const [index, { bytes }] of taken.entries()) {
      const end = encodeEntry(out, at, bytes, first + index, index)
      entries.push({ sequence: first + index, bytes: out.subarray(at + RECORD_BYTES, end) })
      at = end
    }
    await this.#tail.commit(out, taken.length)
    this.#waitingBytes -= sizeBytes
    this.recent.push(entries, sizeBytes)
    for (const [index, { resolve }] of taken.entries()) resolve(first + index)
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

  /** Also those that came later: an entry must not overtake one that was refused. */
  #rejectAll(taken: readonly Waiting[], error: unknown): void {
    const message = `the disk refused partition ${this.place.partition}: ${reasonOf(error)}`
    const rejected = [...taken, ...this.#waiting]
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
