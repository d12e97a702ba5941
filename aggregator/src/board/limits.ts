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
/** Bytes of partials of which parts are missing still. Beyond: the one that grew is dropped, and asked for anew. */
export const GATHERED_BYTES = 256 * 1024 * 1024
/** A partition whose partials went missing is asked for a whole one at most so often. */
export const ASK_MS = 500
/** Between two looks at whether a partition has fallen silent, while somebody watches. */
export const SILENCE_LOOK_MS = 250
/** While a partition is stale, subscribers are told of the age of what they see, though no figure changed. */
export const AGE_MS = 500
