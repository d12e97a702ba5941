/** Limits of calls between processes, and what happens at each. */

/** Calls of one process that wait for an answer, and as many that it is answering. Beyond: CallFailed `tooMany`. */
export const CALLS = 1_000
/** Bytes of a request or of an answer, well under what a server takes. Beyond: CallFailed `tooLong`. */
export const CALL_BYTES = 1024 * 1024
/** Longest wait for what an engine elsewhere knows of a visitor. Beyond: NoAnswer, to be asked again. */
export const SUBJECT_MS = 5_000
