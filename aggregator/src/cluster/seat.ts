import type { Spot } from './balance.js'
import type { Holding } from './holding.js'
import { freeSinceMs, type Seen } from './lease.js'
import type { Timing } from './limits.js'

/**
 * What a member does with one name.
 * - `watched`: looks at its lease. Left where the balance asks for it, but not before `barredUntilMs`.
 * - `taking`: a write is under way that takes the lease. Leads to `held`, or back where it isn't known to be ours.
 * - `held`: until the holding has ended, then back.
 */
export type Seat =
  | { readonly is: 'watched'; readonly barredUntilMs: number }
  | { readonly is: 'taking' }
  | { readonly is: 'held'; readonly holding: Holding }

/** Holder of a name of which nothing is known: it isn't free. */
const UNKNOWN = ''

/** Whether the lease must be looked at: it is in nobody's hands here. */
export const isWatched = (seat: Seat): boolean => seat.is === 'watched' || (seat.is === 'held' && seat.holding.isLost)

/** The name as the balance sees it. */
export const spotOf = (
  name: string,
  seat: Seat,
  seen: Seen | null,
  me: string,
  nowMs: number,
  { leaseMs }: Pick<Timing, 'leaseMs'>,
): Spot => {
  const spot = { name, lastHolder: null, freeMs: 0, isBarred: false }
  if (seat.is === 'taking') return { ...spot, holder: me, isBarred: true }
  if (seat.is === 'held' && !seat.holding.isLost) return { ...spot, holder: me, isBarred: !seat.holding.isServing }
  if (seen === null) return { ...spot, holder: UNKNOWN }
  const sinceMs = freeSinceMs(seen, me, nowMs, leaseMs)
  if (sinceMs === null) return { ...spot, holder: seen.lease.owner }
  const lastHolder = seen.isGivenBack ? null : seen.lease.owner
  // What was lost and is being left still can't be taken anew.
  const isBarred = seat.is === 'held' || nowMs < seat.barredUntilMs
  return { name, holder: null, lastHolder, freeMs: nowMs - sinceMs, isBarred }
}

/** Moments at which time alone changes how the balance sees the name; some may be past. */
export const turnsOf = (
  seat: Seat,
  seen: Seen | null,
  me: string,
  nowMs: number,
  { leaseMs, patienceMs }: Pick<Timing, 'leaseMs' | 'patienceMs'>,
): readonly number[] => {
  if (seat.is !== 'watched' || seen === null) return []
  const sinceMs = freeSinceMs(seen, me, nowMs, leaseMs)
  return [sinceMs === null ? seen.sinceMs + leaseMs : sinceMs + patienceMs, seat.barredUntilMs]
}
