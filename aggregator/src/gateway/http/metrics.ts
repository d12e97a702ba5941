import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Exposition } from '../../metrics/index.js'
import type { Access } from '../access.js'
import type { Door } from '../door.js'
import type { Reason } from '../readiness.js'
import { readerOf } from './admitted.js'
import { forbidden, HttpError, sendError, sendJson } from './answer.js'
import { answerReady } from './ready.js'

export const METRICS_PATH = '/metrics'
const SCOPE = 'admin'
const REQUEST_MS = 10_000
/** Scrapers that may be connected to the port of the metrics at once. Beyond: dropped. */
const SCRAPERS = 64

const send = async (exposition: Exposition, response: ServerResponse): Promise<void> => {
  const body = Buffer.from(await exposition.text())
  const headers = { 'content-type': exposition.contentType, 'content-length': body.length, 'cache-control': 'no-store' }
  response.writeHead(200, headers)
  response.end(body)
}

export interface MetricsRouteOptions {
  readonly access: Access
  readonly exposition: Exposition
  /** Whose allowance of wrong tokens a request takes from. */
  readonly addressOf: (request: IncomingMessage) => string
}

/** GET /metrics where everything else is served too: for tokens of the scope `admin`, and for no page. */
export class MetricsRoute {
  readonly #options: MetricsRouteOptions

  constructor(options: MetricsRouteOptions) {
    this.#options = options
  }

  async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { access, exposition, addressOf } = this.#options
    if (request.headers.origin !== undefined) throw forbidden('metrics are not for pages')
    await readerOf(access, request, { address: addressOf(request) }, SCOPE)
    await send(exposition, response)
  }
}

interface Served {
  readonly exposition: Exposition
  readonly door: Door
  /** Why the process isn't ready; empty: it is. */
  readonly reasons: () => readonly Reason[]
}

/**
 * A port for the metrics, and for whether the process lives and is ready, which asks for no token: who reaches it may
 * read. Until `open` it says that the server isn't ready.
 */
export class MetricsPort {
  readonly #server: Server
  #served: Served | null = null

  constructor() {
    this.#server = createServer({ requestTimeout: REQUEST_MS, headersTimeout: REQUEST_MS }, (request, response) => {
      this.#answer(request, response).catch((error: unknown) => {
        if (response.headersSent || response.destroyed) response.destroy()
        else
          sendError(response, error instanceof HttpError ? error : new HttpError(500, 'internal', 'no metrics for now'))
      })
    })
    this.#server.maxConnections = SCRAPERS
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
    return (this.#server.address() as AddressInfo).port
  }

  open(served: Served): void {
    this.#served = served
  }

  async close(): Promise<void> {
    const closed = new Promise<void>(resolve => {
      this.#server.close(() => resolve())
    })
    this.#server.closeAllConnections()
    await closed
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    response.on('error', () => {})
    const path = request.url?.split('?')[0]
    if (path === '/healthz') return sendJson(response, 200, { alive: true })
    if (this.#served === null) throw new HttpError(503, 'notReady', 'the server reads its log')
    const { door, exposition, reasons } = this.#served
    const turned = door.check(request)
    if (turned !== null) throw new HttpError(turned.status, 'forbidden', turned.message)
    if (request.headers.origin !== undefined) throw forbidden('metrics are not for pages')
    if (path === '/readyz') return answerReady(response, reasons())
    if (path !== METRICS_PATH) throw new HttpError(404, 'notFound', `here are ${METRICS_PATH}, /healthz and /readyz`)
    await send(exposition, response)
  }
}
