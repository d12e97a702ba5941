import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Logger } from 'pino'
import type { Door } from '../door.js'
import type { Reason } from '../readiness.js'
import type { AdminRoutes } from './admin.js'
import { HttpError, sendError } from './answer.js'
import type { AsksRoute } from './asks.js'
import type { DetailRoutes } from './detail.js'
import type { EventsRoute } from './events.js'
import type { Files } from './files.js'
import type { HistoryRoute } from './history.js'
import type { IncidentRoutes } from './incidents.js'
import { METRICS_PATH, type MetricsRoute } from './metrics.js'
import type { NudgesRoute } from './nudges.js'
import type { ReadRoutes } from './reads.js'
import { answerReady } from './ready.js'
import type { ReplyRoutes } from './replies.js'

export interface RouterOptions {
  readonly door: Door
  readonly events: EventsRoute
  readonly reads: ReadRoutes
  readonly details: DetailRoutes
  readonly nudges: NudgesRoute
  readonly replies: ReplyRoutes
  readonly history: HistoryRoute
  readonly admin: AdminRoutes
  readonly incidents: IncidentRoutes
  readonly asks: AsksRoute
  readonly files: Files
  readonly metrics: MetricsRoute
  /** Why the server isn't ready; empty: it is. */
  readonly reasons: () => readonly Reason[]
  readonly logger: Logger
}

type Handler = (request: IncomingMessage, response: ServerResponse, query: URLSearchParams) => Promise<void> | void

interface Route {
  readonly methods: readonly string[]
  readonly handle: Handler
}

const READ = ['GET', 'HEAD']
const PREFLIGHT_SECONDS = '600'

/** Finds who answers a request, and turns every failure into a JSON error. */
export class Router {
  readonly #options: RouterOptions
  readonly #routes: ReadonlyMap<string, Route>

  constructor(options: RouterOptions) {
    const { asks, details, events, history, metrics, nudges, reads, reasons } = options
    this.#options = options
    this.#routes = new Map<string, Route>([
      ['/v1/events', { methods: ['POST'], handle: (request, response) => events.answer(request, response) }],
      ['/v1/pulse', { methods: READ, handle: (request, response, query) => reads.pulse(request, response, query) }],
      ['/v1/journey', { methods: READ, handle: (request, response, query) => reads.journey(request, response, query) }],
      ['/v1/project', { methods: READ, handle: (...asked) => details.project(...asked) }],
      ['/v1/touchpoint', { methods: READ, handle: (...asked) => details.touchpoint(...asked) }],
      ['/v1/voice', { methods: READ, handle: (...asked) => details.voice(...asked) }],
      ['/v1/nudges', { methods: READ, handle: (...asked) => nudges.answer(...asked) }],
      ['/v1/asks', { methods: READ, handle: (...asked) => asks.answer(...asked) }],
      ['/v1/history', { methods: READ, handle: (...asked) => history.answer(...asked) }],
      [METRICS_PATH, { methods: ['GET'], handle: (request, response) => metrics.answer(request, response) }],
      ['/readyz', { methods: READ, handle: (_, response) => answerReady(response, reasons()) }],
    ])
  }

  async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      await this.#answer(request, response)
    } catch (error) {
      this.#fail(error, response)
    }
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { door, files } = this.#options
    const target = request.url ?? '/'
    const mark = target.indexOf('?')
    const path = mark < 0 ? target : target.slice(0, mark)
    if (READ.includes(request.method ?? '') && files.isPublic(path)) return files.answer(path, response)
    const turned = door.check(request)
    if (turned !== null) {
      throw new HttpError(turned.status, turned.status === 403 ? 'forbidden' : 'badRequest', turned.message)
    }
    const { origin } = request.headers
    if (origin !== undefined) {
      response.setHeader('access-control-allow-origin', origin)
      response.setHeader('vary', 'origin')
    }
    const route = this.#routes.get(path) ?? this.#more(path) ?? this.#file(path)
    if (route === undefined) throw new HttpError(404, 'notFound', 'there is nothing at this path')
    if (request.method === 'OPTIONS') return preflight(response, route)
    if (!route.methods.includes(request.method ?? '')) {
      const allow = { allow: route.methods.join(', ') }
      throw new HttpError(405, 'methodNotAllowed', `this path answers ${allow.allow}`, allow)
    }
    await route.handle(request, response, new URLSearchParams(mark < 0 ? '' : target.slice(mark + 1)))
  }

  #more(path: string): Route | undefined {
    const { admin, incidents, replies } = this.#options
    const handlers = incidents.find(path) ?? replies.find(path) ?? admin.find(path)
    if (handlers === undefined) return undefined
    return {
      methods: Object.keys(handlers),
      handle: (request, response, query) => handlers[request.method ?? '']?.(request, response, query),
    }
  }

  #file(path: string): Route | undefined {
    const { files } = this.#options
    if (!files.has(path)) return undefined
    return {
      methods: READ,
      handle: (request, response) => files.answer(path, response, request.headers['accept-encoding']),
    }
  }

  #fail(error: unknown, response: ServerResponse): void {
    if (response.headersSent || response.destroyed) {
      response.destroy()
      return
    }
    if (error instanceof HttpError) return sendError(response, error)
    this.#options.logger.error({ err: error }, 'a request failed')
    sendError(response, new HttpError(500, 'internal', 'the server failed at this; its log says why'))
  }
}

const preflight = (response: ServerResponse, route: Route): void => {
  response.writeHead(204, {
    'access-control-allow-methods': route.methods.join(', '),
    'access-control-allow-headers': 'authorization, content-type, idempotency-key',
    'access-control-max-age': PREFLIGHT_SECONDS,
  })
  response.end()
}
