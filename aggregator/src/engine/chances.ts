import { CHANCE_CLASSES, NO_POLICY_CLASS } from './limits.js'
import type { Chance } from './record.js'

/** The policy in force: by what chance a visitor is asked at each touchpoint, and where it is getting worse. */
export class Chances {
  /** It holds until then, ms since 1970. */
  until = 0
  readonly #chances = new Map<string, Chance>()

  get list(): readonly Chance[] {
    return [...this.#chances.values()]
  }

  set(until: number, chances: readonly Chance[]): void {
    this.until = until
    this.#chances.clear()
    for (const chance of chances) this.#chances.set(chance.touchpoint, chance)
  }

  classAt(touchpoint: string, clock: number): number {
    const known = clock < this.until ? this.#chances.get(touchpoint) : undefined
    return known === undefined ? NO_POLICY_CLASS : Math.min(known.chanceClass, CHANCE_CLASSES - 1)
  }

  isWorse(touchpoint: string, clock: number): boolean {
    return clock < this.until && this.#chances.get(touchpoint)?.isWorse === true
  }
}

const UINT32 = 2 ** 32

/**
 * A number in [0, 1) of a visitor's hash and of a count that no two moments share: nobody can choose it, and a replay
 * draws it again. Mixing: the finalizer of MurmurHash3.
 */
export function draw(hi: number, lo: number, count: number): number {
  let x = hi ^ Math.imul(lo, 0x9e3779b1) ^ Math.imul(count | 0, 0x85ebca6b) ^ (count / UINT32)
  x = Math.imul(x ^ (x >>> 16), 0x85ebca6b)
  x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35)
  return ((x ^ (x >>> 16)) >>> 0) / UINT32
}
