import type { Entry } from '../ports.js'
import { POST_BYTES, POSTED_BYTES } from './limits.js'
import type { ToFolder } from './messages.js'

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
  /** Entries up to here were in the log at the start; nobody waits for their verdicts. */
  readonly replayTo: number
  #postedBytes = 0
  #resume: (() => void) | null = null
  #closed = false

  constructor(partition: number, sequence: number, replayTo: number) {
    this.partition = partition
    this.folded = sequence
    this.imaged = sequence
    this.replayTo = replayTo
  }

  get replaying(): boolean {
    return this.folded < this.replayTo
  }

  /** Posts entries, waiting whenever too much is under way. */
  async post(entries: readonly Entry[], send: (message: ToFolder, transfer: ArrayBuffer[]) => void): Promise<void> {
    for (let start = 0; start < entries.length; ) {
      const end = this.#pieceEnd(entries, start)
      const message = this.#pack(entries.slice(start, end))
      this.#postedBytes += message.bytes.length
      send(message, [message.bytes.buffer as ArrayBuffer, message.lengths.buffer as ArrayBuffer])
      start = end
      while (this.#postedBytes > POSTED_BYTES && !this.#closed) {
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

  /** Ends a waiting `post`. */
  close(): void {
    this.#closed = true
    this.#wake()
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
