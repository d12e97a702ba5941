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
  /** Time for a request's headers, an upgrade's too, to come in. Beyond: 408, closed. */
  headersMs: 10_000,
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
  /** Times its rate that a connection may send messages, pings and pongs before it is cut off with 1008. */
  floodFactor: 10,
  /** Requests a second from one address (as below) that come with a page's key. Beyond: 429 with Retry-After. */
  pageRequestsPerSecond: 100,
  /** The same of those that come with a service's key. */
  serviceRequestsPerSecond: 2_000,
  /** The same of all others: reads, the screen, what comes without a key. */
  readerRequestsPerSecond: 200,
  /** WebSockets from one address (IPv6: one /64). Beyond: closed with 4429. */
  connectionsPerAddress: 1_000,
  /** TCP connections a second from one address. Beyond: reset without a word; behind a trusted proxy 429. */
  attemptsPerAddressPerSecond: 100,
  /** TCP connections of one address that are no WebSockets, or not yet. Beyond: reset without a word. */
  pendingPerAddress: 256,
  /** Subscriptions of one address. Beyond: not taken, error 429 with a hint. */
  subscriptionsPerAddress: 1_000,
  /** Events a second from one address that come with a page's key. Beyond: not taken, 429 with a hint. */
  pageEventsPerAddressPerSecond: 5_000,
  /**
   * Broken frames, wrong keys and the like from one address, which a client of ours doesn't send; a flood counts as
   * 30 of them. Beyond: its new connections are reset, its requests answered with 429, until there is room again.
   */
  faultsPerAddressPerMinute: 120,
  /** Secret keys and tokens a second from one address that weren't right from there before. Beyond: 429, 4429. */
  secretsPerAddressPerSecond: 10,
  /** Comments kept a minute of those that come with a page's key, from one address and of one visitor. Beyond: left out. */
  commentsPerAddressPerMinute: 120,
  commentsPerVisitorPerMinute: 6,
  /** Replies to comments a minute with one token. Beyond: 429 with Retry-After. */
  repliesPerTokenPerMinute: 30,
  /** Comments told a second on one connection. Beyond: the newest are told. */
  voicesPerSecond: 10,
  /** Addresses without connections whose allowances are kept. Beyond: the oldest begin anew with full ones. */
  addresses: 100_000,
  /** WebSockets in all. Beyond: the upgrade is answered with 503. */
  connections: 100_000,
  /** TCP connections in all that are no WebSockets, or not yet. Beyond: reset without a word. */
  pending: 8_192,
  /** Bytes waiting for one slow receiver. Beyond: cut off. */
  outboundBytes: 1024 * 1024,
  /** Time for the other side to end a connection after the close frame. Beyond: cut off. */
  closeMs: 1_000,
  /** Bytes that the other side may still send after the close frame; they are dropped. Beyond: cut off. */
  afterCloseBytes: 1024 * 1024,
  /** Time for what was taken to become durable and acknowledged when the server ends. Beyond: goodbye without it. */
  drainMs: 5_000,
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
