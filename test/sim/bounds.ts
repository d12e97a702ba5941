import { type Journey, WINDOWS } from '@pulssi/protocol/client'
import type { LogItem } from '../recount/index.js'
import { type Cluster, NOW } from './cluster.js'
import { SUCCESSORS, UNKNOWN_PLACES } from './features.js'
import type { Run } from './generate.js'
import { Mismatch } from './mismatch.js'
import { Cap } from './world.js'

const OTHER = '~other'

/** Holds in every run, caps reached or not. */
export const checkConservation = (run: Run, { view }: Cluster): void => {
  const { events, pulses } = view.journey('total', NOW)
  const sent = run.items.reduce((sum, item) => sum + eventsOf(item), 0)
  const judged = events.accepted + events.duplicates + events.tooLate + events.rejected + events.bots
  Mismatch.unlessEqual(run.seed, 'conservation', 'events sent', sent, judged)
  for (const { touchpoint, visits: v } of pulses) {
    const resolved = v.completed + v.progressed + v.switched + v.dropped + v.unseen
    Mismatch.unlessEqual(run.seed, 'conservation', `entered at ${touchpoint}`, v.entered, resolved + v.active)
  }
}

const eventsOf = (item: LogItem): number => {
  switch (item.type) {
    case 'event':
      return 1
    case 'refuse':
      return item.count
    case 'tick':
    case 'erase':
      return 0
  }
}

/** Where a cap was reached equality is not promised, but these are. */
export const checkBounds = (run: Run, { view, partitions }: Cluster): void => {
  const { cap } = run.world
  for (const window of WINDOWS) {
    const journey = view.journey(window, NOW)
    const named = journey.pulses.filter(pulse => pulse.touchpoint !== OTHER).length
    if (cap !== Cap.successors) atMost(run, `touchpoints, window ${window}`, UNKNOWN_PLACES * partitions.length, named)
    if (cap === Cap.refuse) {
      const overflowed = journey.pulses.some(pulse => pulse.touchpoint === OTHER)
      Mismatch.unlessEqual(run.seed, 'bounds', 'a place for the rest where the map says refuse', false, overflowed)
    }
    for (const [from, successors] of successorsOf(journey)) {
      // One more for all the others.
      atMost(run, `successors of ${from}, window ${window}`, (SUCCESSORS + 1) * partitions.length, successors.length)
    }
  }
  checkTransitions(run, view.journey('total', NOW))
}

/** Every visit that went on is in exactly one transition; one at an `end` touchpoint may be. */
const checkTransitions = (run: Run, journey: Journey): void => {
  const successors = successorsOf(journey)
  for (const { touchpoint, visits } of journey.pulses) {
    const onward = (successors.get(touchpoint) ?? []).reduce((sum, n) => sum + n, 0)
    const went = visits.progressed + visits.switched
    if (onward < went) Mismatch.unlessEqual(run.seed, 'bounds', `transitions from ${touchpoint}`, went, onward)
    atMost(run, `transitions from ${touchpoint}`, went + visits.completed, onward)
  }
}

const successorsOf = (journey: Journey): Map<string, number[]> => {
  const successors = new Map<string, number[]>()
  for (const { from, n } of journey.transitions) successors.set(from, [...(successors.get(from) ?? []), n])
  return successors
}

const atMost = (run: Run, what: string, most: number, actual: number): void => {
  if (actual > most) Mismatch.unlessEqual(run.seed, 'bounds', what, `at most ${most}`, actual)
}
