import type { View } from '../engine/index.js'
import type { Clock } from '../ports.js'
import { unpackPartial } from '../worker/index.js'
import { ABSORB_MS, QUEUED_BYTES } from './limits.js'

export interface AbsorberOptions {
  readonly view: View
  readonly clock: Clock
  /** A message was taken in; `isNew`: it changed something. */
  readonly onAbsorbed: (isNew: boolean) => void
  readonly onError: (error: unknown) => void
}

interface Message {
  readonly partition: number
  readonly bytes: Uint8Array
}

/** A message on its way into the view. */
interface Open {
  readonly steps: Iterator<void>
  readonly partition: number
  readonly sequence: number
}

/**
 * Takes partials into the view, in order, a few ms at a time, so that sockets are never kept waiting for one that is
 * large.
 */
export class Absorber {
  readonly #options: AbsorberOptions
  /** Last entry taken in, of each partition. */
  readonly #absorbed: number[] = []
  #messages: Message[] = []
  #queuedBytes = 0
  #open: Open | null = null
  #isScheduled = false
  #holders = 0
  #isClosed = false
  #waiting: (() => void)[] = []

  constructor(options: AbsorberOptions) {
    this.#options = options
  }

  put(partition: number, bytes: Uint8Array): void {
    this.#messages.push({ partition, bytes })
    this.#queuedBytes += bytes.length
    while (this.#queuedBytes > QUEUED_BYTES) {
      this.finish()
      this.#begin()
    }
    this.#schedule()
  }

  /** Whether the entries up to `targets`, by partition, are in the view. */
  has(targets: readonly number[]): boolean {
    return targets.every((target, partition) => (this.#absorbed[partition] ?? 0) >= target)
  }

  /** Takes the rest of the message that is under way in at once. */
  finish(): void {
    while (this.#open !== null) this.#step()
  }

  /** Resolves between two messages; none is begun until each who holds has called `goOn`. */
  async hold(): Promise<void> {
    this.#holders++
    if (this.#open === null) return
    await new Promise<void>(resolve => {
      this.#waiting.push(resolve)
    })
  }

  goOn(): void {
    this.#holders--
    this.#schedule()
  }

  close(): void {
    this.#isClosed = true
    this.#messages = []
    this.finish()
  }

  #schedule(): void {
    if (this.#isScheduled || this.#isClosed || !this.#isDue) return
    this.#isScheduled = true
    setImmediate(() => {
      this.#isScheduled = false
      this.#work()
      this.#schedule()
    })
  }

  get #isDue(): boolean {
    return this.#open !== null || (this.#holders === 0 && this.#messages.length > 0)
  }

  #work(): void {
    const until = performance.now() + ABSORB_MS
    while (this.#isDue && performance.now() < until) {
      if (this.#open === null) this.#begin()
      else this.#step()
    }
  }

  #begin(): void {
    const message = this.#messages.shift()
    if (message === undefined) return
    const { partition, bytes } = message
    this.#queuedBytes -= bytes.length
    const { sequence, partial } = unpackPartial(bytes)
    if (partial === null) return this.#end({ partition, sequence }, false)
    const { view, clock } = this.#options
    this.#open = { partition, sequence, steps: view.absorbing(partition, partial, clock.now()) }
  }

  #step(): void {
    const open = this.#open
    if (open === null) return
    try {
      if (open.steps.next().done !== true) return
      this.#end(open, true)
    } catch (error) {
      this.#open = null
      this.#options.onError(error)
    }
    for (const resolve of this.#waiting.splice(0)) resolve()
  }

  #end({ partition, sequence }: Pick<Open, 'partition' | 'sequence'>, isNew: boolean): void {
    this.#open = null
    this.#absorbed[partition] = sequence
    this.#options.onAbsorbed(isNew)
  }
}
