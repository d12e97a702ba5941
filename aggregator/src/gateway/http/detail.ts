import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Project } from '@pulssi/protocol'
import type { Board } from '../../board/index.js'
import { VERSION } from '../../version.js'
import { type Access, mayRead, type Reader } from '../access.js'
import { callerAddress } from '../proxies.js'
import { spokenAt, type VoiceIds } from '../voicing.js'
import { readerOf } from './admitted.js'
import { badRequest, forbidden, HttpError, sendJson } from './answer.js'
import { checkNames, patternsOf, windowOf } from './query.js'

export interface DetailOptions {
  readonly access: Access
  readonly board: Board
  readonly project: string
  /** Resolves once the board shows what is durable now. */
  readonly settle: () => Promise<void>
  readonly voiceIds: VoiceIds
  /** What a reason says as it is configured now; undefined: it isn't any more. */
  readonly reasonText: (reason: string) => string | undefined
}

const VOICES = 20
/** Comments that one answer holds at most. */
const VOICES_MOST = 200

const limitOf = (query: URLSearchParams): number => {
  const text = query.get('limit')
  if (text === null) return VOICES
  const limit = Number(text)
  if (Number.isInteger(limit) && limit > 0 && limit <= VOICES_MOST) return limit
  throw badRequest(`limit is a whole number from 1 to ${VOICES_MOST}`)
}

/** GET /v1/project, /v1/touchpoint and /v1/voice: what a screen shows beside the pulses. */
export class DetailRoutes {
  readonly #options: DetailOptions

  constructor(options: DetailOptions) {
    this.#options = options
  }

  async project(request: IncomingMessage, response: ServerResponse, query: URLSearchParams): Promise<void> {
    const { board, project } = this.#options
    const { scopes } = await this.#reader(request, null)
    checkNames(query, [])
    const { stages, weights } = board.map
    const answer: Project = { project, version: VERSION, stages, scopes: [...scopes].sort(), weights }
    sendJson(response, 200, answer)
  }

  async touchpoint(request: IncomingMessage, response: ServerResponse, query: URLSearchParams): Promise<void> {
    const { board, settle, reasonText } = this.#options
    const reader = await this.#reader(request, 'pulse')
    checkNames(query, ['touchpoint', 'window'])
    const name = query.get('touchpoint') ?? ''
    const window = windowOf(query)
    if (!mayRead(reader, name)) throw forbidden('this token does not read this touchpoint')
    await settle()
    if (!board.select([name], () => true).includes(name)) {
      throw new HttpError(404, 'notFound', 'nothing has come of a touchpoint of this name')
    }
    const detail = await board.detail(name, window)
    // Names of touchpoints that the token doesn't read are no business of its bearer.
    const known = ({ touchpoint }: { touchpoint: string }): boolean => mayRead(reader, touchpoint)
    const reasons = detail.reasons.map(({ reason, n }) => {
      const text = reasonText(reason)
      return text === undefined ? { reason, n } : { reason, text, n }
    })
    sendJson(response, 200, { ...detail, from: detail.from.filter(known), to: detail.to.filter(known), reasons })
  }

  async voice(request: IncomingMessage, response: ServerResponse, query: URLSearchParams): Promise<void> {
    const { board, settle, voiceIds } = this.#options
    const reader = await this.#reader(request, 'voice')
    checkNames(query, ['touchpoint', 'limit'])
    const patterns = patternsOf(query)
    const limit = limitOf(query)
    await settle()
    const allows = (name: string): boolean => mayRead(reader, name)
    const names = new Set(board.select(patterns, allows).flatMap(name => board.members(name)))
    const voices = spokenAt(board, [...names].filter(allows)).sort((a, b) => b.spoken.at - a.spoken.at)
    const shown = voices.slice(0, limit).map(voiced => voiceIds.voice(voiced))
    sendJson(response, 200, { clock: board.clock, voices: shown })
  }

  async #reader(request: IncomingMessage, scope: string | null): Promise<Reader> {
    return readerOf(this.#options.access, request, { address: callerAddress(request) }, scope)
  }
}
