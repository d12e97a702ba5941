import type { PulseClient } from '@pulssi/sdk'
import type { Histogram } from './histogram.js'
import type { Journeys } from './journeys.js'
import { dueMs, type Pace } from './pace.js'

/** Batches of one connection on the way at once. Beyond: the next one waits, and its waiting counts. */
export const BATCHES_IN_FLIGHT = 8

/** What all connections of a run share. */
export interface Supply {
  /** How many events a batch may have now; 0: there are no more. */
  take(batch: number): number
  wait(ms: number): Promise<void>
  readonly nowMs: () => number
  readonly acks: Histogram
}

/** Events that were due at one moment. */
interface Sent {
  readonly dueMs: number
  left: number
}

/** Events that have come to an end, one way or the other. */
const endedOf = ({ acked, refused, lost }: ReturnType<PulseClient['stats']>): number =>
  acked + refused + lost.refused + lost.stopped

/** One connection: sends what it is supplied with, and measures how long each event waits for its ack. */
export class LoadLane {
  readonly #client: PulseClient
  readonly #journeys: Journeys
  readonly #supply: Supply
  #sent: Sent[] = []
  #ended = 0
  #wakeWatch: () => void = () => undefined
  #isOver = false

  constructor(client: PulseClient, journeys: Journeys, supply: Supply) {
    this.#client = client
    this.#journeys = journeys
    this.#supply = supply
  }

  /** Resolves once nothing is left to send. */
  async send(pace: Pace, batch: number): Promise<void> {
    const watching = this.#watch()
    for (let n = 0; ; n++) {
      const due = dueMs(pace, n, this.#supply.nowMs())
      const aheadMs = due - this.#supply.nowMs()
      if (aheadMs > 0) await this.#supply.wait(aheadMs)
      await this.#client.flush((BATCHES_IN_FLIGHT - 1) * batch)
      const count = this.#supply.take(batch)
      if (count === 0) break
      this.#push(count, pace.is === 'free' ? this.#supply.nowMs() : due)
    }
    this.#isOver = true
    this.#wakeWatch()
    await watching
  }

  #push(count: number, due: number): void {
    let queued = 0
    for (let i = 0; i < count; i++) {
      if (this.#client.send(this.#journeys.next()) === 'queued') queued++
    }
    if (queued === 0) return
    this.#sent.push({ dueMs: due, left: queued })
    this.#wakeWatch()
  }

  /** Looks after every ack what it has ended. Resolves once nothing is on its way and nothing more will be. */
  async #watch(): Promise<void> {
    for (;;) {
      const { queued } = this.#client.stats()
      if (queued > 0) {
        await this.#client.flush(queued - 1)
        this.#settle(endedOf(this.#client.stats()))
        continue
      }
      if (this.#isOver) return
      await new Promise<void>(resolve => {
        this.#wakeWatch = resolve
      })
    }
  }

  /** Events end in the order in which they were sent. */
  #settle(ended: number): void {
    const now = this.#supply.nowMs()
    let more = ended - this.#ended
    this.#ended = ended
    let done = 0
    for (const sent of this.#sent) {
      const taken = Math.min(sent.left, more)
      if (taken > 0) this.#supply.acks.add(now - sent.dueMs, taken)
      sent.left -= taken
      more -= taken
      if (sent.left > 0) break
      done++
    }
    if (done > 0) this.#sent = this.#sent.slice(done)
  }
}
