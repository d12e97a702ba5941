/**
 * What is done to a cluster, and in which order. A fault is {target, index, how, holdMs, restMs, isWithNext}:
 * - `kill`: SIGKILL; started again after `holdMs`.
 * - `stop`: SIGSTOP; SIGCONT after `holdMs`.
 * - `drain`: SIGTERM; started again once it has ended, and `holdMs` are over.
 * `isWithNext`: the next one begins before this one is over.
 */

import { Random } from '../bench/random.mjs'

/** A lease lasts 3 s: who stands still for longer has lost it when it wakes up. */
const LONG = { leastMs: 4_000, spanMs: 5_000 }
const SHORT = { leastMs: 300, spanMs: 1_500 }
/** Of a node of NATS: long enough for an election, or just too short. */
const NODE = { leastMs: 1_000, spanMs: 6_000 }
const REST = { leastMs: 500, spanMs: 1_500 }
const WITH_NEXT_ONCE_IN = 4

/** In an order in which the first few are the most telling. */
const PATTERN = [
  'worker stop long',
  'worker kill',
  'gateway kill',
  'worker drain',
  'nats kill',
  'gateway stop long',
  'worker stop long',
  'nats stop',
  'worker kill',
  'worker stop long',
  'worker drain',
  'gateway kill',
  'nats kill',
  'worker stop long',
  'worker kill',
  'worker stop short',
  'worker stop long',
  'nats stop',
  'worker kill',
  'gateway stop long',
  'worker stop long',
  'worker drain',
  'nats kill',
  'gateway kill',
  'worker kill',
  'worker stop long',
  'nats stop',
  'worker kill',
  'gateway kill',
  'nats kill',
].map(line => line.split(' '))

const drawn = (random, { leastMs, spanMs }) => leastMs + random.below(spanMs)

const spanOf = (target, how, length) => {
  if (target === 'nats') return NODE
  return how === 'stop' && length === 'long' ? LONG : SHORT
}

const shuffled = (random, list) => {
  const rest = [...list]
  return list.map(() => rest.splice(random.below(rest.length), 1)[0])
}

export const isLongStop = ({ target, how, holdMs }) => target !== 'nats' && how === 'stop' && holdMs >= LONG.leastMs

/** `counts`: how many gateways, workers and nodes of NATS there are. */
export const planFaults = (seed, faults, counts) => {
  const random = new Random(seed)
  const chosen = Array.from({ length: faults }, (_, i) => PATTERN[i % PATTERN.length])
  const plan = shuffled(random, chosen).map(([target, how, length]) => ({
    target,
    index: random.below(counts[target]),
    how,
    holdMs: drawn(random, spanOf(target, how, length)),
    restMs: drawn(random, REST),
    isWithNext: random.once(WITH_NEXT_ONCE_IN),
  }))
  // Two nodes of three would be no quorum, and nothing can be done twice to one process at once.
  plan.forEach((fault, i) => {
    const next = plan[i + 1]
    const isApart = next !== undefined && next.target !== fault.target && !plan[i - 1]?.isWithNext
    fault.isWithNext &&= isApart
  })
  return plan
}
