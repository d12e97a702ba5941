/** A token bucket that holds one second's worth. Times are ms of any steady clock. */
export class Bucket {
  readonly #perMs: number
  readonly #size: number
  #tokens: number
  #at: number

  constructor(perSecond: number, now: number) {
    this.#perMs = perSecond / 1_000
    this.#size = perSecond
    this.#tokens = perSecond
    this.#at = now
  }

  /** Takes one token and returns 0, or takes none and returns the ms until there is one. */
  take(now: number): number {
    if (now > this.#at) {
      this.#tokens = Math.min(this.#size, this.#tokens + (now - this.#at) * this.#perMs)
      this.#at = now
    }
    if (this.#tokens >= 1) {
      this.#tokens--
      return 0
    }
    return Math.ceil((1 - this.#tokens) / this.#perMs)
  }
}
