import type { Random } from '../random.js'

/** A process of the simulated cluster: its clocks, and whether it runs. */
export interface Actor {
  /** Runs something in this process after `delayMs` of its own steady clock; returns what calls it off. */
  after(delayMs: number, run: () => void): () => void
  /** Goes on while the process stands still. */
  steadyMs(): number
  now(): number
  /** Runs something in this process as soon as it runs: an answer that came over the network. */
  enter(run: () => void): void
  readonly isDead: boolean
  readonly isStill: boolean
  /** When it last went on after standing still, by the world's time. */
  readonly wokenMs: number
  standStill(forMs: number): void
  die(): void
}

interface Happening {
  readonly atMs: number
  readonly order: number
  readonly run: () => void
}

const turn = (): Promise<void> => new Promise(resolve => void setImmediate(resolve))

/** Time that goes from one happening to the next, whatever happens in between. */
export class World {
  nowMs = 0
  readonly random: Random
  #happenings: Happening[] = []

  constructor(random: Random) {
    this.random = random
  }

  /** What is due at one moment comes in any order. */
  at(atMs: number, run: () => void): void {
    const happening = { atMs: Math.max(atMs, this.nowMs), order: this.random.next(), run }
    const isLater = (other: Happening): boolean =>
      other.atMs > happening.atMs || (other.atMs === happening.atMs && other.order > happening.order)
    let low = 0
    let high = this.#happenings.length
    while (low < high) {
      const middle = (low + high) >> 1
      if (isLater(this.#happenings[middle] as Happening)) high = middle
      else low = middle + 1
    }
    this.#happenings.splice(low, 0, happening)
  }

  /** Lets everything happen until `untilMs`; `check` looks on after each. */
  async run(untilMs: number, check: () => void): Promise<void> {
    await turn()
    for (let next = this.#happenings[0]; next !== undefined && next.atMs <= untilMs; next = this.#happenings[0]) {
      this.#happenings.shift()
      this.nowMs = next.atMs
      check()
      next.run()
      await turn()
      check()
    }
    this.nowMs = untilMs
  }

  /** `rate`: how fast its steady clock goes; `skewMs`: how wrong its wall clock is. */
  actor(rate: number, skewMs: number): Actor {
    const world = this
    const startMs = this.random.int(0, 1_000_000)
    let stillUntilMs = 0
    let isDead = false
    const enter = (run: () => void): void => {
      if (isDead) return
      if (world.nowMs < stillUntilMs) world.at(stillUntilMs, () => enter(run))
      else run()
    }
    return {
      after(delayMs, run) {
        let isOff = false
        world.at(world.nowMs + Math.max(0, delayMs) / rate, () => enter(() => !isOff && run()))
        return () => {
          isOff = true
        }
      },
      steadyMs: () => startMs + world.nowMs * rate,
      now: () => 1_700_000_000_000 + skewMs + world.nowMs,
      enter,
      get isDead() {
        return isDead
      },
      get isStill() {
        return world.nowMs < stillUntilMs
      },
      get wokenMs() {
        return stillUntilMs
      },
      standStill(forMs) {
        stillUntilMs = Math.max(stillUntilMs, world.nowMs + forMs)
      },
      die() {
        isDead = true
      },
    }
  }
}
