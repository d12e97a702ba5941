import { LeftOut, type Tally } from '../metrics/index.js'
import { isLoopback } from './address.js'
import type { Addresses } from './addresses.js'
import { Bucket } from './bucket.js'
import type { Limits } from './limits.js'

const SECONDS_A_MINUTE = 60
/** Visitors whose allowances are kept. Beyond: the oldest begin anew with full ones. */
export const COMMENTING_VISITORS = 20_000

type Rates = Pick<Limits, 'commentsPerVisitorPerMinute'>

/** Whether a comment is kept, by how many came from where it comes. */
export class CommentRates {
  readonly #limits: Rates
  readonly #addresses: Addresses
  readonly #tally: Pick<Tally, 'leftOut'>
  #young = new Map<string, Bucket>()
  #old = new Map<string, Bucket>()

  constructor(limits: Rates, addresses: Addresses, tally: Pick<Tally, 'leftOut'>) {
    this.#limits = limits
    this.#addresses = addresses
    this.#tally = tally
  }

  /** Visitors in memory. */
  get size(): number {
    return this.#young.size + this.#old.size
  }

  /** Judges the comments of who calls from an address with a page's key; on this machine each visitor counts alone. */
  judge(address: string): (visitor: string) => boolean {
    const isOwn = isLoopback(address)
    return visitor => {
      const now = this.#addresses.now()
      if (this.#of(visitor, now).take(now) > 0) return this.#leaveOut(LeftOut.visitor)
      if (!isOwn && this.#addresses.of(address).comment() > 0) return this.#leaveOut(LeftOut.address)
      return true
    }
  }

  #leaveOut(why: LeftOut): false {
    this.#tally.leftOut.add(why)
    return false
  }

  #of(visitor: string, now: number): Bucket {
    const young = this.#young.get(visitor)
    if (young !== undefined) return young
    const perMinute = this.#limits.commentsPerVisitorPerMinute
    const bucket = this.#old.get(visitor) ?? new Bucket(perMinute / SECONDS_A_MINUTE, now, perMinute)
    this.#old.delete(visitor)
    if (this.#young.size >= COMMENTING_VISITORS / 2) {
      this.#old = this.#young
      this.#young = new Map()
    }
    this.#young.set(visitor, bucket)
    return bucket
  }
}
