/**
 * One part of the trials, in a process of its own: `{"kind", "seeds", …}` as the first argument; prints one line of JSON
 * for each seed.
 */
import { Truth } from './judging.js'
import { MINUTE_MS, TERMS } from './limits.js'
import { judgePlain } from './plain.js'
import { audit, PULSSI, tryPulssi, trySilence } from './trials.js'
import { makeWorld } from './world.js'

export type Part =
  | { readonly kind: 'judge'; readonly seeds: readonly number[]; readonly policyMs: number }
  | { readonly kind: 'silence'; readonly seeds: readonly number[]; readonly moderate: number }
  | { readonly kind: 'audit'; readonly seeds: readonly number[] }

const SILENCE_POLICY_MS = 10 * MINUTE_MS
/** A third of a million visits each. */
const AUDIT = { ...TERMS, visitsPerHour: 3_500, days: 4, daysBefore: 0 }
const AUDIT_POLICY_MS = 5 * MINUTE_MS
const AUDIT_CRASHES = 1 / 4_000

const resultOf = (part: Part, seed: number): object => {
  switch (part.kind) {
    case 'judge': {
      const world = makeWorld(seed, TERMS)
      const truth = new Truth(world)
      return { ...judgePlain(world, truth), [PULSSI]: tryPulssi(world, truth, part.policyMs) }
    }
    case 'silence':
      return trySilence(seed, { ...TERMS, days: 2, daysBefore: 1 }, part.moderate, SILENCE_POLICY_MS)
    case 'audit':
      return audit(seed, AUDIT, AUDIT_POLICY_MS, AUDIT_CRASHES)
  }
}

const part = JSON.parse(process.argv[2] ?? '') as Part
for (const seed of part.seeds) console.log(JSON.stringify(resultOf(part, seed)))
