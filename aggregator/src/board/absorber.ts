import type { View } from '../engine/index.js'
import type { Clock } from '../ports.js'
import { type PartialPart, unpackPartial } from '../worker/index.js'
import type { Followed } from './followed.js'
import { type Gathered, Gatherer } from './gatherer.js'
import { ABSORB_MS, QUEUED_BYTES } from './limits.js'

export interface AbsorberOptions {
  readonly view: View
  readonly clock: Clock
  readonly followed: Followed
  /** A message was taken in; `isNew`: it changed something. */
  readonly onAbsorbed: (isNew: boolean) => void
  readonly onError: (error: unknown) => void
}

interface Message {
  readonly partition: number
  readonly message: Gathered
}

/** A message on its way into the view. */
interface Open {
  readonly steps: Iterator<void>
  readonly partition: number
  readonly sequence: number
}

/**
 * Takes partials into the view, in order, a few ms at a time, so that sockets are never kept waiting for one that is
 * large; those that go on from what is not there are left out.
 */
export class Absorber {
  readonly #options: AbsorberOptions
  readonly #gatherer = new Gatherer()
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

  /** One part of a message. */
  put(partition: number, bytes: Uint8Array): void {
    const message = this.#gather(partition, bytes)
    if (message === null) return
    this.#messages.push({ partition, message })
    this.#queuedBytes += message.bytes.length
    while (this.#queuedBytes > QUEUED_BYTES) {
      this.finish()
      this.#begin()
    }
    this.#schedule()
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

  #gather(partition: number, bytes: Uint8Array): Gathered | null {
    let part: PartialPart
    try {
      part = unpackPartial(bytes)
    } catch (error) {
      this.#options.onError(error)
      return null
    }
    return this.#gatherer.add(partition, part)
  }

  #begin(): void {
    const next = this.#messages.shift()
    if (next === undefined) return
    const { partition, message } = next
    const { sequence, bytes } = message
    this.#queuedBytes -= bytes.length
    const { view, clock, followed } = this.#options
    if (!followed.takes(partition, message)) return
    if (bytes.length > 0) {
      this.#open = { partition, sequence, steps: view.absorbing(partition, bytes, clock.now()) }
      return
    }
    view.heard(partition, clock.now())
    this.#end({ partition, sequence }, false)
  }

  #step(): void {
    const open = this.#open
    if (open === null) return
    try {
      if (open.steps.next().done !== true) return
      this.#end(open, true)
    } catch (error) {
      this.#open = null
      this.#options.followed.broke(open.partition)
      this.#options.onError(error)
    }
    for (const resolve of this.#waiting.splice(0)) resolve()
  }

  #end({ partition, sequence }: Pick<Open, 'partition' | 'sequence'>, isNew: boolean): void {
    this.#open = null
    const { view, followed, onAbsorbed } = this.#options
    followed.took(partition, sequence)
    for (const lacking of view.lacking) followed.broke(lacking)
    onAbsorbed(isNew)
  }
}
