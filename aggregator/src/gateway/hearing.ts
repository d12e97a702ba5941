import { Frame, type SubscribeFrame } from '@pulssi/protocol'
import { type Board, prepareFrame } from '../board/index.js'
import { mayHear, mayOverhear, type Reader } from './access.js'
import { Bucket } from './bucket.js'
import { type Added, type Outlet, Subscriptions } from './subscriptions.js'
import type { Overheard } from './voicing.js'

export interface HearingOptions {
  readonly board: Board
  readonly limits: { readonly subscriptions: number; readonly voicesPerSecond: number }
  /** Counts one more subscription for the address and returns what counts it down again; null: it has enough of them. */
  readonly another: () => (() => void) | null
  /** ms of a steady clock. */
  readonly now: () => number
}

/** What one connection hears of the whole: pulses, that the server lives, incidents, comments. */
export class Hearing {
  readonly #outlet: Outlet
  readonly #subscriptions: Subscriptions
  readonly #voices: Bucket
  readonly #now: () => number
  #reads = false

  constructor(outlet: Outlet, { board, limits, another, now }: HearingOptions) {
    this.#outlet = outlet
    this.#subscriptions = new Subscriptions(board, outlet, limits.subscriptions, another)
    this.#voices = new Bucket(limits.voicesPerSecond, now())
    this.#now = now
  }

  /** Says that the server lives, to who has ever subscribed; `prepared` is the heartbeat of the moment. */
  beat(prepared: Uint8Array): void {
    if (this.#reads && !this.#outlet.congested) this.#outlet.write(prepared)
  }

  /** Tells of an incident at a touchpoint to who subscribes and may know of it; not to who is too slow. */
  inform(reader: Reader | null, touchpoint: string, prepared: Uint8Array): void {
    if (this.#hears && mayHear(reader, touchpoint)) this.#outlet.write(prepared)
  }

  /** Tells of comments, newest last, likewise. Of too many the newest. */
  overhear(reader: Reader | null, news: readonly Overheard[]): void {
    if (!this.#hears) return
    const own = news.filter(({ touchpoint }) => mayOverhear(reader, touchpoint))
    let room = 0
    while (room < own.length && this.#voices.take(this.#now()) === 0) room++
    for (const { prepared } of own.slice(own.length - room)) this.#outlet.write(prepared)
  }

  subscribe(reader: Reader, frame: SubscribeFrame): Added {
    this.#reads = true
    return this.#subscriptions.add(reader, frame)
  }

  unsubscribe(id: number): void {
    this.#subscriptions.remove(id)
  }

  /** Another token holds. False: what was subscribed to would go silent, and pass for live, as heartbeats go on. */
  renew(reader: Reader): boolean {
    if (!reader.scopes.has('pulse')) return !this.#reads
    this.#subscriptions.renew(reader)
    return true
  }

  end(): void {
    this.#subscriptions.clear()
  }

  get #hears(): boolean {
    return this.#subscriptions.size > 0 && !this.#outlet.congested
  }
}

export const heartbeat = (clock: number): Uint8Array => prepareFrame([Frame.heartbeat, clock])
