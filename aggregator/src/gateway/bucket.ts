/** ms of a clock that never goes back, whatever becomes of the wall's. */
export const steadyMs = (): number => performance.now()

/** A token bucket; holds one second's worth where no other size is given. Times are ms of any steady clock. */
export class Bucket {
  readonly #perMs: number
  readonly #size: number
  #tokens: number
  #at: number

  constructor(perSecond: number, now: number, size = perSecond) {
    this.#perMs = perSecond / 1_000
    this.#size = size
    this.#tokens = size
    this.#at = now
  }

  /** Takes tokens (at most a full bucket's) and returns 0, or takes none and returns the ms until there are enough. */
  take(now: number, wanted = 1): number {
    const tokens = Math.min(wanted, this.#size)
    const waitMs = this.waitMs(now, tokens)
    if (waitMs === 0) this.#tokens -= tokens
    return waitMs
  }

  /** Takes tokens though there may be too few: the debt, of a full bucket at most, is filled up first. */
  spend(now: number, tokens: number): void {
    this.#fill(now)
    this.#tokens = Math.max(-this.#size, this.#tokens - tokens)
  }

  /** ms until there are so many tokens; 0: there are. */
  waitMs(now: number, tokens = 1): number {
    this.#fill(now)
    return this.#tokens >= tokens ? 0 : Math.ceil((tokens - this.#tokens) / this.#perMs)
  }

  /** Whether a token could be taken. */
  hasAny(now: number): boolean {
    return this.waitMs(now) === 0
  }

  #fill(now: number): void {
    if (now <= this.#at) return
    this.#tokens = Math.min(this.#size, this.#tokens + (now - this.#at) * this.#perMs)
    this.#at = now
  }
}
