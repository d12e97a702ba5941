import { JetStreamApiError } from '@nats-io/jetstream'
import { PermissionViolationError } from '@nats-io/transport-node'

/**
 * What is known of a message that was published and didn't get its acknowledgement.
 * - `conflict`: not stored by this publish, since what it expected to come after is not there. An earlier publish of
 *   the same may have stored it.
 * - `refused`: not stored by this publish; the server said why (full, no leader …).
 * - `unknown`: no answer came. It may be stored, or be stored in a moment.
 */
export type Verdict =
  | { readonly is: 'conflict' }
  | { readonly is: 'refused'; readonly why: string }
  | { readonly is: 'unknown' }

/** The last sequence is another one; in a cluster also: can't be told yet, another publish is being replicated. */
const WRONG_LAST = new Set<number>([10_071, 10_164])

/** The client's error for it; its class isn't exported. */
const NO_RESPONDERS = 'JetStreamNotEnabled'

export const verdictOf = (error: unknown): Verdict => {
  if (error instanceof JetStreamApiError)
    return WRONG_LAST.has(error.code) ? { is: 'conflict' } : { is: 'refused', why: error.message }
  // Nobody listens on the subject: the stream is not there, or not yet there again.
  if (error instanceof Error && error.name === NO_RESPONDERS) return { is: 'refused', why: 'no stream takes it' }
  return { is: 'unknown' }
}

/** What may pass: no quorum, not the leader, resources that are short, JetStream or the stream not there yet. */
const PASSING = new Set<number>([10_008, 10_009, 10_023, 10_076, 10_118])

/** The user of this connection may not publish or subscribe there. */
export const isForbidden = (error: unknown): boolean =>
  error instanceof PermissionViolationError ||
  (error instanceof Error && error.cause instanceof PermissionViolationError)

/** Whether asking again can't help. */
export const isLasting = (error: unknown): boolean =>
  error instanceof RangeError || isForbidden(error) || (error instanceof JetStreamApiError && !PASSING.has(error.code))
