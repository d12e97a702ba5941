/** A seeded generator (xorshift32): every run feeds the same story. */
export class Random {
  #state

  constructor(seed = 0x2545f491) {
    this.#state = seed | 0 || 1
  }

  /** A whole number from 0 to `bound` − 1. */
  below(bound) {
    let state = this.#state
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    this.#state = state
    return (((state >>> 0) * bound) / 0x1_0000_0000) | 0
  }

  /** True once in `n` times. */
  once(n) {
    return this.below(n) === 0
  }
}

/** Steps of the table that turns an even draw into a Zipf one: finer than the rarest of 2,000 names. */
const ZIPF_STEPS = 1 << 16

/** Draws from 0 to `count` − 1, the i-th with weight 1/(i + 1). */
export const zipf = count => {
  const weights = Array.from({ length: count }, (_, index) => 1 / (index + 1))
  const sum = weights.reduce((a, b) => a + b, 0)
  const table = new Uint16Array(ZIPF_STEPS)
  let reached = 0
  let step = 0
  weights.forEach((weight, index) => {
    reached += weight / sum
    while (step < ZIPF_STEPS && (step + 0.5) / ZIPF_STEPS <= reached) table[step++] = index
  })
  table.fill(count - 1, step)
  return random => table[random.below(ZIPF_STEPS)]
}
