/** Limits of leases, and what happens at each. All by a steady clock; those of two machines may differ by a tenth. */

/** A lease that nobody renewed for this long, as far as the observer saw, is free for others. */
export const LEASE_MS = 3_000
/** A holder renews this long after it began the last renewal that was stored. */
export const RENEW_MS = 1_000
/** By this much earlier than others does a holder take its lease for lost: also clocks that run apart don't meet. */
export const MARGIN_MS = 500
/** A renewal without an answer for this long is sent once more, beside the first. */
export const HEDGE_MS = 700
/** Pause before a renewal whose answer was an error is looked after. */
export const RETRY_MS = 100
/** Between two looks at the leases and members of others. */
export const LOOK_MS = 500
/** From an announcement to the look at it, so that many at once make one. */
export const SOON_MS = 20
/** Longest wait for an answer to a look. Beyond: what was known stays, and the next look asks again. */
export const ANSWER_MS = 2_000
/**
 * A member that could not look for this long (no server answered, or it stood still) lets leases and members that it
 * finds unchanged live for GRACE_MS more: their holders couldn't renew them either, and should come first.
 */
export const GAP_MS = 2_000
export const GRACE_MS = 1_000
/** A free name that its next holder left alone for this long is taken by anybody with room for it. */
export const PATIENCE_MS = 700
/** A name that could not be served is left alone for this long by who failed at it. */
export const BAR_MS = 5_000
/** A holder renews for this long while it ends serving. Beyond: it renews no more, and the lease runs out. */
export const LEAVE_MS = 3_000
/** Names that a member gives up at once, so that the others of a moving share are served meanwhile. */
export const MOVES = 4
/** Reads under way at once, of a look. */
export const READS = 32
/** A record of a member that nobody renewed for this long is removed by who sees it. */
export const FORGET_MS = 60_000

export interface Timing {
  readonly leaseMs: number
  readonly renewMs: number
  readonly marginMs: number
  readonly hedgeMs: number
  readonly retryMs: number
  readonly lookMs: number
  readonly soonMs: number
  readonly answerMs: number
  readonly gapMs: number
  readonly graceMs: number
  readonly patienceMs: number
  readonly barMs: number
  readonly leaveMs: number
  readonly forgetMs: number
}

export const TIMING: Timing = {
  leaseMs: LEASE_MS,
  renewMs: RENEW_MS,
  marginMs: MARGIN_MS,
  hedgeMs: HEDGE_MS,
  retryMs: RETRY_MS,
  lookMs: LOOK_MS,
  soonMs: SOON_MS,
  answerMs: ANSWER_MS,
  gapMs: GAP_MS,
  graceMs: GRACE_MS,
  patienceMs: PATIENCE_MS,
  barMs: BAR_MS,
  leaveMs: LEAVE_MS,
  forgetMs: FORGET_MS,
}

if (
  RENEW_MS + HEDGE_MS >= LEASE_MS - MARGIN_MS ||
  GRACE_MS >= LEASE_MS ||
  LOOK_MS >= GAP_MS ||
  FORGET_MS < 2 * LEASE_MS
)
  throw new Error('limits that contradict one another')
