import { Overloaded } from '../ports.js'
import { DECIDE_MS, QUEUE_RETRY_MS, SERVER_RETRY_MS } from './limits.js'
import type { Sending } from './sending.js'

interface Waiting {
  readonly bytes: Uint8Array
  readonly resolve: (sequence: number) => void
  readonly reject: (error: Error) => void
}

/** What became of an entry. `undecided`: nobody can tell any more, as the log was closed or trimmed meanwhile. */
type End =
  | { readonly is: 'stored'; readonly sequence: number }
  | { readonly is: 'refused'; readonly why: string }
  | { readonly is: 'undecided'; readonly why: string }

/**
 * - `ready`: appends are queued; one at a time is under way, so that none can become durable before the one in front
 *   of it. An answer that doesn't come leads to `deciding`.
 * - `deciding`: it isn't known whether the entry in front is stored. It is asked for and sent again until that is
 *   known; whatever else is appended is refused, for nothing may be stored before it.
 * - `closed`: what is queued is still stored, nothing else.
 */
type State = 'ready' | 'deciding' | 'closed'

/**
 * Appends of one process to one partition. An append is refused only if each of its publishes was refused in so many
 * words, or none was made: one without an answer may still reach the stream, and so may never be given up.
 */
export class PartitionWriter {
  readonly #sending: Sending
  readonly #queueBytes: number
  #state: State = 'ready'
  #queue: Waiting[] = []
  #waitingBytes = 0
  #pump: Promise<void> | null = null
  #doubt: (() => void) | null = null

  constructor(sending: Sending, queueBytes: number) {
    this.#sending = sending
    this.#queueBytes = queueBytes
  }

  append(bytes: Uint8Array): Promise<number> {
    const { entryBytes } = this.#sending
    if (this.#state === 'closed') return Promise.reject(new Error('the log is closed'))
    if (bytes.length > entryBytes)
      return Promise.reject(
        new RangeError(`an entry of ${bytes.length} bytes; ${entryBytes} the server takes (see its max_payload)`),
      )
    if (this.#state === 'deciding' || !this.#sending.isUp)
      return Promise.reject(new Overloaded('the NATS server does not answer', SERVER_RETRY_MS))
    if (this.#waitingBytes + bytes.length > this.#queueBytes)
      return Promise.reject(new Overloaded('the log is behind', QUEUE_RETRY_MS))
    return new Promise((resolve, reject) => {
      this.#queue.push({ bytes, resolve, reject })
      this.#waitingBytes += bytes.length
      this.#pump ??= this.#run()
    })
  }

  /**
   * Takes nothing more. Resolves once what waits is stored, or the server is gone and nobody knows of the entry in
   * front; close the link then, and await `ended`.
   */
  async close(): Promise<void> {
    const isInDoubt = this.#state === 'deciding'
    this.#state = 'closed'
    if (this.#pump === null || isInDoubt) return
    await Promise.race([
      this.#pump,
      new Promise<void>(resolve => {
        this.#doubt = resolve
      }),
    ])
  }

  /** Resolves once no append is under way. */
  async ended(): Promise<void> {
    await this.#pump
  }

  async #run(): Promise<void> {
    for (let front = this.#queue[0]; front !== undefined; front = this.#queue[0]) {
      const end = await this.#store(front.bytes)
      switch (end.is) {
        case 'stored':
          this.#take(1)[0]?.resolve(end.sequence)
          break
        case 'refused':
          this.#refuse(0, end.why)
          break
        case 'undecided':
          this.#take(1)[0]?.reject(new Error(end.why))
          this.#refuse(0, end.why)
          break
        default:
          end satisfies never
      }
    }
    this.#pump = null
  }

  async #store(bytes: Uint8Array): Promise<End> {
    const entry = this.#sending.entry(bytes)
    let maybeSent = false
    for (let conflicts = 0; ; ) {
      const verdict = await entry.publish()
      if (verdict.is === 'stored' || verdict.is === 'undecided') return this.#decided(verdict)
      if (verdict.is === 'conflict' && ++conflicts === 1) continue
      if (!maybeSent && verdict.is !== 'unknown') {
        const why = verdict.is === 'refused' ? verdict.why : 'another process writes under the same name'
        return this.#decided({ is: 'refused', why })
      }
      maybeSent = true
      if (this.#sending.isClosed)
        return { is: 'undecided', why: 'the log was closed before the server said whether it stored an entry' }
      if (this.#state === 'ready') this.#state = 'deciding'
      this.#doubt?.()
      this.#refuse(1, 'the NATS server does not answer')
      await this.#sending.settled(DECIDE_MS)
    }
  }

  #decided(end: End): End {
    if (this.#state === 'deciding') this.#state = 'ready'
    return end
  }

  #refuse(from: number, why: string): void {
    const kept = this.#queue.slice(0, from)
    const refused = this.#queue.slice(from)
    this.#queue = kept
    for (const { bytes, reject } of refused) {
      this.#waitingBytes -= bytes.length
      reject(new Overloaded(why, SERVER_RETRY_MS))
    }
  }

  #take(count: number): Waiting[] {
    const taken = this.#queue.splice(0, count)
    for (const { bytes } of taken) this.#waitingBytes -= bytes.length
    return taken
  }
}
