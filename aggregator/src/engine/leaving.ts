import { SLICE_COUNT } from './limits.js'

const QUARTERS = SLICE_COUNT[2]
const byNumber = (a: number, b: number): number => a - b

/**
 * Which touchpoints have a 15 min slice of each index still kept: a ring of lists, so that the end of a slice costs
 * what was counted in it and nothing else.
 */
export class Leaving {
  readonly #lists: number[][] = Array.from({ length: QUARTERS }, () => [])
  #listed = 0

  put(touchpoint: number, quarter: number): void {
    this.#lists[quarter % QUARTERS]?.push(touchpoint)
    this.#listed++
  }

  /** The clock moves from one slice to a later one: visits what is kept no longer, oldest first, by touchpoint. */
  move(from: number, to: number, visit: (touchpoint: number, quarter: number) => void): void {
    if (this.#listed === 0) return
    const last = Math.min(to - QUARTERS, from)
    for (let quarter = Math.max(from - QUARTERS + 1, 0); quarter <= last; quarter++) {
      const list = this.#lists[quarter % QUARTERS] as number[]
      if (list.length === 0) continue
      this.#lists[quarter % QUARTERS] = []
      this.#listed -= list.length
      for (const touchpoint of list.sort(byNumber)) visit(touchpoint, quarter)
    }
  }
}
