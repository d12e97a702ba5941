import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import type { Logger } from 'pino'
import { HttpError, sendError, sendJson } from './http/answer.js'
import type { Router } from './http/router.js'
import type { Limits } from './limits.js'
import { FAREWELL_MS } from './retry.js'
import type { Sockets } from './sockets.js'

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

export class Gateway {
  readonly #server: Server
  readonly #logger: Logger
  #state: State = { state: 'starting' }

  constructor(limits: Pick<Limits, 'requestMs'>, logger: Logger) {
    this.#logger = logger
    this.#server = createServer(
      { requestTimeout: limits.requestMs, headersTimeout: limits.requestMs },
      (request, response) => {
        void this.#answer(request, response)
      },
    )
    this.#server.on('upgrade', (request: IncomingMessage, stream: Duplex, head: Buffer) => {
      stream.on('error', () => stream.destroy())
      if (this.#state.state === 'open') return this.#state.sockets.upgrade(request, stream, head)
      stream.end('HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\nContent-Length: 0\r\n\r\n')
    })
    this.#server.on('clientError', (error: NodeJS.ErrnoException, stream: Duplex) => {
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
    const cut = setTimeout(() => this.#server.closeAllConnections(), FAREWELL_MS)
    this.#server.closeIdleConnections()
    await closed
    clearTimeout(cut)
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    request.on('error', () => {})
    response.on('error', () => {})
    if (request.url === '/healthz') return sendJson(response, 200, { alive: true })
    if (this.#state.state === 'open') return this.#state.router.answer(request, response)
    const why = this.#state.state === 'starting' ? 'the server reads its log' : 'the server shuts down'
    sendError(response, new HttpError(503, 'notReady', why, { 'retry-after': NOT_READY_SECONDS }))
  }
}
