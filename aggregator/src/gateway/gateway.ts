import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { createServer as createSecureServer, Server as SecureServer } from 'node:https'
import type { AddressInfo, Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import type { Logger } from 'pino'
import { Tally } from '../metrics/index.js'
import type { Address, Addresses } from './addresses.js'
import { Arrivals } from './arrivals.js'
import { HttpError, sendError, sendJson } from './http/answer.js'
import type { Router } from './http/router.js'
import type { Limits } from './limits.js'
import type { Proxies } from './proxies.js'
import type { Sockets } from './sockets.js'
import type { Tls } from './tls.js'
import { Traffic } from './traffic.js'

/**
 * The gateway's listening side.
 *
 * * `starting`: it listens, says that it lives and that it isn't ready. Left by `open`.
 * * `open`: requests go to the router, upgrades to the sockets. Left by `close`.
 * * `closed`: nothing is taken any more.
 */
type State =
  | { readonly state: 'starting' }
  | { readonly state: 'open'; readonly router: Router; readonly sockets: Sockets }
  | { readonly state: 'closed' }

const NOT_READY_SECONDS = '1'
const UNAUTHORIZED = 401
/** How often Node looks for requests that are late, ms. */
const LATE_CHECK_MS = 1_000

export interface GatewayOptions {
  readonly limits: Limits
  readonly logger: Logger
  readonly addresses: Addresses
  readonly proxies: Proxies
  /** null: plain HTTP. */
  readonly tls: Tls | null
}

export class Gateway {
  readonly addresses: Addresses
  readonly proxies: Proxies
  readonly tally = new Tally()
  readonly traffic: Traffic
  readonly #server: Server | SecureServer
  readonly #limits: Limits
  readonly #logger: Logger
  readonly #arrivals: Arrivals
  #state: State = { state: 'starting' }

  constructor({ limits, logger, addresses, proxies, tls }: GatewayOptions) {
    this.addresses = addresses
    this.proxies = proxies
    this.#limits = limits
    this.#logger = logger
    const sockets = (): number => (this.#state.state === 'open' ? this.#state.sockets.size : 0)
    this.#arrivals = new Arrivals({ limits, addresses, proxies, sockets })
    const late = { requestTimeout: limits.requestMs, headersTimeout: Math.min(limits.headersMs, limits.requestMs) }
    const options = { ...late, connectionsCheckingInterval: LATE_CHECK_MS }
    const answer = (request: IncomingMessage, response: ServerResponse): void => void this.#answer(request, response)
    this.#server = tls === null ? createServer(options, answer) : createSecureServer({ ...options, ...tls }, answer)
    this.#guard()
    this.traffic = new Traffic(this.#server)
    this.#server.on('upgrade', (request: IncomingMessage, stream: Duplex, head: Buffer) => {
      stream.on('error', () => stream.destroy())
      this.#lookBehind(request)
      if (this.#state.state === 'open') return this.#state.sockets.upgrade(request, stream, head)
      stream.end('HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\nContent-Length: 0\r\n\r\n')
    })
    this.#server.on('clientError', (error: NodeJS.ErrnoException, stream: Duplex) => {
      this.#arrivals.fault(stream as Socket)
      const status = error.code === 'ERR_HTTP_REQUEST_TIMEOUT' ? '408 Request Timeout' : '400 Bad Request'
      if (stream.writable) stream.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`)
      else stream.destroy()
    })
  }

  /** Resolves with the port once it listens; rejects where the address can't be had. */
  async listen(host: string, port: number): Promise<number> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject)
      this.#server.listen(port, host, () => {
        this.#server.off('error', reject)
        resolve()
      })
    })
    this.#server.on('error', error => this.#logger.error({ err: error }, 'the listening socket failed'))
    return (this.#server.address() as AddressInfo).port
  }

  /** Takes up a fresh certificate; connections that stand keep theirs. */
  secure(tls: Tls): void {
    if (this.#server instanceof SecureServer) this.#server.setSecureContext(tls)
  }

  /** WebSockets that stand. */
  get connections(): number {
    return this.#state.state === 'open' ? this.#state.sockets.size : 0
  }

  open(router: Router, sockets: Sockets): void {
    this.#state = { state: 'open', router, sockets }
  }

  /** Takes no new connections, says goodbye on those that stand, and waits until they are gone. */
  async close(): Promise<void> {
    const before = this.#state
    this.#state = { state: 'closed' }
    const closed = new Promise<void>(resolve => {
      this.#server.close(() => resolve())
    })
    this.#server.closeIdleConnections()
    if (before.state === 'open') await before.sockets.close()
    const cut = setTimeout(() => this.#server.closeAllConnections(), this.#limits.drainMs)
    this.#server.closeIdleConnections()
    await closed
    clearTimeout(cut)
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    request.on('error', () => {})
    response.on('error', () => {})
    response.once('finish', () => this.tally.answered(response.statusCode))
    this.#lookBehind(request)
    let address: Address | null
    try {
      address = this.#arrivals.request(request)
    } catch (error) {
      return sendError(response, error as HttpError)
    }
    if (address === null) return
    const caller = address
    response.once('finish', () => {
      if (response.statusCode === UNAUTHORIZED) caller.fault()
    })
    if (request.url === '/healthz') return sendJson(response, 200, { alive: true })
    if (this.#state.state === 'open') return this.#state.router.answer(request, response)
    const why = this.#state.state === 'starting' ? 'the server reads its log' : 'the server shuts down'
    sendError(response, new HttpError(503, 'notReady', why, { 'retry-after': NOT_READY_SECONDS }))
  }

  /** Whether a proxy stands before the server that the configuration doesn't name: all callers then look like one. */
  #lookBehind(request: IncomingMessage): void {
    if (request.headers['x-forwarded-for'] === undefined) return
    if (!this.proxies.trusts(request.socket.remoteAddress ?? '')) this.tally.untrustedForwards++
  }

  /** Node's own listener parses; what is turned away must not come so far. */
  #guard(): void {
    const listeners = this.#server.listeners('connection') as ((this: Server, socket: Socket) => void)[]
    this.#server.removeAllListeners('connection')
    this.#server.on('connection', (socket: Socket) => {
      if (!this.#arrivals.admit(socket)) return
      for (const listener of listeners) listener.call(this.#server, socket)
    })
  }
}
