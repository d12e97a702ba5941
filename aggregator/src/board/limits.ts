/** Least time between the beginnings of two updates. */
export const UPDATE_MS = 100
/** From the first sign of a change to its update, so that the partials of all partitions are in it. */
export const GATHER_MS = 5
/** Time that an update may take at once; then sockets get their turn. */
export const SLICE_MS = 8
/** After an update that took t, none for this many t: many touchpoints make updates rarer, not sockets slower. */
export const REST_RATIO = 2
/** Bytes of partials that wait for their turn. Beyond: the oldest are taken in at once, whoever has to wait. */
export const QUEUED_BYTES = 32 * 1024 * 1024
/** Longest that a partial is taken in without giving way to sockets, but for its last piece. */
export const ABSORB_MS = 1
