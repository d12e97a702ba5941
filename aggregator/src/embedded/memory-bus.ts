import type { Bus } from '../ports.js'
import { BUS_QUEUE_BYTES } from './limits.js'

type Listener = (bytes: Uint8Array, subject: string) => void

const ALL_BELOW = '.>'

/**
 * Bus within one process. Messages are delivered in order, after the publisher's turn; each is copied, so that the
 * publisher may reuse its bytes. A listener that throws keeps the message from nobody else.
 */
export class MemoryBus implements Bus {
  readonly #exact = new Map<string, Set<Listener>>()
  readonly #below = new Map<string, Set<Listener>>()
  readonly #onError: (error: unknown, subject: string) => void
  #queue: { readonly subject: string; readonly bytes: Uint8Array }[] = []
  #queueBytes = 0
  #isClosed = false

  constructor(onError: (error: unknown, subject: string) => void = error => process.emitWarning(String(error))) {
    this.#onError = onError
  }

  publish(subject: string, bytes: Uint8Array): void {
    if (this.#isClosed || this.#queueBytes + bytes.length > BUS_QUEUE_BYTES || !this.#isHeard(subject)) return
    if (this.#queue.length === 0) queueMicrotask(() => this.#deliverAll())
    this.#queue.push({ subject, bytes: bytes.slice() })
    this.#queueBytes += bytes.length
  }

  subscribe(subject: string, listener: Listener): () => void {
    const isPrefix = subject.endsWith(ALL_BELOW)
    const table = isPrefix ? this.#below : this.#exact
    const name = isPrefix ? subject.slice(0, -1) : subject
    // A wrapper of its own, so that the same function may listen twice and each unsubscribe ends one of them.
    const own: Listener = (bytes, from) => listener(bytes, from)
    const listeners = table.get(name) ?? new Set()
    table.set(name, listeners.add(own))
    return () => {
      listeners.delete(own)
      if (listeners.size === 0 && table.get(name) === listeners) table.delete(name)
    }
  }

  async close(): Promise<void> {
    this.#isClosed = true
    this.#queue = []
    this.#exact.clear()
    this.#below.clear()
  }

  #isHeard(subject: string): boolean {
    if (this.#exact.has(subject)) return true
    for (const prefix of this.#below.keys()) if (subject.startsWith(prefix)) return true
    return false
  }

  #deliverAll(): void {
    const messages = this.#queue
    this.#queue = []
    this.#queueBytes = 0
    for (const { subject, bytes } of messages) this.#deliver(subject, bytes)
  }

  #deliver(subject: string, bytes: Uint8Array): void {
    const listeners = [...(this.#exact.get(subject) ?? [])]
    for (const [prefix, below] of this.#below) if (subject.startsWith(prefix)) listeners.push(...below)
    for (const listener of listeners) {
      try {
        listener(bytes, subject)
      } catch (error) {
        this.#onError(error, subject)
      }
    }
  }
}
