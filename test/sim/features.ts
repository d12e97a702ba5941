import type { Recount } from '../recount/index.js'
import type { Cluster } from './cluster.js'
import type { Run } from './generate.js'
import { Cap } from './world.js'

/** What a run must have shown often enough for the whole simulation to mean something. */
export const FEATURES = [
  'drop taken back',
  'recovery',
  'hole filled',
  'hole lost',
  'late',
  'tooLate',
  'cap reached',
  'crash',
  'visit erased',
] as const
export type Feature = (typeof FEATURES)[number]
export type Features = ReadonlySet<Feature>

/** Places for touchpoints unknown to the map, and successors of one touchpoint (section "Slices" of the README). */
export const UNKNOWN_PLACES = 200
export const SUCCESSORS = 256

export const featuresOf = (run: Run, cluster: Cluster, recount: Recount): Features => {
  const { totals, holesFilled } = recount.judged
  const recovered = recount.pulses(['~journey'], 'total')[0]?.visits.recovered ?? 0
  const shown: Record<Feature, boolean> = {
    'drop taken back': recount.takenBack > 0,
    recovery: recovered > 0,
    'hole filled': holesFilled > 0,
    'hole lost': totals.lost > 0,
    late: totals.late > 0,
    tooLate: totals.tooLate > 0,
    'cap reached': capReached(run, recount),
    crash: cluster.crashes > 0,
    'visit erased': recount.cutOff > 0,
  }
  return new Set(FEATURES.filter(name => shown[name]))
}

/** Judged from the recount, which knows no cap: more was there than the places of all partitions together. */
const capReached = (run: Run, recount: Recount): boolean => {
  const { cap, partitions } = run.world
  if (cap === Cap.none) return false
  if (cap !== Cap.successors) return recount.touchpoints.length > UNKNOWN_PLACES * partitions
  const successors = new Map<string, number>()
  for (const { from } of recount.journey('total').transitions) successors.set(from, (successors.get(from) ?? 0) + 1)
  return Math.max(...successors.values()) > SUCCESSORS * partitions
}
