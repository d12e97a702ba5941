/** Least time between the beginnings of two updates. */
export const UPDATE_MS = 100
/** From the first sign of a change to its update, so that the partials of all partitions are in it. */
export const GATHER_MS = 5
/** Time that an update may take at once; then sockets get their turn. */
export const SLICE_MS = 8
/** After an update that took t, none for this many t: many touchpoints make updates rarer, not sockets slower. */
export const REST_RATIO = 2
