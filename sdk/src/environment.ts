import type { Open } from './socket.js'

/** Returns what takes the timer back. */
export type After = (ms: number, run: () => void) => () => void

/**
 * What the shells need of the world, so that a test can put another in its place. Names that begin with $ are private
 * to the SDK: the build shortens them in the files for script tags.
 */
export interface Environment {
  /** ms since 1970 */
  readonly $now: () => number
  /** 0 ≤ random < 1 */
  readonly $random: () => number
  readonly $after: After
  readonly $makeId: () => string
  readonly $open: Open
}

export const realEnvironment = (open: Open): Environment => ({
  $now: Date.now,
  $random: Math.random,
  $after: (ms, run) => {
    const timer = setTimeout(run, ms)
    return () => clearTimeout(timer)
  },
  // 128 random bits; pages without TLS have no crypto.randomUUID.
  $makeId: () => crypto.getRandomValues(new Uint32Array(4)).join('-'),
  $open: open,
})

export type Timer = (ms?: number, run?: (() => void) | false) => void

/** One timer: what is set stays until it is due or taken back, which is done by a call without `run`. */
export const createTimer = ({ $after }: Environment): Timer => {
  let cancel: (() => void) | false | null | undefined
  return (ms, run) => {
    if (run && cancel) return
    if (cancel) cancel()
    cancel =
      run &&
      $after(ms as number, () => {
        cancel = null
        run()
      })
  }
}
