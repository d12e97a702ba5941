import type { Bus } from '../ports.js'
import { PACE_BYTES, PACE_MS, PACED_BYTES } from './limits.js'

interface Message {
  readonly subject: string
  readonly bytes: Uint8Array
}

/**
 * Hands messages on to another Bus, in their order: at once while they are few, PACE_BYTES every PACE_MS while they are
 * many. It keeps the bytes until then. Closing it leaves the other one open.
 */
export class PacedBus implements Bus {
  readonly #bus: Bus
  readonly #mostBytes: number
  #queue: Message[] = []
  #queuedBytes = 0
  /** Left of this stretch of PACE_MS. */
  #roomBytes = PACE_BYTES
  #timer: NodeJS.Timeout | undefined

  constructor(bus: Bus, mostBytes = PACED_BYTES) {
    this.#bus = bus
    this.#mostBytes = mostBytes
  }

  publish(subject: string, bytes: Uint8Array): void {
    if (this.#queuedBytes + bytes.length > this.#mostBytes) return
    this.#queue.push({ subject, bytes })
    this.#queuedBytes += bytes.length
    this.#work()
  }

  subscribe(...[subject, listener]: Parameters<Bus['subscribe']>): () => void {
    return this.#bus.subscribe(subject, listener)
  }

  async close(): Promise<void> {
    clearTimeout(this.#timer)
    this.#queue = []
    this.#queuedBytes = this.#mostBytes
  }

  #work(): void {
    let sent = 0
    for (const { subject, bytes } of this.#queue) {
      if (this.#roomBytes <= 0) break
      this.#bus.publish(subject, bytes)
      this.#roomBytes -= bytes.length
      this.#queuedBytes -= bytes.length
      sent++
    }
    this.#queue.splice(0, sent)
    if (sent === 0 || this.#timer !== undefined) return
    this.#timer = setTimeout(() => {
      this.#timer = undefined
      this.#roomBytes = PACE_BYTES
      this.#work()
    }, PACE_MS)
  }
}
