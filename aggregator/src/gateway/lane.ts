import type { Folded } from '../worker/index.js'
import type { Contribution } from './contribution.js'

/** Whose records an entry holds; record numbers are indexes. */
export interface Parts {
  readonly contributions: Set<Contribution>
  readonly owners: (Contribution | undefined)[]
  readonly positions: number[]
  sizeBytes: number
  /** When the entry became durable, by the steady clock, ms. */
  storedAt: number
}

export interface Lane {
  readonly partition: number
  gathered: Parts
  appending: boolean
  scheduled: boolean
  /** The log did not take the last entry. */
  refusing: boolean
  /** The append under way has had no answer for STALLED_MS. */
  stalled: boolean
  /** Last entry known to be durable. */
  last: number
  /** Durable entries whose verdicts are awaited, by sequence. */
  readonly unfolded: Map<number, Parts>
  /** Verdicts that came while an append was under way: they may be of its entry, whose number isn't known yet. */
  readonly early: Folded[]
}

export const noParts = (): Parts => ({ contributions: new Set(), owners: [], positions: [], sizeBytes: 0, storedAt: 0 })

/** `last`: its last entry that is there already. */
export const newLane = (partition: number, last: number): Lane => ({
  partition,
  gathered: noParts(),
  appending: false,
  scheduled: false,
  refusing: false,
  stalled: false,
  last,
  unfolded: new Map(),
  early: [],
})
