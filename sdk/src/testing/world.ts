import type { Environment } from '../environment.js'
import type { Open } from '../socket.js'

/** One connection as the far end sees it. Both ends hear of each other after `latencyMs`. */
export interface Line {
  /** Calls on a line that is down do nothing. */
  deliver(bytes: Uint8Array): void
  drop(code: number, reason?: string): void
  readonly up: boolean
}

/** The far end of a connection. */
export interface Far {
  opened(line: Line): void
  message(line: Line, bytes: Uint8Array): void
}

/** A clock, timers and sockets without any of them; random numbers from a seed. */
export class World {
  now = 1_000_000
  latencyMs = 1
  /** Whether the next connection comes about. */
  reachable = () => true
  readonly environment: Environment
  #timers: { at: number; run: () => void }[] = []
  #seed: number
  #ids = 0

  constructor(seed: number, far: Far) {
    this.#seed = seed >>> 0
    this.environment = {
      $now: () => Math.floor(this.now),
      $random: () => this.random(),
      $after: (ms, run) => this.after(ms, run),
      $makeId: () => `id-${this.#ids++}`,
      $open: (_url, ...listeners) => this.#open([_url, ...listeners], far),
    }
  }

  /** Mulberry32 */
  random(): number {
    this.#seed = (this.#seed + 0x6d2b79f5) >>> 0
    let t = Math.imul(this.#seed ^ (this.#seed >>> 15), 1 | this.#seed)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }

  after(ms: number, run: () => void): () => void {
    const timer = { at: this.now + ms, run }
    this.#timers.push(timer)
    return () => {
      this.#timers = this.#timers.filter(other => other !== timer)
    }
  }

  /** Runs what is due within the next `ms`, in order of time. */
  pass(ms: number): void {
    const end = this.now + ms
    for (;;) {
      const [next] = this.#timers.filter(timer => timer.at <= end).sort((a, b) => a.at - b.at)
      if (!next) break
      this.#timers = this.#timers.filter(other => other !== next)
      this.now = Math.max(this.now, next.at)
      next.run()
    }
    this.now = end
  }

  get timers(): number {
    return this.#timers.length
  }

  #open([, opened, message, closed]: Parameters<Open>, far: Far) {
    let up = true
    const later = (run: () => void) => void this.after(this.latencyMs, () => up && run())
    const line: Line = {
      deliver: bytes => later(() => message({ data: Uint8Array.from(bytes).buffer })),
      drop: (code, reason) =>
        later(() => {
          up = false
          closed({ code, reason: reason ?? '' })
        }),
      get up() {
        return up
      },
    }
    later(() => {
      if (!this.reachable()) {
        up = false
        closed({ code: 1006 })
        return
      }
      opened()
      far.opened(line)
    })
    return {
      send: (bytes: Uint8Array) => later(() => far.message(line, bytes)),
      close: () => {
        up = false
      },
    }
  }
}
