/** Every bound of what is told by itself. What happens at a bound stands beside it. */

/** Signals in a sliding minute. Beyond: not told. Of each name there is one from one enter to the next. */
export const SIGNALS_A_MINUTE = 10

/** A section counts as seen once so much of it, or so much of the window, is visible for so long. */
export const SEEN_SHARE = 0.5
export const SEEN_MS = 1_000
/** Sections are looked for so long after what may have brought new ones: a framework draws after it navigates. */
export const SETTLE_MS = 500
/** A page that is hidden for so long is left, else a tab switch would count as leaving. */
export const HIDDEN_MS = 600_000

/** Who goes back within so long of coming found something else than wanted. */
export const BACK_MS = 5_000
/** An interaction that takes longer is slow: "poor" by https://web.dev/articles/inp. */
export const SLOW_MS = 500

/**
 * A click that nothing has answered for so long is dead. A request is seen only once it is answered, since nothing of the
 * page's is wrapped; so the wait is what a slow answer takes, not the second after which a person wonders.
 */
export const DEAD_MS = 3_000
/** So many clicks within RAGE_MS, the last within RAGE_PX of the first, with no answer RAGE_WAIT_MS after it. */
export const RAGE_CLICKS = 3
export const RAGE_MS = 1_000
export const RAGE_PX = 24
export const RAGE_WAIT_MS = 1_000
/** What has answered a click is given a pass for so long: a carousel at its end, a stepper at its most. */
export const ANSWERED_MS = 30_000
/** A verdict that comes so much late is none: a dialog stood open, or the page was asleep. */
export const LATE_MS = 500
