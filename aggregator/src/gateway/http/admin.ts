import type { IncomingMessage, ServerResponse } from 'node:http'
import { pipeline } from 'node:stream/promises'
import { VISITOR } from '@pulssi/protocol'
import { type AlertsDesk, NoOwner } from '../../alerts/index.js'
import { Busy, NotCompactable, NotServed, type Operations } from '../../ops/index.js'
import { Overloaded } from '../../ports.js'
import type { Access } from '../access.js'
import { isLoopback } from '../address.js'
import { callerAddress } from '../proxies.js'
import { readerOf } from './admitted.js'
import { badRequest, comeAgain, forbidden, HttpError, sendJson } from './answer.js'
import { readText } from './body.js'

export interface AdminOptions {
  readonly access: Access
  readonly operations: Operations
  readonly alerts: Pick<AlertsDesk, 'hooks'>
}

type Handler = (request: IncomingMessage, response: ServerResponse) => Promise<void>

const SCOPE = 'admin'
const ADMIN = '/v1/admin/'
const SUBJECTS = '/v1/subjects/'
/** Bytes of an order's body, which says nothing yet. Beyond: 413. */
const ORDER_BYTES = 1_024

/** What a page loads by itself, as an image, comes without an Origin; a browser then says so in another header. */
const isOfPage = ({ headers }: IncomingMessage): boolean =>
  headers.origin !== undefined || (headers['sec-fetch-site'] ?? 'none') !== 'none'

export const mediaType = (request: IncomingMessage): string =>
  request.headers['content-type']?.split(';')[0]?.trim().toLowerCase() ?? ''

/** An order is a POST of `{}` as JSON, which no form of a page can send. Throws HttpError 400, 413, 415. */
export const readOrder = async (request: IncomingMessage): Promise<void> => {
  if (mediaType(request) !== 'application/json') {
    throw new HttpError(415, 'unsupportedType', 'send {} as application/json')
  }
  const text = await readText(request, ORDER_BYTES)
  let order: unknown
  try {
    order = JSON.parse(text)
  } catch {
    throw badRequest('the body is not JSON')
  }
  if (typeof order === 'object' && order !== null && !Array.isArray(order) && Object.keys(order).length === 0) return
  throw badRequest('the body is {}: this takes no options')
}

const visitorOf = (path: string): string => {
  const visitor = path.slice(SUBJECTS.length)
  if (VISITOR.test(visitor)) return visitor
  throw badRequest('a visitor is 1 to 64 of A-Z a-z 0-9 _ . -')
}

const failureOf = (error: unknown): unknown => {
  if (error instanceof Busy) return new HttpError(409, 'busy', error.message)
  if (error instanceof NotCompactable) return new HttpError(409, 'notCompactable', error.message)
  if (error instanceof NoOwner) return comeAgain('noOwner', error)
  if (error instanceof NotServed) return comeAgain('unavailable', error)
  return error instanceof Overloaded ? comeAgain('overloaded', error) : error
}

/** Everything under /v1/admin/ and /v1/subjects/: for tokens of the scope `admin`, and for no page. */
export class AdminRoutes {
  readonly #options: AdminOptions

  constructor(options: AdminOptions) {
    this.#options = options
  }

  /** Who answers at a path, by method; undefined: it is none of these. */
  find(path: string): Readonly<Record<string, Handler>> | undefined {
    const { operations, alerts } = this.#options
    if (path.startsWith(SUBJECTS)) {
      return {
        GET: this.#guarded(async (_, response) => {
          sendJson(response, 200, await operations.exportSubject(visitorOf(path)))
        }),
        DELETE: this.#guarded(async (_, response) => {
          await operations.eraseSubject(visitorOf(path))
          sendJson(response, 200, { erased: true })
        }),
      }
    }
    if (!path.startsWith(ADMIN)) return undefined
    switch (path.slice(ADMIN.length)) {
      case 'backup':
        return { POST: this.#order(response => this.#backup(response)) }
      case 'compact':
        return { POST: this.#order(async response => sendJson(response, 200, await operations.compact())) }
      case 'hooks':
        return { GET: this.#guarded(async (_, response) => sendJson(response, 200, { hooks: await alerts.hooks() })) }
      case 'image':
        return {
          POST: this.#order(async response => {
            await operations.storeImages()
            sendJson(response, 200, { stored: true })
          }),
        }
      default:
        return undefined
    }
  }

  /** Lets none but an administrator's program through; in open mode one on this machine. */
  #guarded(handle: Handler): Handler {
    return async (request, response) => {
      const { access } = this.#options
      if (isOfPage(request)) throw forbidden('this is not for pages')
      const address = callerAddress(request)
      if (access.open && !isLoopback(address)) throw forbidden('without keys and tokens this is for this machine alone')
      await readerOf(access, request, { address }, SCOPE)
      try {
        await handle(request, response)
      } catch (error) {
        throw failureOf(error)
      }
    }
  }

  #order(carryOut: (response: ServerResponse) => Promise<void>): Handler {
    return this.#guarded(async (request, response) => {
      await readOrder(request)
      await carryOut(response)
    })
  }

  /** The first bytes come before the head, so that what prevents a backup is still told. */
  async #backup(response: ServerResponse): Promise<void> {
    const chunks = this.#options.operations.backup()
    const first = await chunks.next()
    response.writeHead(200, { 'content-type': 'application/x-tar', 'cache-control': 'no-store' })
    const all = async function* (): AsyncGenerator<Uint8Array> {
      try {
        if (first.done !== true) yield first.value
        yield* chunks
      } finally {
        await chunks.return(undefined)
      }
    }
    await pipeline(all, response)
  }
}
