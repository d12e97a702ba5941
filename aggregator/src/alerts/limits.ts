/** From the end of one look at the board to the next. */
export const LOOK_MS = 1_000
/** Looks from one survey of what another owner may have written late to the next. */
export const SURVEY_LOOKS = 10
/** Longest that a look keeps sockets waiting, ms. */
export const SLICE_MS = 8
/** Engine time between two looks beyond which nobody knows what lay between: it counts for nothing. */
export const UNSEEN_MS = 10_000
/** Figures older than this change no incident. */
export const BOARD_AGE_MS = 10_000

/** Incidents kept. Beyond: the oldest resolved one goes; are all open, no further one opens. */
export const INCIDENTS = 1_000
/**
 * Writes of one incident whose answers got lost that are remembered. Beyond: the oldest is forgotten, and if it was the
 * one that is stored, the incidents are read anew.
 */
export const UNSURE_WRITES = 8
/** How long a resolved one is kept. */
export const INCIDENT_MEMORY_MS = 90 * 86_400_000

/** From one attempt at a message to the next, after the schedule of Standard Webhooks. After the last: given up. */
const SECOND_MS = 1_000
const MINUTE_MS = 60 * SECOND_MS
const HOUR_MS = 60 * MINUTE_MS
export const RETRY_DELAYS_MS: readonly number[] = [
  0,
  5 * SECOND_MS,
  5 * MINUTE_MS,
  30 * MINUTE_MS,
  2 * HOUR_MS,
  5 * HOUR_MS,
  10 * HOUR_MS,
  14 * HOUR_MS,
  20 * HOUR_MS,
  24 * HOUR_MS,
]
/** Up to this share is added to each, so that receivers that come back aren't called by all at once. */
export const JITTER = 0.1
/** Longest wait that a receiver's Retry-After is believed. */
export const RETRY_AFTER_MS = 24 * HOUR_MS
/** Longest that a message waits after any failure; a later time than that is of another clock. */
export const LONGEST_WAIT_MS = 27 * HOUR_MS
/** A receiver that has not answered by then has failed. */
export const ATTEMPT_MS = 10_000
/** Of an answer's body. Beyond: cut off; its status counts. */
export const ANSWER_BYTES = 64 * 1024
/** Attempts under way to one hook. Beyond: the next wait for one of them. */
export const ATTEMPTS_AT_ONCE = 4
