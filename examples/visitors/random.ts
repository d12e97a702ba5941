/** Numbers from a seed, so that a run of the demo can be had again. */
export interface Random {
  /** From 0 up to, not including, 1. */
  next(): number
  /** True with this chance, 0 to 1. */
  chance(probability: number): boolean
  /** A whole number from `from` to `to`, both included. */
  whole(from: number, to: number): number
  /** An index, each as likely as its weight. */
  weighted(weights: readonly number[]): number
}

/** SplitMix32: 32 bits of state are plenty for a demo. */
export function randomFrom(seed: number): Random {
  let state = seed >>> 0
  const next = (): number => {
    state = (state + 0x9e3779b9) >>> 0
    let z = state
    z = Math.imul(z ^ (z >>> 16), 0x21f0aaad)
    z = Math.imul(z ^ (z >>> 15), 0x735a2d97)
    return ((z ^ (z >>> 15)) >>> 0) / 2 ** 32
  }
  return {
    next,
    chance: probability => next() < probability,
    whole: (from, to) => from + Math.floor(next() * (to - from + 1)),
    weighted: weights => {
      let left = next() * weights.reduce((sum, weight) => sum + weight, 0)
      const found = weights.findIndex(weight => {
        left -= weight
        return left < 0
      })
      return found < 0 ? weights.length - 1 : found
    },
  }
}
