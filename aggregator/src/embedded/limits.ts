/** Limits of the embedded adapters, and what happens at each. */

/** A segment that has reached this is closed before the next commit; a commit is never split. */
export const SEGMENT_BYTES = 64 * 1024 * 1024
/** Bytes of one entry. Beyond: the append rejects with a RangeError. */
export const ENTRY_BYTES = 16 * 1024 * 1024
/** Bytes gathered for one write and one sync; what is beyond waits for the next. */
export const COMMIT_BYTES = 8 * 1024 * 1024
/** Bytes of a partition that wait for the disk. Beyond: the append rejects with Overloaded. */
export const QUEUE_BYTES = 32 * 1024 * 1024
/** Bytes of a partition's newest entries kept for those who follow; whoever is further behind reads the files. */
export const RECENT_BYTES = 4 * 1024 * 1024
/** Bytes read from a file at once; a larger entry is read whole. */
export const READ_BYTES = 1024 * 1024
/** Bytes between two places of a segment that can be found without reading what lies before. */
export const MARK_BYTES = 1024 * 1024
/** Commits after which a partition's mark is synced, beside the next commits: what a power cut may take of it. */
export const MARK_SYNC_COMMITS = 32
/** The hint to come again after a full queue, and after a disk that refused. */
export const QUEUE_RETRY_MS = 100
export const DISK_RETRY_MS = 1_000
/** Bytes of messages published and not yet delivered. Beyond: the newest is dropped. */
export const BUS_QUEUE_BYTES = 64 * 1024 * 1024
/** Bytes of a value of the Store. Beyond: a RangeError. */
export const VALUE_BYTES = 16 * 1024 * 1024
/** Bytes of values replaced and removed, beyond those that are live: then the file is written anew. */
export const GARBAGE_BYTES = 4 * 1024 * 1024
/** Bytes of a key of the Store. Beyond: a RangeError. */
export const KEY_BYTES = 240

if (COMMIT_BYTES > SEGMENT_BYTES || ENTRY_BYTES > QUEUE_BYTES) throw new Error('limits that contradict one another')
