/** Limits of the operations, and what happens at each. */

/** Marks of time in the log kept of a partition; the time between two is so long that they suffice. */
export const MARKS = 64
/** Least time between two marks, ms. */
export const MARK_MS = 60_000
/** Bytes of the log, or of a blob, in one file of an archive; one entry longer than that has a file to itself. */
export const PIECE_BYTES = 4 * 1024 * 1024
/** Readings of a blob that others replace meanwhile. Beyond: the backup fails. */
export const BLOB_TRIES = 5
/** Bytes of a file of an archive. Beyond: the archive is refused as none of ours, before room is made for it. */
export const ARCHIVE_FILE_BYTES = 64 * 1024 * 1024
/** Bytes of a restored log on their way to the disk; what is beyond waits. */
export const RESTORE_BYTES = 16 * 1024 * 1024
/** Entries of a restored log on their way; what is beyond waits. */
export const RESTORE_ENTRIES = 1_024
/** Events of one visitor in an export. Beyond: the newest are left out, and it says so. */
export const SUBJECT_EVENTS = 20_000
/** Images of a partition that must hold its erasures before the log loses them: as many as are kept. */
export const COMPACTED_IMAGES = 2
/** The hint to come again where nobody serves the partition of a visitor who was asked about. */
export const NOT_SERVED_RETRY_MS = 1_000
