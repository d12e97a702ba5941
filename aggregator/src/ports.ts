/**
 * What the aggregator needs from outside. Two sets of adapters, embedded and NATS, pass one contract suite
 * (test/contract).
 */

/** Thrown (rejected) by an append that can't be taken now; try again after `retryMs`. Nothing was stored. */
export class Overloaded extends Error {
  readonly retryMs: number
  constructor(message: string, retryMs: number) {
    super(message)
    this.name = 'Overloaded'
    this.retryMs = retryMs
  }
}

/** One append: the records that a gateway gathered for a partition. `sequence` counts from 1 without gaps. */
export interface Entry {
  readonly sequence: number
  readonly bytes: Uint8Array
}

/** Ordered, durable, one sequence per partition. Everything that changes state goes through it. */
export interface EventLog {
  readonly partitions: number
  /**
   * Resolves with the entry's sequence once the bytes are durable; appends of one partition become durable in the
   * order of the calls. Rejects with `Overloaded` when its queue is full or the disk refuses; an entry whose append
   * rejected is never read.
   */
  append(partition: number, bytes: Uint8Array): Promise<number>
  /**
   * Entries from `from` on (the first kept one if `from` is older), in order, in batches as they are at hand; then
   * follows the log until `signal` aborts. Yields durable entries only.
   */
  read(partition: number, from: number, signal: AbortSignal): AsyncIterable<readonly Entry[]>
  /** Sequence of the oldest entry kept and of the newest durable one; an empty log has last = first − 1. */
  bounds(partition: number): Promise<{ first: number; last: number }>
  /** Drops whole old pieces of the log whose entries all lie before `sequence`. */
  trim(partition: number, sequence: number): Promise<void>
  close(): Promise<void>
}

/** Best-effort messages between processes; losing one never loses data. Delivery in order per subject and sender. */
export interface Bus {
  publish(subject: string, bytes: Uint8Array): void
  /** `subject` exact, or ending in `.>` for all that start so. Returns its own unsubscribe. */
  subscribe(subject: string, listener: (bytes: Uint8Array, subject: string) => void): () => void
  close(): Promise<void>
}

/** Thrown while a blob is read: its bytes are not those that were put under its key. */
export class DamagedBlob extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'DamagedBlob'
  }
}

/** Small durable values with compare-and-set, and images as chunked blobs. */
export interface Store {
  /** `revision` grows with every change of the key. */
  get(key: string): Promise<{ value: Uint8Array; revision: number } | null>
  /** `revision`: null = whatever is there; 0 = only if absent. Resolves with the new revision, null if it differed. */
  put(key: string, value: Uint8Array, revision: number | null): Promise<number | null>
  delete(key: string): Promise<void>
  /** Keys that start with `prefix`, sorted. */
  keys(prefix: string): Promise<string[]>
  /** Replaces the blob in one step once all chunks are durable; a reader sees the old or the new one. */
  putBlob(key: string, chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): Promise<void>
  /** null: there is none. Throws DamagedBlob while it is read, perhaps only after the last chunk: then use none of it. */
  getBlob(key: string): Promise<AsyncIterable<Uint8Array> | null>
  deleteBlob(key: string): Promise<void>
  blobs(prefix: string): Promise<string[]>
  close(): Promise<void>
}

/** An output of a tenure that is over: somebody else owns what it was for. Nothing was changed. */
export class Fenced extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'Fenced'
  }
}

/** The time for which one process, and no other, may give out what comes of something: a partition, the alerts. */
export interface Tenure {
  readonly name: string
  readonly owner: string
  /** Greater than that of every tenure of this name before it. */
  readonly epoch: number
  /** Aborts once it is over, or must be taken for over. */
  readonly signal: AbortSignal
  /** Whether it lasts, at this very moment. */
  readonly isHeld: boolean
}

/** Of who is alone and never has to share: the one process of an embedded server. */
export const soleTenure = (name: string): Tenure => ({
  name,
  owner: 'sole',
  epoch: 1,
  signal: new AbortController().signal,
  isHeld: true,
})

export interface Clock {
  /** ms since 1970 */
  now(): number
}

export const systemClock: Clock = { now: () => Date.now() }
