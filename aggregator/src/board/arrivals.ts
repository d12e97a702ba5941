import type { Followed } from './followed.js'

interface Waiting {
  readonly targets: readonly number[]
  readonly resolve: () => void
}

/** Those who wait until entries of the log are taken in. */
export class Arrivals {
  readonly #followed: Followed
  #waiting: Waiting[] = []

  constructor(followed: Followed) {
    this.#followed = followed
  }

  /** Resolves with true once the entries up to `targets`, by partition, are taken in; false: too late. */
  async until(targets: readonly number[], withinMs: number): Promise<boolean> {
    if (this.#followed.has(targets)) return true
    return new Promise(resolve => {
      const waiting: Waiting = {
        targets,
        resolve: () => {
          clearTimeout(timer)
          resolve(true)
        },
      }
      const timer = setTimeout(() => {
        this.#waiting = this.#waiting.filter(other => other !== waiting)
        resolve(false)
      }, withinMs)
      this.#waiting.push(waiting)
    })
  }

  /** Something was taken in. */
  look(): void {
    const reached = this.#waiting.filter(({ targets }) => this.#followed.has(targets))
    if (reached.length === 0) return
    this.#waiting = this.#waiting.filter(waiting => !reached.includes(waiting))
    for (const { resolve } of reached) resolve()
  }
}
