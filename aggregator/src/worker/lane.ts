import type { Logger } from 'pino'
import type { Entry, EventLog, Tenure } from '../ports.js'
import { Courier } from './courier.js'
import type { Keeper } from './keeper.js'
import { POST_BYTES, POSTED_BYTES } from './limits.js'
import type { ToFolder } from './messages.js'
import type { Shelf } from './shelf.js'

export interface LaneOptions {
  readonly partition: number
  /** Last entry that the engine holds already. */
  readonly sequence: number
  /** Entries up to here were in the log when the partition was taken; nobody waits for their verdicts. */
  readonly replayTo: number
  readonly tenure: Tenure
  readonly shelf: Shelf
  readonly log: EventLog
  readonly logger: Logger
}

type Send = (message: ToFolder, transfer: ArrayBuffer[]) => void

export interface FollowOptions {
  readonly log: EventLog
  readonly history: Pick<Keeper, 'room'>
  readonly send: Send
}

/**
 * One partition on its way from the log to its engine: cuts the log's batches into messages and keeps the bytes
 * posted and not yet folded under POSTED_BYTES.
 */
export class Lane {
  readonly partition: number
  /** Last entry folded. */
  folded: number
  /** Last entry that the newest stored image holds. */
  imaged: number
  /** Bytes folded since that entry, as far as this process folded them. */
  sinceImageBytes = 0
  readonly replayTo: number
  readonly tenure: Tenure
  readonly shelf: Shelf
  /** Resolves once the log is read no more. */
  following: Promise<void> = Promise.resolve()
  readonly courier: Courier
  readonly #stop = new AbortController()
  #postedBytes = 0
  #resume: (() => void) | null = null

  constructor({ partition, sequence, replayTo, tenure, shelf, log, logger }: LaneOptions) {
    this.partition = partition
    this.folded = sequence
    this.imaged = sequence
    this.replayTo = replayTo
    this.tenure = tenure
    this.shelf = shelf
    this.courier = new Courier({ partition, log, logger, tenure, signal: this.signal })
  }

  /** Aborts once the partition is served no more. */
  get signal(): AbortSignal {
    return this.#stop.signal
  }

  get replaying(): boolean {
    return this.folded < this.replayTo
  }

  /** Posts what comes after the last entry folded, until `close`. Rejects as the log's reading. */
  async follow({ log, history, send }: FollowOptions): Promise<void> {
    for await (const entries of log.read(this.partition, this.folded + 1, this.signal)) {
      await this.post(entries, send)
      await history.room(this.partition, this.signal)
      if (this.signal.aborted) return
    }
  }

  /** Posts entries, waiting whenever too much is under way. */
  async post(entries: readonly Entry[], send: Send): Promise<void> {
    for (let start = 0; start < entries.length && !this.signal.aborted; ) {
      const end = this.#pieceEnd(entries, start)
      const message = this.#pack(entries.slice(start, end))
      this.#postedBytes += message.bytes.length
      send(message, [message.bytes.buffer as ArrayBuffer, message.lengths.buffer as ArrayBuffer])
      start = end
      while (this.#postedBytes > POSTED_BYTES && !this.signal.aborted) {
        await new Promise<void>(resolve => {
          this.#resume = resolve
        })
      }
    }
  }

  wasFolded(last: number, sizeBytes: number): void {
    this.folded = last
    this.#postedBytes -= sizeBytes
    this.sinceImageBytes += sizeBytes
    this.#wake()
  }

  /** Ends a waiting `post` and whoever reads the log for it. */
  close(): void {
    this.#stop.abort()
    this.#wake()
  }

  /** Resolves once nothing is read or stored for it any more. */
  async ended(): Promise<void> {
    await this.following
    await this.courier.ended()
  }

  #wake(): void {
    this.#resume?.()
    this.#resume = null
  }

  /** A piece ends at POST_BYTES, and where the replay ends. */
  #pieceEnd(entries: readonly Entry[], start: number): number {
    let sizeBytes = 0
    let end = start
    while (end < entries.length) {
      const entry = entries[end] as Entry
      sizeBytes += entry.bytes.length
      end++
      if (sizeBytes >= POST_BYTES || entry.sequence === this.replayTo) break
    }
    return end
  }

  #pack(entries: readonly Entry[]): ToFolder & { type: 'entries' } {
    const lengths = Uint32Array.from(entries, entry => entry.bytes.length)
    const bytes = new Uint8Array(lengths.reduce((sum, length) => sum + length, 0))
    let at = 0
    for (const entry of entries) {
      bytes.set(entry.bytes, at)
      at += entry.bytes.length
    }
    const first = entries[0]?.sequence ?? 0
    return { type: 'entries', partition: this.partition, first, lengths, bytes, quiet: first <= this.replayTo }
  }
}
