/** Time between two partials of a partition in which something changed. */
export const PARTIAL_MS = 50
/** After partials that took t to make, none for this many t: they must not take the time of the fold. */
export const PARTIAL_REST_RATIO = 8
/** Bytes of entries posted to the engines and not yet folded, a partition. Beyond: the log isn't read on. */
export const POSTED_BYTES = 8 * 1024 * 1024
/** Bytes of one message of entries; a longer batch of the log is posted in pieces. */
export const POST_BYTES = 256 * 1024
/** Time between two images of a partition in which something changed. */
export const IMAGE_MS = 5 * 60_000
/** Time between two lines on the progress of a replay. */
export const PROGRESS_MS = 1_000
