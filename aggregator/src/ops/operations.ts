import type { Subject } from '../engine/index.js'
import type { EventLog, Store } from '../ports.js'
import { backup } from './backup.js'
import { type CompactableLog, type CompactReport, compact } from './compact.js'
import type { Gate } from './gate.js'
import { exportSubject, type SubjectExport } from './subject.js'

/** This log can't be compacted: its bytes go with retention. */
export class NotCompactable extends Error {
  constructor() {
    super('only the embedded log can be compacted; in a cluster the bytes of what was erased go with retention')
    this.name = 'NotCompactable'
  }
}

export interface OperationsOptions {
  readonly log: EventLog | CompactableLog
  readonly store: Store & { compact?(): Promise<void> }
  readonly gate: Gate
  /** Of the id hashes. */
  readonly key: readonly [number, number]
  /** ms since 1970 */
  readonly now: () => number
  readonly storeImages: () => Promise<void>
  readonly stateOf: (partition: number, hi: number, lo: number) => Promise<Subject | null>
  /** Resolves once the erasure is durable and folded. Rejects with Overloaded. */
  readonly erase: (visitor: string) => Promise<void>
}

const isCompactable = (log: EventLog | CompactableLog): log is CompactableLog => 'rewrite' in log

/** What whoever runs a server may ask of it, whether over HTTP or in the process itself. */
export class Operations {
  readonly #options: OperationsOptions
  readonly #stop = new AbortController()
  #compacting: Promise<unknown> = Promise.resolve()

  constructor(options: OperationsOptions) {
    this.#options = options
  }

  /** Carries out the erasures in the bytes on the disk. Throws Busy, NotCompactable. */
  async compact(): Promise<CompactReport> {
    const { log, store } = this.#options
    if (!isCompactable(log)) throw new NotCompactable()
    const { signal } = this.#stop
    signal.throwIfAborted()
    const compacting = compact({ ...this.#options, log, signal, rewriteValues: async () => store.compact?.() })
    this.#compacting = Promise.allSettled([this.#compacting, compacting])
    return await compacting
  }

  /** Stores an image of every partition in which something changed since its last one. */
  async storeImages(): Promise<void> {
    await this.#options.storeImages()
  }

  /** A backup as bytes; throws Busy before the first. */
  backup(): AsyncGenerator<Uint8Array> {
    return backup(this.#options)
  }

  exportSubject(visitor: string): Promise<SubjectExport> {
    return exportSubject(this.#options, visitor)
  }

  /** Ends a compaction where it stands, which the next one takes up; to be called before the log is closed. */
  async close(): Promise<void> {
    this.#stop.abort(new Error('the server shuts down'))
    await this.#compacting
  }

  /** Forgets a visitor; resolves once that is durable and folded. Rejects with Overloaded. */
  eraseSubject(visitor: string): Promise<void> {
    return this.#options.erase(visitor)
  }
}
