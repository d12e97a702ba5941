import { ZIPF } from './limits.js'

/**
 * Ways through touchpoints, none of them twice in a row, on which each is met by its share of Zipf's law exactly. A step
 * from i leads to j by w(j) / (1 − w(i)); such a walk is at i for a share as w(i)·(1 − w(i)), so that w solves a quadratic
 * equation for each share.
 */
export class Traffic {
  readonly shares: readonly number[]
  readonly #steps: readonly number[]

  constructor(touchpoints: number) {
    const raw = Array.from({ length: touchpoints }, (_, i) => 1 / (i + 1) ** ZIPF)
    const sum = total(raw)
    this.shares = raw.map(x => x / sum)
    this.#steps = stepsOf(this.shares)
  }

  /** `draw`: from 0 to 1. `from`: where one is; −1: at the beginning. */
  next(draw: number, from: number): number {
    if (from < 0) return pick(this.shares, draw, -1)
    return pick(this.#steps, draw * (1 - (this.#steps[from] as number)), from)
  }
}

const total = (list: readonly number[]): number => list.reduce((sum, x) => sum + x, 0)

const pick = (shares: readonly number[], draw: number, but: number): number => {
  let left = draw
  let last = 0
  for (let i = 0; i < shares.length; i++) {
    if (i === but) continue
    last = i
    left -= shares[i] as number
    if (left < 0) return i
  }
  return last
}

const HALVINGS = 60

/** w with w·(1 − w) as the shares and the sum 1. Of the two roots the smaller: no share is near a half. */
const stepsOf = (shares: readonly number[]): number[] => {
  const rooted = (scale: number): number[] => shares.map(p => (1 - Math.sqrt(Math.max(0, 1 - 4 * scale * p))) / 2)
  let low = 0
  let high = 0.25 / Math.max(...shares)
  if (total(rooted(high)) < 1) throw new RangeError('one touchpoint has too great a share')
  for (let i = 0; i < HALVINGS; i++) {
    const middle = (low + high) / 2
    if (total(rooted(middle)) < 1) low = middle
    else high = middle
  }
  return rooted(high)
}
