/**
 * Every limit of the gateway, with its default. Each can be set under `server.limits` of the configuration; what
 * happens at the limit stands beside it.
 */
export const DEFAULT_LIMITS = {
  /** Bytes of a WebSocket frame. Beyond: closed with 1009. */
  frameBytes: 64 * 1024,
  /** Fragments of a WebSocket message. Beyond: closed with 1008. */
  fragments: 64,
  /** Events of a `batch` frame. Beyond: the frame breaks the grammar, closed with 4400. */
  batchEvents: 100,
  /** Events of a POST to /v1/events with a service's key. Beyond: 413, nothing is taken. */
  httpEvents: 1_000,
  /** Bytes of a POST with a service's key. Beyond: 413, nothing is taken. */
  httpBytes: 1024 * 1024,
  /** Bytes of a page's beacon. Beyond: 413, nothing is taken. */
  beaconBytes: 64 * 1024,
  /** Time to say hello after the connection stands. Beyond: closed with 4408. */
  helloMs: 10_000,
  /** Time for a whole HTTP request to come in. Beyond: 408, closed. */
  requestMs: 30_000,
  /** Between two pings; a connection that leaves one unanswered until the next is cut off. */
  pingMs: 25_000,
  /** Messages a second of a page's connection. Beyond: not taken, error 429 with a hint. */
  pageMessagesPerSecond: 20,
  /** Messages a second of a service's connection. Beyond: as above. */
  serviceMessagesPerSecond: 2_000,
  /** Messages a second of a connection without a key, that only reads. Beyond: as above. */
  readerMessagesPerSecond: 100,
  /** Connections from one address (IPv6: one /64). Beyond: closed with 4429. */
  connectionsPerAddress: 1_000,
  /** Connections in all. Beyond: the upgrade is answered with 503. */
  connections: 100_000,
  /** Bytes waiting for one slow receiver. Beyond: cut off. */
  outboundBytes: 1024 * 1024,
  /** Subscriptions of one connection. Beyond: the frame breaks the grammar. */
  subscriptions: 32,
  /** Bytes taken and not yet durable, all connections together. Beyond: error 503 with a hint. */
  inFlightBytes: 64 * 1024 * 1024,
  /** Bytes gathered for a partition's next entry. Beyond: as above. */
  gatheredBytes: 8 * 1024 * 1024,
  /** Bytes durable and not yet folded. Beyond: as above. */
  unfoldedBytes: 64 * 1024 * 1024,
} as const

export type Limits = { readonly [name in keyof typeof DEFAULT_LIMITS]: number }
