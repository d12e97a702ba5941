/** Events that a page keeps in storage at once. Beyond: the next ones live in memory alone. */
export const KEPT_EVENTS = 200
/** Characters of those events. Beyond: as above. */
export const KEPT_CHARS = 64 * 1024
/** Pages whose kept events wait in storage. Beyond: those of the others are removed. */
export const KEPT_PAGES = 8
/** An event older than this is removed from storage, sent or not. */
export const KEPT_MS = 24 * 3_600_000
