import { LeftOut, type Tally } from '../metrics/index.js'
import { isLoopback } from './address.js'
import type { Addresses } from './addresses.js'
import { Allowances } from './allowances.js'
import type { Limits } from './limits.js'

/** Visitors whose allowances are kept. Beyond: the oldest begin anew with full ones. */
export const COMMENTING_VISITORS = 20_000

type Rates = Pick<Limits, 'commentsPerVisitorPerMinute'>

/** Whether a comment is kept, by how many came from where it comes. */
export class CommentRates {
  readonly #visitors: Allowances
  readonly #addresses: Addresses
  readonly #tally: Pick<Tally, 'leftOut'>

  constructor(limits: Rates, addresses: Addresses, tally: Pick<Tally, 'leftOut'>) {
    this.#visitors = new Allowances(COMMENTING_VISITORS, () => limits.commentsPerVisitorPerMinute)
    this.#addresses = addresses
    this.#tally = tally
  }

  /** Visitors in memory. */
  get size(): number {
    return this.#visitors.size
  }

  /** Judges the comments of who calls from an address with a page's key; on this machine each visitor counts alone. */
  judge(address: string): (visitor: string) => boolean {
    const isOwn = isLoopback(address)
    return visitor => {
      const now = this.#addresses.now()
      if (this.#visitors.take(visitor, now) > 0) return this.#leaveOut(LeftOut.visitor)
      if (!isOwn && this.#addresses.of(address).comment() > 0) return this.#leaveOut(LeftOut.address)
      return true
    }
  }

  #leaveOut(why: LeftOut): false {
    this.#tally.leftOut.add(why)
    return false
  }
}
