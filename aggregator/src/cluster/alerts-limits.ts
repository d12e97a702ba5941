/** Limits of the alerts in a cluster, and what happens at each. */

/** Longest wait for the owner's answer. Beyond: what the Store has is shown, and an order is refused. */
export const OWNER_MS = 2_000
/** Pause before somebody is asked again who has just given the alerts back. */
export const AGAIN_MS = 100
/** For so long after nobody answered nobody is asked for what the Store has too. */
export const SILENCE_MS = 1_000
/** The hint to come again while there is no owner: a lease runs out, and somebody takes it. */
export const OWNER_RETRY_MS = 4_000
/** Incidents of one answer. Beyond: the next ones are asked for; an answer stays under what a call may have. */
export const PAGE = 250
/** Pause of an owner that found changes of another one, before it reads all anew. */
export const REOPEN_MS = 500
/** From one comparison of the rules and hooks with the owner's to the next. */
export const COMPARE_MS = 30_000
