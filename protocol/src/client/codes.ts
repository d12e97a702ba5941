/**
 * Every code that Pulssi sends, who sends it, and what the receiver does (SPEC.md, part 4). One table for the wire,
 * for HTTP and for the SDK's events.
 */

/** Why one event was refused. In an `ack`, in an `error` (seqTooFar, touchpointRefused) and in HTTP answers. */
export const Refusal = {
  /** The score is no level of its scale. */
  badScore: 1,
  /** `at` lies before 2000 or more than a day ahead of the server's clock. */
  badTime: 2,
  /** The sequence number is more than 65,536 ahead of the lowest one not seen. */
  seqTooFar: 3,
  /** A comment or text has more than 500 code points. */
  textTooLong: 4,
  /** The key may not write to this channel. */
  channelDenied: 5,
  /** A page's key may speak for its own visitor only. */
  visitorDenied: 6,
  /** A goal's value is beyond ±1e12. */
  badValue: 7,
  /** No place is left for a touchpoint that the map doesn't know, and the map says refuse. */
  touchpointRefused: 8,
  /** HTTP and replay only: the event is not of the form that SPEC.md gives. */
  badEvent: 9,
  /** A page's key ties a visitor to a customer without the host's proof, or by a journey code. */
  linkDenied: 10,
  /** It answers an ask of the server's that this visitor was not asked, or in another form, or no more. */
  askDenied: 11,
} as const
export type Refusal = (typeof Refusal)[keyof typeof Refusal]

/** Codes of an `error` frame that concern the connection. `closes` is the WebSocket close code that follows, if any. */
export const Fault = {
  /** The frame broke the grammar. SDK: sends its events singly, once. */
  badFrame: 4400,
  /** Key or token unknown. SDK: stops. */
  unauthorized: 4401,
  /** Key or token may not do this (foreign Origin, a read token that writes, a key that reads). SDK: stops. */
  forbidden: 4403,
  /** No hello in time. SDK: backs off. */
  helloTimeout: 4408,
  /** Too many connections, or too many wrong keys or tokens, from one address. SDK: backs off. */
  tooManyConnections: 4429,
  /** The token on this socket expired. live: asks for a fresh one and reconnects. */
  tokenExpired: 4440,
  /** Too many messages; the frame named was not taken, nor any after it. Closes nothing. SDK: waits retryMs, resends. */
  rateLimited: 429,
  /** The server can't take more for now; as rateLimited. Closes nothing. */
  overloaded: 503,
} as const
export type Fault = (typeof Fault)[keyof typeof Fault]

/** Close codes of RFC 6455 that the server uses beside those of Fault. */
export const Close = {
  normal: 1000,
  goingAway: 1001,
  /** A text frame came. */
  unsupportedData: 1003,
  /** Many times more messages than welcome allowed, or too many fragments. */
  policy: 1008,
  tooBig: 1009,
  restart: 1012,
} as const

export type RefusalName = keyof typeof Refusal
export const refusalName = (code: number): RefusalName | 'unknown' => {
  for (const name in Refusal) if (Refusal[name as RefusalName] === code) return name as RefusalName
  return 'unknown'
}
