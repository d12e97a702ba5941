import { type BatchFrame, Fault, Frame } from '@pulssi/protocol'
import type { Address } from './addresses.js'
import type { Role } from './admit.js'
import { Bucket } from './bucket.js'
import type { Limits } from './limits.js'
import type { NotNow, Numbered } from './session.js'

/** Many may wait for the same allowance: who came back as soon as there was some would mostly come in vain. */
const EVENTS_RETRY_MS = 1_000
const TOO_MANY_EVENTS = 'too many events from this address'

const tooFast = (message: string, retryMs: number): NotNow => ({ fault: Fault.rateLimited, message, retryMs })

export const eventsOf = (frame: BatchFrame): number => {
  let events = 0
  for (const group of frame[4]) events += group[4].length
  return events
}

export type PaceLimits = Pick<
  Limits,
  'pageMessagesPerSecond' | 'serviceMessagesPerSecond' | 'readerMessagesPerSecond' | 'floodFactor'
>

export interface PaceOptions {
  readonly limits: PaceLimits
  /** The events of a page count among those of its address. */
  readonly rate: Role['rate']
  readonly address: Address
  /** ms of a steady clock. */
  readonly now: () => number
}

/** How fast one connection may speak. */
export class Pace {
  /** Messages a second. */
  readonly perSecond: number
  readonly #options: PaceOptions
  readonly #messages: Bucket
  readonly #flood: Bucket
  /** Until then the events of its address were found too many. */
  #eventsNotBefore = 0

  constructor(options: PaceOptions) {
    const { limits, rate, now } = options
    this.perSecond = {
      page: limits.pageMessagesPerSecond,
      service: limits.serviceMessagesPerSecond,
      reader: limits.readerMessagesPerSecond,
    }[rate]
    this.#options = options
    this.#messages = new Bucket(this.perSecond, now())
    this.#flood = new Bucket(this.perSecond * limits.floodFactor, now())
  }

  /** Counts a message, ping or pong, before anyone looks into it. Returns whether this is a flood. */
  heard(): boolean {
    return this.#flood.take(this.#options.now()) > 0
  }

  /** Counts a message that would be taken; returns why it can't be. */
  message(): NotNow | null {
    const retryMs = this.#messages.take(this.#options.now())
    return retryMs === 0 ? null : tooFast('too many messages', retryMs)
  }

  /** Why no message could be taken, or not this early again; counts nothing. */
  get refusal(): NotNow | null {
    const now = this.#options.now()
    if (now < this.#eventsNotBefore) return tooFast(TOO_MANY_EVENTS, Math.ceil(this.#eventsNotBefore - now))
    const retryMs = this.#messages.waitMs(now)
    return retryMs === 0 ? null : tooFast('too many messages', retryMs)
  }

  /** Counts the events of a frame that would be taken; returns why it can't be. */
  events(frame: Numbered): NotNow | null {
    if (this.#options.rate !== 'page' || frame[0] !== Frame.batch) return null
    const waitMs = this.#options.address.events(eventsOf(frame))
    if (waitMs === 0) return null
    const retryMs = Math.max(waitMs, EVENTS_RETRY_MS)
    this.#eventsNotBefore = this.#options.now() + retryMs
    return tooFast(TOO_MANY_EVENTS, retryMs)
  }
}
