import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Board } from '../../board/index.js'
import { type Access, mayRead, type Reader, readsAll } from '../access.js'
import { callerAddress } from '../proxies.js'
import { readerOf } from './admitted.js'
import { forbidden, sendJson } from './answer.js'
import { checkNames, patternsOf, windowOf } from './query.js'

export interface ReadsOptions {
  readonly access: Access
  readonly board: Board
  /** Resolves once the board shows what is durable now. */
  readonly settle: () => Promise<void>
}

/** GET /v1/pulse and GET /v1/journey. */
export class ReadRoutes {
  readonly #options: ReadsOptions

  constructor(options: ReadsOptions) {
    this.#options = options
  }

  async pulse(request: IncomingMessage, response: ServerResponse, query: URLSearchParams): Promise<void> {
    const { board, settle } = this.#options
    const reader = await this.#reader(request)
    checkNames(query, ['window', 'touchpoint'])
    const window = windowOf(query)
    const patterns = patternsOf(query)
    await settle()
    const names = board.select(patterns, name => mayRead(reader, name))
    const pulses = names.map(name => board.pulse(name, window))
    sendJson(response, 200, { clock: board.clock, stale: board.stale(), pulses })
  }

  async journey(request: IncomingMessage, response: ServerResponse, query: URLSearchParams): Promise<void> {
    const { board, settle } = this.#options
    const reader = await this.#reader(request)
    if (!readsAll(reader)) throw forbidden('the journey is of all touchpoints, and this token reads some of them')
    checkNames(query, ['window'])
    const window = windowOf(query)
    await settle()
    sendJson(response, 200, board.journey(window))
  }

  #reader(request: IncomingMessage): Promise<Reader> {
    return readerOf(this.#options.access, request, { address: callerAddress(request) }, 'pulse')
  }
}
