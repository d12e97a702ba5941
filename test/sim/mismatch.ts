import type { Difference } from '../recount/index.js'

const EXCERPT_CHARS = 160

/** A run in which the engine and what is expected of it disagree. Carries the seed that brings it back. */
export class Mismatch extends Error {
  readonly seed: number
  /** Which check failed. */
  readonly check: string

  constructor(seed: number, check: string, { path, expected, actual }: Difference) {
    super(
      `seed ${seed}: ${check} differs at ${path}: expected ${JSON.stringify(expected)}, got ${JSON.stringify(actual)}\n` +
        `Shrink it with SEED=${seed} npx vitest run test/sim/sim.test.ts`,
    )
    this.name = 'Mismatch'
    this.seed = seed
    this.check = check
  }

  static unless(seed: number, check: string, found: Difference | null): void {
    if (found) throw new Mismatch(seed, check, found)
  }

  static unlessEqual(seed: number, check: string, path: string, expected: unknown, actual: unknown): void {
    if (expected !== actual) throw new Mismatch(seed, check, { path, expected, actual })
  }

  /** For long texts: shows where they part. */
  static unlessSameText(seed: number, check: string, expected: string, actual: string): void {
    if (expected === actual) return
    let at = 0
    while (expected[at] === actual[at]) at++
    const excerpt = (text: string) => text.slice(Math.max(0, at - EXCERPT_CHARS / 2), at + EXCERPT_CHARS)
    throw new Mismatch(seed, check, { path: `character ${at}`, expected: excerpt(expected), actual: excerpt(actual) })
  }
}
