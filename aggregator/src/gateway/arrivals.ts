import type { IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import type { Address, Addresses, RequestKind } from './addresses.js'
import { HttpError } from './http/answer.js'
import type { Limits } from './limits.js'
import type { Proxies } from './proxies.js'
import { FLOOD_FAULTS } from './retry.js'

export interface ArrivalsOptions {
  readonly limits: Pick<Limits, 'pending'>
  readonly addresses: Addresses
  readonly proxies: Proxies
  /** WebSockets that stand. */
  readonly sockets: () => number
}

const EVENTS_PATH = '/v1/events'
const SERVICE_KEY = /^Bearer +sk_/i

/** By what it says of itself: a wrong key is a fault, so that claiming another kind gains nothing. */
const kindOf = ({ url = '', headers }: IncomingMessage): RequestKind => {
  if (!url.startsWith(EVENTS_PATH)) return 'reader'
  return SERVICE_KEY.test(headers.authorization ?? '') ? 'service' : 'page'
}

/** Counts what arrives, and turns it away where it costs least: before a byte of it is read. */
export class Arrivals {
  readonly #options: ArrivalsOptions
  /** Connections that were told that they close: nothing more of theirs is answered. */
  readonly #turnedAway = new WeakSet<Socket>()
  #connections = 0

  constructor(options: ArrivalsOptions) {
    this.#options = options
  }

  /** Whether a TCP connection may go on. What doesn't is reset: an answer would cost more than it is worth. */
  admit(socket: Socket): boolean {
    const { addresses, proxies, limits, sockets } = this.#options
    const peer = socket.remoteAddress
    const isProxy = peer !== undefined && proxies.trusts(peer)
    if (peer === undefined || this.#connections - sockets() >= limits.pending) return reset(socket)
    if (!isProxy) {
      const address = addresses.of(peer)
      if (address.crowded || address.attempt() > 0) return reset(socket)
    }
    this.#connections++
    const release = isProxy ? null : addresses.hold(peer, 'connections')
    socket.once('close', () => {
      this.#connections--
      release?.()
    })
    return true
  }

  /**
   * Counts a request, also one that can't be told from noise; returns whose it is. Throws HttpError 429. null: it is to
   * be dropped, as it was sent on without waiting to hear that its connection closes.
   */
  request(request: IncomingMessage): Address | null {
    const { addresses, proxies } = this.#options
    const { socket } = request
    if (socket.destroyed) return null
    const address = addresses.of(proxies.address(request))
    if (this.#turnedAway.has(socket)) {
      address.fault(FLOOD_FAULTS)
      socket.destroy()
      return null
    }
    const retryMs = address.request(kindOf(request))
    if (retryMs === 0) return address
    const headers = { 'retry-after': String(Math.ceil(retryMs / 1_000)) }
    const why = 'too many requests from this address'
    // A proxy's connection carries the requests of others too.
    if (proxies.trusts(socket.remoteAddress ?? '')) throw new HttpError(429, 'rateLimited', why, headers)
    this.#turnedAway.add(socket)
    throw new HttpError(429, 'rateLimited', why, { ...headers, connection: 'close' })
  }

  /** A connection's bytes were no HTTP, or came too slowly. */
  fault(socket: { readonly remoteAddress?: string | undefined }): void {
    const { addresses, proxies } = this.#options
    const peer = socket.remoteAddress
    if (peer !== undefined && !proxies.trusts(peer)) addresses.of(peer).fault()
  }
}

const reset = (socket: Socket): false => {
  socket.on('error', () => {})
  socket.resetAndDestroy()
  return false
}
