/** Hints and waits of the gateway that are no limits: nothing happens at them. */

/** What an overloaded server asks its clients to wait. */
export const OVERLOADED_RETRY_MS = 1_000
/** An append without an answer for so long holds up its partition: what would wait behind it is refused. ms */
export const STALLED_MS = 2_000
/** Time between two ticks of a partition. */
export const TICK_MS = 1_000
/** How long a read waits for what was written before it to be folded; then it answers with what is there. */
export const SETTLE_MS = 2_000
/** How long a POST waits for the engine's verdict; then it answers without `duplicates` and `tooLate`. */
export const VERDICT_MS = 2_000
/** A verdict on an entry that is folded and that hasn't come for so long doesn't come any more. */
export const VERDICT_LOST_MS = 5_000
/**
 * Behind an entry of at least GATHER_BYTES the next one gathers so long: fewer commits, and so fewer acks, writes and
 * messages to the engines, where there is enough to gather. ms
 */
export const GATHER_MS = 2
export const GATHER_BYTES = 2_048
/** Faults that a flood of messages counts as. */
export const FLOOD_FAULTS = 30
