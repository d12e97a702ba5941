/** Lets one at a time work, in the order in which they come. */
export class Turns {
  #last: Promise<unknown> = Promise.resolve()
  #waiting = 0

  /** Who works or waits. */
  get length(): number {
    return this.#waiting
  }

  /** Resolves or rejects as `work` does. */
  async take<Result>(work: () => Promise<Result>): Promise<Result> {
    this.#waiting++
    const done = this.#last.then(work)
    this.#last = done.catch(() => undefined)
    try {
      return await done
    } finally {
      this.#waiting--
    }
  }
}
