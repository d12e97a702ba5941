import { once } from 'node:events'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { HISTORY_STEPS, type History, type HistoryStep } from '@pulssi/protocol'
import type { Board } from '../../board/index.js'
import { HistoryBusy, type HistoryReader, historyCsv, NotStored, TooManyRows, type Zone } from '../../history/index.js'
import { type Access, mayRead } from '../access.js'
import { callerAddress } from '../proxies.js'
import { readerOf } from './admitted.js'
import { badRequest, forbidden, HttpError } from './answer.js'
import { checkNames, patternsOf } from './query.js'
import { spanOf, zoneNamed } from './span.js'

export interface HistoryOptions {
  readonly access: Access
  readonly board: Board
  readonly reader: HistoryReader
  /** Resolves once the board shows what is durable now. */
  readonly settle: () => Promise<void>
}

type Format = 'json' | 'csv'

const FORMATS: readonly Format[] = ['json', 'csv']
const DEFAULT_STEP: HistoryStep = 'hour'
const RETRY_SECONDS = '1'
/** Characters of an answer made at once; then sockets get their turn. */
const PIECE_CHARS = 256 * 1024
const HEADERS: Readonly<Record<Format, Readonly<Record<string, string>>>> = {
  json: { 'content-type': 'application/json; charset=utf-8' },
  csv: {
    'content-type': 'text/csv; charset=utf-8; header=present',
    'content-disposition': 'attachment; filename="pulssi-history.csv"',
  },
}

const oneOf = <Value extends string>(query: URLSearchParams, name: string, values: readonly Value[]): Value | null => {
  const text = query.get(name)
  const found = values.find(value => value === text)
  if (text !== null && found === undefined) throw badRequest(`${name} is one of ${values.join(', ')}`)
  return found ?? null
}

/** GET /v1/history. */
export class HistoryRoute {
  readonly #options: HistoryOptions

  constructor(options: HistoryOptions) {
    this.#options = options
  }

  async answer(request: IncomingMessage, response: ServerResponse, query: URLSearchParams): Promise<void> {
    const { access, board, settle, reader } = this.#options
    const asking = await readerOf(access, request, { address: callerAddress(request) }, 'pulse')
    checkNames(query, ['touchpoint', 'from', 'to', 'step', 'zone', 'format'])
    const patterns = patternsOf(query)
    const step = oneOf(query, 'step', HISTORY_STEPS) ?? DEFAULT_STEP
    const format = oneOf(query, 'format', FORMATS) ?? 'json'
    const zone = zoneNamed(query)
    const refused = patterns.find(pattern => !pattern.endsWith('*') && !mayRead(asking, pattern))
    if (refused !== undefined) throw forbidden(`this token does not read ${refused}`)
    await settle()
    const span = spanOf(query, step, zone, board.clock)
    const names = board.select(patterns, name => mayRead(asking, name))
    const signal = goneSignal(response)
    const history = await reader.read({ names, step, zone, ...span, signal }).catch(refuse)
    await send(response, history, zone, format, signal)
  }
}

const refuse = (error: unknown): never => {
  if (error instanceof TooManyRows) throw badRequest(error.message)
  if (error instanceof HistoryBusy) {
    throw new HttpError(429, 'tooMany', error.message, { 'retry-after': RETRY_SECONDS })
  }
  if (error instanceof NotStored) {
    throw new HttpError(503, 'unavailable', error.message, { 'retry-after': RETRY_SECONDS })
  }
  throw error
}

/** Aborts when nobody waits for the answer any more. */
const goneSignal = (response: ServerResponse): AbortSignal => {
  const gone = new AbortController()
  response.once('close', () => {
    if (!response.writableFinished) gone.abort(new Error('the connection was closed'))
  })
  return gone.signal
}

function* jsonOf({ rows, ...head }: History): Generator<string> {
  const { missing, ...rest } = head
  yield `${JSON.stringify(rest).slice(0, -1)},"rows":[`
  for (const [i, row] of rows.entries()) yield `${i === 0 ? '' : ','}${JSON.stringify(row)}`
  yield missing === undefined ? ']}\n' : `],"missing":${JSON.stringify(missing)}}\n`
}

const send = async (
  response: ServerResponse,
  history: History,
  zone: Zone,
  format: Format,
  signal: AbortSignal,
): Promise<void> => {
  const missing = history.missing === undefined ? {} : { 'pulssi-missing': history.missing.join(', ') }
  response.writeHead(200, { 'cache-control': 'no-store', ...HEADERS[format], ...missing })
  let piece = ''
  for (const text of format === 'csv' ? historyCsv(history.rows, zone) : jsonOf(history)) {
    piece += text
    if (piece.length < PIECE_CHARS) continue
    if (!response.write(piece)) await once(response, 'drain', { signal })
    piece = ''
    await new Promise<void>(resolve => {
      setImmediate(resolve)
    })
  }
  response.end(piece)
}
