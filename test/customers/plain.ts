import { type Judgement, judge, type Truth } from './judging.js'
import { COOLDOWN, EVERYONE, FIXED_SHARES, fixedShare, type Policy, play } from './policies.js'
import type { Row } from './table.js'
import type { World } from './world.js'

/** Policies that Pulssi's is compared with. */
export const PLAIN: readonly Policy[] = [EVERYONE, COOLDOWN, ...FIXED_SHARES.map(fixedShare)]

/** What each of them comes to in a world. */
export const judgePlain = (world: World, truth: Truth): Record<string, Judgement> =>
  Object.fromEntries(PLAIN.map(policy => [policy.name, judge(world, play(world, policy), truth)]))

export const isFixed = ({ name }: Row): boolean => FIXED_SHARES.some(share => fixedShare(share).name === name)
