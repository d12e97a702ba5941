import type { Clock } from '../ports.js'

/** Calls once what a socket may read has run out, unless something fresher came before. */
export class Expiry {
  readonly #clock: Clock
  readonly #onExpired: () => void
  #timer: NodeJS.Timeout | undefined

  constructor(clock: Clock, onExpired: () => void) {
    this.#clock = clock
    this.#onExpired = onExpired
  }

  /** `at`: ms since 1970; null: never. Puts aside what was set before. */
  set(at: number | null): void {
    clearTimeout(this.#timer)
    if (at !== null) this.#timer = setTimeout(this.#onExpired, Math.max(0, at - this.#clock.now()))
  }
}
