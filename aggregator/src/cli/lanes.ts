import type { PulseClient } from '@pulssi/sdk'

/** Connections of a replay stay within so much event time of each other. */
export const LANE_SPREAD_MS = 3_600_000

/**
 * One connection of a replay, and the times of its events that may still be on their way. The oldest of them says how
 * far this lane lags behind.
 */
export class Lane {
  readonly client: PulseClient
  /** Event times from `#from` on, in the order of sending. */
  #times: number[] = []
  #from = 0

  constructor(client: PulseClient) {
    this.client = client
  }

  sent(at: number): void {
    this.#times.push(at)
  }

  /** Time of the oldest event without its ack; infinity where there is none. */
  oldest(): number {
    const { queued } = this.client.stats()
    this.#from = Math.max(this.#from, this.#times.length - queued)
    if (this.#from * 2 > this.#times.length) {
      this.#times = this.#times.slice(this.#from)
      this.#from = 0
    }
    return this.#times[this.#from] ?? Number.POSITIVE_INFINITY
  }

  /** Resolves once no event before `time` is on its way. */
  async reach(time: number): Promise<void> {
    while (this.oldest() < time) {
      const younger = this.#times.slice(this.#from).findIndex(at => at >= time)
      await this.client.flush(younger < 0 ? 0 : this.#times.length - this.#from - younger)
      const { queued } = this.client.stats()
      // Closed or stopped for good: what is left will never be acknowledged, and `failed` of its connection tells why.
      if (queued > 0 && this.oldest() < time) return
    }
  }
}

/** Keeps a lane from running ahead of the others by more than LANE_SPREAD_MS. */
export class Pack {
  readonly #lanes: readonly Lane[]
  /** No lane lags behind this, as far as known. */
  #floor = Number.NEGATIVE_INFINITY

  constructor(lanes: readonly Lane[]) {
    this.#lanes = lanes
  }

  /** null where the lane may send at once, as it mostly may. */
  mayGo(lane: Lane, at: number): Promise<void> | null {
    const time = at - LANE_SPREAD_MS
    return this.#lanes.length === 1 || time <= this.#floor ? null : this.#wait(lane, at, time)
  }

  async #wait(lane: Lane, at: number, time: number): Promise<void> {
    let floor = Number.POSITIVE_INFINITY
    for (const other of this.#lanes) {
      if (other !== lane) await other.reach(time)
      floor = Math.min(floor, other.oldest())
    }
    // A lane with nothing on its way may begin again at `at`, and no earlier: the file is in order of time.
    this.#floor = Math.min(floor, at)
  }
}
