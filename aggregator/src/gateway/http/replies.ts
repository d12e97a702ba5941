import { createHash } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { ASK_TEXT_CHARS } from '@pulssi/protocol'
import type { Board, Voiced } from '../../board/index.js'
import { parseDuration } from '../../config/index.js'
import { clean } from '../../intake/index.js'
import type { Tally } from '../../metrics/index.js'
import type { Clock } from '../../ports.js'
import { type Access, mayRead, type Reader } from '../access.js'
import { Allowances } from '../allowances.js'
import type { Appender } from '../appender.js'
import { steadyMs } from '../bucket.js'
import type { Limits } from '../limits.js'
import { callerAddress } from '../proxies.js'
import { spokenAt, VOICE_ID, type VoiceIds } from '../voicing.js'
import { mediaType } from './admin.js'
import { readerOf } from './admitted.js'
import { badRequest, comeAgain, forbidden, HttpError, sendJson } from './answer.js'
import { readText } from './body.js'
import { isOfAnotherSite } from './incidents.js'

export interface RepliesOptions {
  readonly access: Access
  readonly board: Board
  readonly appender: Pick<Appender, 'alone' | 'capacity'>
  readonly voiceIds: VoiceIds
  readonly limits: Pick<Limits, 'repliesPerTokenPerMinute'>
  readonly clock: Clock
  readonly tally: Pick<Tally, 'replies'>
  /** Resolves once the board shows what is durable now. */
  readonly settle: () => Promise<void>
}

type Handler = (request: IncomingMessage, response: ServerResponse) => Promise<void>

interface Order {
  readonly text: string
  readonly validMs: number
}

const SCOPE = 'reply'
const PATH = /^\/v1\/voice\/([^/]{1,64})\/reply$/
/** Of a reply's body. Beyond: 413. */
const BODY_BYTES = 8 * 1_024
const DAY_MS = 24 * 3_600_000
const VALID_MS = 7 * DAY_MS
const VALID_LEAST_MS = 10_000
const VALID_MOST_MS = 30 * DAY_MS
/** Tokens whose allowances are kept. Beyond: the oldest begin anew with full ones. */
const ANSWERING_TOKENS = 10_000
/** Answers of which it is remembered that they were given. Beyond: the oldest is forgotten. */
export const ANSWERS = 1_000
const ID_BYTES = 12
/** Without a dot, so that it is never taken for that of an ask. */
const ID_PREFIX = 'r-'

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Throws HttpError 400. */
const validMsOf = (given: unknown): number => {
  if (given === undefined) return VALID_MS
  const ms = typeof given === 'string' ? parseDuration(given) : null
  if (ms !== null && ms >= VALID_LEAST_MS && ms <= VALID_MOST_MS) return ms
  throw badRequest('validFor is a duration from 10s to 30d, such as "7d"')
}

/** Throws HttpError 400. */
const orderOf = (body: string): Order => {
  let order: unknown
  try {
    order = JSON.parse(body)
  } catch {
    throw badRequest('the body is not JSON')
  }
  if (!isObject(order)) throw badRequest('the body is {"text": …}')
  const { text, validFor, ...others } = order
  if (Object.keys(others).length > 0) throw badRequest('the body has text and validFor, and nothing else')
  const said = typeof text === 'string' ? clean(text).trim() : ''
  if (said === '' || said.length > ASK_TEXT_CHARS) {
    throw badRequest(`text is a string of 1 to ${ASK_TEXT_CHARS} characters`)
  }
  return { text: said, validMs: validMsOf(validFor) }
}

/** POST /v1/voice/ID/reply: somebody of the host answers a comment. */
export class ReplyRoutes {
  readonly #options: RepliesOptions
  readonly #rates: Allowances
  /** Comment and token of each answer that was given, oldest first. */
  readonly #answered = new Set<string>()

  constructor(options: RepliesOptions) {
    this.#options = options
    this.#rates = new Allowances(ANSWERING_TOKENS, () => options.limits.repliesPerTokenPerMinute)
  }

  /** Who answers at a path, by method; undefined: it is none of these. */
  find(path: string): Readonly<Record<string, Handler>> | undefined {
    const id = PATH.exec(path)?.[1]
    return id === undefined ? undefined : { POST: (...asked) => this.#reply(id, ...asked) }
  }

  async #reply(id: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { access, appender, clock, tally, settle } = this.#options
    if (isOfAnotherSite(request)) throw forbidden('of pages only the server’s own may answer')
    const reader = await readerOf(access, request, { address: callerAddress(request) }, SCOPE)
    this.#spend(reader)
    if (mediaType(request) !== 'application/json') {
      throw new HttpError(415, 'unsupportedType', 'send {"text": …} as application/json')
    }
    const order = orderOf(await readText(request, BODY_BYTES))
    await settle()
    const voiced = this.#find(id, reader)
    const full = appender.capacity()
    if (full !== null) throw comeAgain('overloaded', full)
    const key = `${id} ${reader.source}`
    if (this.#answered.has(key)) throw new HttpError(409, 'answered', 'this token has answered this comment already')
    this.#answered.add(key)
    const reply = replyTo(voiced, key, order, clock.now())
    const outcome = await appender.alone(intake => [intake.reply(reply)])
    if ('fault' in outcome) {
      this.#answered.delete(key)
      throw comeAgain('overloaded', outcome)
    }
    for (const oldest of this.#answered) {
      if (this.#answered.size <= ANSWERS) break
      this.#answered.delete(oldest)
    }
    tally.replies++
    sendJson(response, 200, { id: reply.id, queued: true })
  }

  /** Throws HttpError 429. */
  #spend({ source }: Reader): void {
    const waitMs = this.#rates.take(source, steadyMs())
    if (waitMs === 0) return
    const after = { 'retry-after': String(Math.ceil(waitMs / 1_000)) }
    throw new HttpError(429, 'rateLimited', 'this token answers too often', after)
  }

  /** A comment that the reader may see. Throws HttpError 404. */
  #find(id: string, reader: Reader): Voiced {
    const { board, voiceIds } = this.#options
    if (VOICE_ID.test(id)) {
      const names = board.select(['*'], name => mayRead(reader, name))
      const found = spokenAt(board, names).find(voiced => voiceIds.of(voiced) === id)
      if (found !== undefined) return found
    }
    throw new HttpError(404, 'notFound', 'there is no such comment, or it is shown no more')
  }
}

const replyTo = ({ touchpoint, spoken }: Voiced, key: string, order: Order, at: number) => ({
  at,
  visitor: [spoken.hi, spoken.lo] as const,
  id: ID_PREFIX + createHash('sha256').update(`${key} ${at}`).digest().subarray(0, ID_BYTES).toString('base64url'),
  touchpoint,
  ...order,
})
