import type { Tenure } from '../../ports.js'

/** A tenure that is over when the test says so: at first nobody is told, as where a process stood still. */
export class PassingTenure implements Tenure {
  readonly name = 'alerts'
  readonly owner: string
  readonly epoch: number
  readonly #end = new AbortController()
  isHeld = true

  constructor(epoch = 1) {
    this.owner = `owner-${epoch}`
    this.epoch = epoch
  }

  get signal(): AbortSignal {
    return this.#end.signal
  }

  /** Nobody is told. */
  pass(): void {
    this.isHeld = false
  }

  /** The timers run again. */
  tell(): void {
    this.pass()
    this.#end.abort()
  }
}
