/** Time between two partials of a partition in which something changed. */
export const PARTIAL_MS = 50
/** After partials that took t to make, none for this many t: they must not take the time of the fold. */
export const PARTIAL_REST_RATIO = 8
/** Bytes of entries posted to the engines and not yet folded, a partition. Beyond: the log isn't read on. */
export const POSTED_BYTES = 8 * 1024 * 1024
/** Bytes of one message of entries; a longer batch of the log is posted in pieces. */
export const POST_BYTES = 256 * 1024
/** Entries folded since a partition's last image. Beyond: another is taken at once, so that a start is ready soon. */
export const IMAGE_LOG_BYTES = 32 * 1024 * 1024
/** Images kept of a partition: where the newest is damaged, the one before it and the log say the same. */
export const IMAGES = 2
/** Chunks of an image asked for and not yet written. */
export const IMAGE_CHUNKS = 8
/** Time between two looks at whether an image is due. */
export const IMAGE_LOOK_MS = 1_000
/** After an image that failed, none for so long. */
export const IMAGE_RETRY_MS = 30_000
/** Time between two lines on the progress of a replay. */
export const PROGRESS_MS = 1_000
