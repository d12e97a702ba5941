/** Limits of the history, and what happens at each. */

const HOUR_MS = 3_600_000
export const DAY_MS = 24 * HOUR_MS

/** Days that rows are kept, by the partition's clock; then their blob is deleted. A request for more is refused. */
export const HISTORY_DAYS = 400
/** Bytes of a partition's slices that wait to be stored. Beyond: the log isn't read on until they are. */
export const WAITING_BYTES = 8 * 1024 * 1024
/** After slices that could not be stored, none are tried again for so long where they keep the log waiting. */
export const STORE_RETRY_MS = 1_000
/** Bytes of one touchpoint's rows of a day. A blob that says more is damaged. */
export const RECORD_BYTES = 4 * 1024 * 1024
/** Bytes of a day handed to the Store at once. */
export const CHUNK_BYTES = 256 * 1024
/** Rows that one request may ask for: names by steps. Beyond: it is refused. */
export const HISTORY_ROWS = 10_000
/** Requests that wait for their turn; one is worked at. Beyond: refused, to be sent again. */
export const READS_WAITING = 16
/** Time zones whose rules are kept at hand. Beyond: the one that was asked for longest ago is looked up again. */
export const ZONES = 16
/** Readings of what others store meanwhile. Beyond: refused, to be sent again; a day that is still damaged is missing. */
export const READ_TRIES = 4
/** Longest wait for whoever serves a partition to store what left it. Beyond: refused, to be sent again. */
export const STORED_ELSEWHERE_MS = 2_000
