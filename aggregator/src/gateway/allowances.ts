import { Bucket } from './bucket.js'

const SECONDS_A_MINUTE = 60

/** What each of many may do a minute. Of more than `most` at once the oldest begin anew, with full allowances. */
export class Allowances {
  readonly #most: number
  readonly #perMinute: () => number
  #young = new Map<string, Bucket>()
  #old = new Map<string, Bucket>()

  constructor(most: number, perMinute: () => number) {
    this.#most = most
    this.#perMinute = perMinute
  }

  /** Those in memory. */
  get size(): number {
    return this.#young.size + this.#old.size
  }

  /** Takes one; returns how long to wait for it where none is left, ms, else 0. `now`: ms of a steady clock. */
  take(who: string, now: number): number {
    return this.#of(who, now).take(now)
  }

  #of(who: string, now: number): Bucket {
    const young = this.#young.get(who)
    if (young !== undefined) return young
    const perMinute = this.#perMinute()
    const bucket = this.#old.get(who) ?? new Bucket(perMinute / SECONDS_A_MINUTE, now, perMinute)
    this.#old.delete(who)
    if (this.#young.size >= this.#most / 2) {
      this.#old = this.#young
      this.#young = new Map()
    }
    this.#young.set(who, bucket)
    return bucket
  }
}
