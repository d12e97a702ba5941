/** Every bound of the SDK. What happens at a bound stands beside it. */

/** Events that wait for their acknowledgement. Beyond: the drop policy of the outbox. */
export const OUTBOX_EVENTS = 1_000
/** Estimated bytes of those events, never below what they take on the wire. Beyond: as above. */
export const OUTBOX_BYTES = 512 * 1024
/** Batches on the way at once. Beyond: the next one waits for an ack. */
export const FRAMES_IN_FLIGHT = 8
/** An event waits so long for others to share its frame; longer, up to the server's rate of messages. */
export const COALESCE_MS = 10
/** Events held while consent is pending. Beyond: as above. */
export const HELD_EVENTS = 100
/** Visitors whose sequence numbers one stream keeps. Beyond: a new stream, in which all begin at 0. */
export const STREAM_VISITORS = 10_000
/** Acknowledged frames whose events a late refusal can still name. Beyond: it is told without its event. */
export const REMEMBERED_FRAMES = 64

/**
 * Full jitter: a wait is a random part of BACKOFF_MIN_MS, doubled with every failed attempt up to BACKOFF_MAX_MS, on top
 * of what the server asks for. A browser that comes online tries at once.
 */
export const BACKOFF_MIN_MS = 500
export const BACKOFF_MAX_MS = 30_000
/** The bound is doubled so often more after a server said that it goes: everyone who was there comes back. */
export const RESTART_DOUBLINGS = 3
/** A connection that stood so long starts its backoff anew. */
export const STEADY_MS = 10_000
/** From the start of a connection to its socket, and from there to its welcome. Beyond: given up, backoff. */
export const GREETING_MS = 15_000
/** With events on the way and nothing heard. Beyond: the connection is taken for dead, backoff. */
export const SILENCE_MS = 15_000
/** After a refusal for now that gives no hint. */
export const RETRY_MS = 1_000
/** `close` waits so long for what is queued. Beyond: it is lost, counted as `closed`. */
export const CLOSE_MS = 2_000

/** UTF-8 takes so many bytes for a character of JavaScript at most. */
export const CHAR_BYTES = 3
/** What an event takes in a frame beside its JSON, and a frame beside its events, at most. */
export const EVENT_HEAD_BYTES = 64
