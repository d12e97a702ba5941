import { type Judgement, judge, Truth } from './judging.js'
import type { Terms } from './limits.js'
import { COOLDOWN, EVERYONE, FIXED_SHARES, fixedShare, type Policy, play } from './policies.js'
import { type Row, rowOf } from './table.js'
import { makeWorld, type World } from './world.js'

/** Policies that Pulssi's is compared with. */
export const PLAIN: readonly Policy[] = [EVERYONE, COOLDOWN, ...FIXED_SHARES.map(fixedShare)]

/** Judges these policies in one world after the other. `more`: others, judged in the same worlds. */
export const judgeAll = (
  seeds: readonly number[],
  terms: Terms,
  more: (world: World, truth: Truth) => Readonly<Record<string, Judgement>> = () => ({}),
): Map<string, Row> => {
  const judged = new Map<string, Judgement[]>()
  for (const seed of seeds) {
    const world = makeWorld(seed, terms)
    const truth = new Truth(world)
    const plain = PLAIN.map(policy => [policy.name, judge(world, play(world, policy), truth)] as const)
    for (const [name, found] of [...plain, ...Object.entries(more(world, truth))]) {
      judged.set(name, [...(judged.get(name) ?? []), found])
    }
  }
  return new Map([...judged].map(([name, list]) => [name, rowOf(name, list)]))
}

export const isFixed = ({ name }: Row): boolean => FIXED_SHARES.some(share => fixedShare(share).name === name)
