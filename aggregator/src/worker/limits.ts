/** Time between two partials of a partition in which something changed. */
export const PARTIAL_MS = 50
/** After partials that took t to make, none for this many t: they must not take the time of the fold. */
export const PARTIAL_REST_RATIO = 8
/** Time between two messages of a partition in which nothing changed: by them boards know that it is served. */
export const HEARTBEAT_MS = 1_000
/** Time between two whole partials of a partition where the Bus may lose messages. */
export const WHOLE_MS = 10_000
/** A whole partial that took t to make is followed by none, but asked for, for this many t. */
export const WHOLE_REST_RATIO = 20
/** Whole partials that nobody asked for, a partition: larger ones come less often. */
export const WHOLE_BYTES_PER_SECOND = 2 * 1024 * 1024
/** Bytes of a partial in one message of the Bus, which takes 1 MiB. A longer one is cut. */
export const PART_BYTES = 512 * 1024
/** So many bytes of partials go to the Bus in so long, so that large ones find room in its queue. */
export const PACE_BYTES = 2 * 1024 * 1024
export const PACE_MS = 20
/** Bytes of partials that wait for that. Beyond: the newest is dropped; boards notice and ask. */
export const PACED_BYTES = 256 * 1024 * 1024
/** Parts of one partial. Beyond: it can't be sent. */
export const PARTS = 0xff_ff
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

/** After the log of another partition took nothing and didn't say when to come again. */
export const LETTER_RETRY_MS = 1_000
