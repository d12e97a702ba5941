import { MARK_MS, MARKS } from './limits.js'

/** All entries up to `sequence` were in the log at `at`, ms since 1970. */
export interface Mark {
  readonly sequence: number
  readonly at: number
}

/**
 * Which entry of a partition's log stood where at what time, coarsely: enough to know what is older than the log is to
 * be kept. At most MARKS + 2 of them, oldest first.
 */
export class Marks {
  readonly #keepMs: number
  readonly #spaceMs: number
  #marks: Mark[]

  constructor(keepMs: number, marks: readonly Mark[] = []) {
    this.#keepMs = keepMs
    this.#spaceMs = Math.max(MARK_MS, Math.ceil(keepMs / MARKS))
    this.#marks = [...marks]
  }

  get list(): readonly Mark[] {
    return this.#marks
  }

  /**
   * Returns whether it was far enough from the last one to be kept. Marks ahead of it are of a clock that was wrong,
   * and are dropped: what they stood for goes with a later one.
   */
  add(mark: Mark): boolean {
    this.#marks = this.#marks.filter(({ at, sequence }) => at <= mark.at && sequence <= mark.sequence)
    const last = this.#marks.at(-1)
    if (last !== undefined && mark.at - last.at < this.#spaceMs) return false
    this.#marks.push(mark)
    return true
  }

  /** Last sequence known to be older than the log is kept, at `now`; 0: none. Marks before it are dropped. */
  expired(now: number): number {
    const young = this.#marks.findIndex(({ at }) => at > now - this.#keepMs)
    const count = young < 0 ? this.#marks.length : young
    if (count === 0) return 0
    this.#marks = this.#marks.slice(count - 1)
    return this.#marks[0]?.sequence ?? 0
  }
}
