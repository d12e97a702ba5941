import type { Subscription } from '@nats-io/transport-node'
import type { Bus } from '../ports.js'
import { BUS_QUEUE_BYTES } from './limits.js'
import { Link, type LinkOptions } from './link.js'
import { namesOf, subjectFromWire, subjectOnWire } from './names.js'

type Listener = (bytes: Uint8Array, subject: string) => void

export interface NatsBusOptions {
  readonly connection: LinkOptions
  readonly project: string
  readonly queueBytes?: number
  readonly onError?: (error: unknown, subject: string) => void
}

interface Heard {
  readonly listeners: Set<Listener>
  readonly subscription: Subscription
}

/**
 * Bus over NATS core. Each message is copied, so that the publisher may reuse its bytes. Messages are dropped while
 * there is no server, at `queueBytes` not yet sent, and where one is longer than the server takes. A listener that
 * throws keeps the message from nobody else.
 */
export class NatsBus implements Bus {
  readonly #link: Link
  readonly #prefix: string
  readonly #queueBytes: number
  readonly #onError: (error: unknown, subject: string) => void
  readonly #heard = new Map<string, Heard>()
  #queuedBytes = 0
  #dropped = 0
  /** Bytes queued since the last flush began; null: none is under way. */
  #behindFlushBytes: number | null = null

  private constructor(link: Link, options: NatsBusOptions) {
    const { project, onError = error => process.emitWarning(String(error)) } = options
    this.#link = link
    this.#prefix = namesOf(project).busPrefix
    this.#queueBytes = options.queueBytes ?? BUS_QUEUE_BYTES
    this.#onError = onError
  }

  static async open(options: NatsBusOptions): Promise<NatsBus> {
    namesOf(options.project)
    return new NatsBus(await Link.open(options.connection), options)
  }

  /** Those that were not sent. */
  get droppedMessages(): number {
    return this.#dropped
  }

  publish(subject: string, bytes: Uint8Array): void {
    const { isUp, connection, messageBytes } = this.#link
    if (!isUp || this.#queuedBytes + bytes.length > this.#queueBytes) {
      this.#dropped++
      return
    }
    if (bytes.length > messageBytes) {
      this.#dropped++
      const problem = `a message of ${bytes.length} bytes; ${messageBytes} the server takes`
      return this.#onError(new RangeError(problem), subject)
    }
    connection.publish(this.#prefix + subjectOnWire(subject), bytes.slice())
    this.#queuedBytes += bytes.length
    if (this.#behindFlushBytes === null) void this.#flush()
    else this.#behindFlushBytes += bytes.length
  }

  subscribe(subject: string, listener: Listener): () => void {
    const heard = this.#heard.get(subject) ?? this.#listen(subject)
    // A wrapper of its own, so that the same function may listen twice and each unsubscribe ends one of them.
    const own: Listener = (bytes, from) => listener(bytes, from)
    heard.listeners.add(own)
    return () => {
      heard.listeners.delete(own)
      if (heard.listeners.size > 0 || this.#heard.get(subject) !== heard) return
      this.#heard.delete(subject)
      heard.subscription.unsubscribe()
    }
  }

  async close(): Promise<void> {
    this.#heard.clear()
    await this.#link.close()
  }

  #listen(subject: string): Heard {
    const listeners = new Set<Listener>()
    const subscription = this.#link.connection.subscribe(this.#prefix + subjectOnWire(subject), {
      callback: (error, message) => {
        if (error) return this.#onError(error, subject)
        this.#deliver(listeners, message.data, subjectFromWire(message.subject.slice(this.#prefix.length)))
      },
    })
    const heard = { listeners, subscription }
    this.#heard.set(subject, heard)
    return heard
  }

  #deliver(listeners: ReadonlySet<Listener>, bytes: Uint8Array, subject: string): void {
    for (const listener of [...listeners]) {
      try {
        listener(bytes, subject)
      } catch (error) {
        this.#onError(error, subject)
      }
    }
  }

  /** A server answers a flush once it has taken all before it, so what came before it is queued no more. */
  async #flush(): Promise<void> {
    while (this.#queuedBytes > 0) {
      this.#behindFlushBytes = 0
      try {
        await this.#link.during(() => this.#link.connection.flush())
        this.#queuedBytes = this.#behindFlushBytes
      } catch {
        // The client drops what it holds when the connection breaks.
        this.#queuedBytes = 0
      }
    }
    this.#behindFlushBytes = null
  }
}
