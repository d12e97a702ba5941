/** Limits of the NATS adapters, and what happens at each. */

/** Oldest server that has what the adapters use. An older one is refused at the start. */
export const SERVER_VERSION = '2.9.4'
/** Room in a message for its headers: an entry or a value has the server's `max_payload` less this at most. */
export const HEADER_BYTES = 1024
/** From this version on a stream can be asked to begin later. With an older one a restore may be refused. */
export const FIRST_SEQ_VERSION = '2.10.0'
/** Least `max_payload` of a server; NATS itself starts with 1 MiB. A smaller one is refused at the start. */
export const LEAST_PAYLOAD_BYTES = 2 * 1024 * 1024
/** Bytes of a partition that wait for their acknowledgement. Beyond: the append rejects with Overloaded. */
export const QUEUE_BYTES = 32 * 1024 * 1024
/** Longest wait for an acknowledgement. Beyond: whether the entry is stored is found out before anything else. */
export const ACK_MS = 5_000
/** Longest wait for an acknowledgement while a project is copied. Beyond: the copy is given up. */
export const COPY_ACK_MS = 30_000
/** The hint to come again after a full queue, and after a server that refused or is gone. */
export const QUEUE_RETRY_MS = 100
export const SERVER_RETRY_MS = 1_000
/** Pause between two tries to find out what became of an entry. */
export const DECIDE_MS = 200
/** How far the clocks of client and server may be apart where an entry's fate is told by its time. */
export const SKEW_MS = 60_000
/** Bytes asked for ahead of a reader, and kept for one that is slow; it then asks for no more. */
export const READ_BYTES = 16 * 1024 * 1024
/** Longest silence of a consumer; twice as much, and it is made anew where the reader stands. */
export const READ_BEAT_MS = 1_000
/** Pause before a reader whose consumer could not be made tries again. */
export const READ_RETRY_MS = 250
/** How long a lookup or a small write outlasts a server that is gone. Beyond: it rejects. */
export const PATIENCE_MS = 15_000
/** Bytes of a key. Beyond: a RangeError. */
export const KEY_BYTES = 240
/** Bytes of a blob's chunk, one message each. */
export const CHUNK_BYTES = 128 * 1024
/** Age of chunks that no blob names, beyond which the next start takes them away. */
export const ORPHAN_MS = 60 * 60 * 1000
/** Bytes of messages handed to the connection and not yet sent. Beyond: the newest is dropped. */
export const BUS_QUEUE_BYTES = 64 * 1024 * 1024
/** Longest wait for a server that takes a connection and then says nothing. */
export const CONNECT_MS = 5_000
/** Time between two tries to reach a server that is gone, tried without end, and the spread of it. */
export const RECONNECT_MS = 250
export const RECONNECT_SPREAD_MS = 250
/** How long a member waits for a server at its start, where somebody is told; beyond: it can't be opened. */
export const START_MS = 30_000
export const START_RETRY_MS = 500
/** A connection that answers no ping for twice this long is given up. */
export const PING_MS = 10_000

if (LEAST_PAYLOAD_BYTES > READ_BYTES || LEAST_PAYLOAD_BYTES > QUEUE_BYTES || READ_BEAT_MS > PATIENCE_MS)
  throw new Error('limits that contradict one another')
