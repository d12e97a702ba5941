import type { Tenure } from '../ports.js'

export interface TenureOptions {
  readonly name: string
  readonly owner: string
  readonly epoch: number
  readonly heldUntilMs: number
  readonly steadyMs: () => number
}

/**
 * A tenure that ends by itself. `isHeld` asks the clock, so that a process that stood still finds itself without the
 * lease before any timer of it has run; once false, it never becomes true again.
 */
export class TimedTenure implements Tenure {
  readonly name: string
  readonly owner: string
  readonly epoch: number
  readonly #steadyMs: () => number
  readonly #end = new AbortController()
  #heldUntilMs: number

  constructor({ name, owner, epoch, heldUntilMs, steadyMs }: TenureOptions) {
    this.name = name
    this.owner = owner
    this.epoch = epoch
    this.#steadyMs = steadyMs
    this.#heldUntilMs = heldUntilMs
  }

  get signal(): AbortSignal {
    return this.#end.signal
  }

  get isHeld(): boolean {
    return !this.signal.aborted && this.#steadyMs() < this.#heldUntilMs
  }

  /** Does nothing to a tenure that is over. */
  extend(heldUntilMs: number): void {
    if (this.isHeld) this.#heldUntilMs = Math.max(this.#heldUntilMs, heldUntilMs)
  }

  end(): void {
    this.#end.abort()
  }
}
