import { GATHER_MS, REST_RATIO, SLICE_MS, UPDATE_MS } from './limits.js'

/** Measures work and gives way to sockets whenever a slice of it has taken SLICE_MS. */
export class Slices {
  #begunAt = performance.now()
  #busyMs = 0

  /** Time at work so far, without the pauses. */
  get busyMs(): number {
    return this.#busyMs + performance.now() - this.#begunAt
  }

  async pause(): Promise<void> {
    const tookMs = performance.now() - this.#begunAt
    if (tookMs < SLICE_MS) return
    this.#busyMs += tookMs
    await new Promise<void>(resolve => {
      setImmediate(resolve)
    })
    this.#begunAt = performance.now()
  }
}

/**
 * Runs updates when there is a reason to, at most one every UPDATE_MS, and no more than the thread can bear.
 *
 * * `resting`: nothing asked for. Left by `wake`.
 * * `waiting`: an update is due at a set time.
 * * `running`: an update runs; `again`: there was a reason for another one since.
 */
type Pace =
  | { readonly state: 'resting' }
  | { readonly state: 'waiting'; readonly timer: NodeJS.Timeout }
  | { readonly state: 'running'; again: boolean }
  | { readonly state: 'closed' }

const RESTING: Pace = { state: 'resting' }

export class Pacer {
  readonly #run: (slices: Slices) => Promise<boolean>
  readonly #onError: (error: unknown) => void
  #pace: Pace = RESTING
  #notBefore = 0

  /** `run` resolves with true where something is left to do. */
  constructor(run: (slices: Slices) => Promise<boolean>, onError: (error: unknown) => void) {
    this.#run = run
    this.#onError = onError
  }

  /** There is a reason for an update. */
  wake(): void {
    if (this.#pace.state === 'running') this.#pace.again = true
    if (this.#pace.state !== 'resting') return
    const waitMs = Math.max(GATHER_MS, this.#notBefore - performance.now())
    this.#pace = { state: 'waiting', timer: setTimeout(() => void this.#update(), waitMs) }
  }

  close(): void {
    if (this.#pace.state === 'waiting') clearTimeout(this.#pace.timer)
    this.#pace = { state: 'closed' }
  }

  async #update(): Promise<void> {
    const running: Pace = { state: 'running', again: false }
    const begunAt = performance.now()
    const slices = new Slices()
    this.#pace = running
    let isLeft = false
    try {
      isLeft = await this.#run(slices)
    } catch (error) {
      this.#onError(error)
    }
    if (this.#pace !== running) return
    this.#notBefore = Math.max(begunAt + UPDATE_MS - GATHER_MS, performance.now() + REST_RATIO * slices.busyMs)
    this.#pace = RESTING
    if (running.again || isLeft) this.wake()
  }
}
