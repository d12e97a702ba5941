import type { IncomingMessage, ServerResponse } from 'node:http'
import { SUBSCRIPTION_PATTERNS, TOUCHPOINT_CHARS, WINDOWS, type Window } from '@pulssi/protocol'
import type { Board } from '../../board/index.js'
import { type Access, mayRead, type Reader, readsAll } from '../access.js'
import { callerAddress } from '../proxies.js'
import { readerOf } from './admitted.js'
import { badRequest, forbidden, sendJson } from './answer.js'

export interface ReadsOptions {
  readonly access: Access
  readonly board: Board
  /** Resolves once the board shows what is durable now. */
  readonly settle: () => Promise<void>
}

const PATTERN = /^~?[a-z0-9_.-]*\*?$/
const DEFAULT_WINDOW: Window = '5m'
const EVERYTHING = '*'

const windowOf = (query: URLSearchParams): Window => {
  const name = query.get('window') ?? DEFAULT_WINDOW
  const found = WINDOWS.find(window => window === name)
  if (found === undefined) throw badRequest(`window is one of ${WINDOWS.join(', ')}`)
  return found
}

const checkNames = (query: URLSearchParams, known: readonly string[]): void => {
  for (const name of query.keys()) {
    if (!known.includes(name)) throw badRequest(`unknown parameter; known here: ${known.join(', ')}`)
  }
}

const patternsOf = (query: URLSearchParams): string[] => {
  const patterns = query.getAll('touchpoint')
  if (patterns.length === 0) return [EVERYTHING]
  if (patterns.length > SUBSCRIPTION_PATTERNS)
    throw badRequest(`at most ${SUBSCRIPTION_PATTERNS} touchpoint parameters`)
  for (const pattern of patterns) {
    if (pattern.length > TOUCHPOINT_CHARS + 1 || !PATTERN.test(pattern)) {
      throw badRequest('touchpoint is a name, or the start of one followed by *')
    }
  }
  return patterns
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
