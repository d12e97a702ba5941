/**
 * Request and answer over the Bus, in JSON:
 *
 *     call.<subject>    {"id", "from": owner, "request"}
 *     reply.<owner>     {"id", "answer"} or {"id", "code", "message"}
 *
 * The Bus may lose either, so no answer within the time tells nothing of whether the request was carried out.
 */
import { randomUUID } from 'node:crypto'
import type { Logger } from 'pino'
import type { Bus } from '../ports.js'
import { CALL_BYTES, CALLS } from './call-limits.js'

/** Nobody answered in time: there may be none, it may be slow, or the Bus lost a message. */
export class NoAnswer extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'NoAnswer'
  }
}

/**
 * The other side says no. Thrown by a handler, its code and message reach who asked; whatever else a handler throws
 * arrives as `failed`. Codes of the calls themselves: `failed`, `tooMany`, `tooLong`.
 */
export class CallFailed extends Error {
  readonly code: string
  constructor(code: string, message: string) {
    super(message)
    this.name = 'CallFailed'
    this.code = code
  }
}

export interface CallsOptions {
  readonly bus: Bus
  /** Of this process's life: answers come to `reply.<owner>`. */
  readonly owner: string
  readonly logger: Logger
}

export type Handler = (request: unknown) => Promise<unknown>

interface Open {
  readonly resolve: (answer: unknown) => void
  readonly reject: (error: Error) => void
  readonly timer: NodeJS.Timeout
}

interface Request {
  readonly id: string
  readonly from: string
  readonly request?: unknown
}

type Reply =
  | { readonly id: string; readonly answer?: unknown }
  | { readonly id: string; readonly code: string; readonly message: string }

const replySubject = (owner: string): string => `reply.${owner}`

/** What may be in a message of anybody. */
interface Heard {
  readonly id?: unknown
  readonly from?: unknown
  readonly request?: unknown
  readonly answer?: unknown
  readonly code?: unknown
  readonly message?: unknown
}

/** null: it is none. */
const parsed = (bytes: Uint8Array): Heard | null => {
  try {
    const value: unknown = JSON.parse(new TextDecoder().decode(bytes))
    return typeof value === 'object' && value !== null ? value : null
  } catch {
    return null
  }
}

/** Throws CallFailed `tooLong`. */
const packed = (message: Request | Reply): Uint8Array => {
  const bytes = new TextEncoder().encode(JSON.stringify(message))
  if (bytes.length <= CALL_BYTES) return bytes
  throw new CallFailed('tooLong', `a message of ${bytes.length} bytes; ${CALL_BYTES} are the most`)
}

const failureOf = (error: unknown): { code: string; message: string } => ({
  code: error instanceof CallFailed ? error.code : 'failed',
  message: error instanceof Error ? error.message : String(error),
})

/** What this process asks of others, and answers to them. */
export class Calls {
  readonly #bus: Bus
  readonly #owner: string
  readonly #logger: Logger
  readonly #open = new Map<string, Open>()
  readonly #ends = new Set<() => void>()
  #answering = 0
  #isClosed = false

  constructor({ bus, owner, logger }: CallsOptions) {
    this.#bus = bus
    this.#owner = owner
    this.#logger = logger
    this.#listen(replySubject(owner), bytes => this.#hear(bytes))
  }

  /** Answers what is asked under a subject, until the returned function is called. `handle` gets what came as JSON. */
  answer(subject: string, handle: Handler): () => void {
    return this.#listen(`call.${subject}`, bytes => void this.#answer(bytes, subject, handle))
  }

  /** Where several answer, the first counts. Rejects with NoAnswer, CallFailed. */
  async ask(subject: string, request: unknown, withinMs: number): Promise<unknown> {
    if (this.#isClosed) throw new NoAnswer(`"${subject}" can't be asked any more: this process ends`)
    if (this.#open.size >= CALLS) throw new CallFailed('tooMany', `${CALLS} calls wait for an answer already`)
    const id = randomUUID()
    const bytes = packed({ id, from: this.#owner, request })
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#open.delete(id)
        reject(new NoAnswer(`nobody answered "${subject}" within ${withinMs} ms`))
      }, withinMs)
      this.#open.set(id, { resolve, reject, timer })
      this.#bus.publish(`call.${subject}`, bytes)
    })
  }

  /** Who still waits is told that there is no answer; nothing is answered any more. */
  close(): void {
    this.#isClosed = true
    for (const end of [...this.#ends]) end()
    for (const { timer, reject } of this.#open.values()) {
      clearTimeout(timer)
      reject(new NoAnswer('this process ended before the answer came'))
    }
    this.#open.clear()
  }

  #listen(subject: string, listener: (bytes: Uint8Array) => void): () => void {
    const unsubscribe = this.#bus.subscribe(subject, listener)
    const end = (): void => {
      this.#ends.delete(end)
      unsubscribe()
    }
    this.#ends.add(end)
    return end
  }

  #hear(bytes: Uint8Array): void {
    const reply = parsed(bytes)
    if (typeof reply?.id !== 'string') return this.#logger.warn('an answer that is none was left out')
    const { id, code, message } = reply
    const open = this.#open.get(id)
    if (open === undefined) return
    this.#open.delete(id)
    clearTimeout(open.timer)
    if (code === undefined) open.resolve(reply.answer)
    else open.reject(new CallFailed(String(code), String(message)))
  }

  async #answer(bytes: Uint8Array, subject: string, handle: Handler): Promise<void> {
    const asked = parsed(bytes)
    if (typeof asked?.id !== 'string' || typeof asked.from !== 'string')
      return this.#logger.warn('a call that is none was left out')
    const { id, from, request } = asked
    this.#answering++
    try {
      if (this.#answering > CALLS) throw new CallFailed('tooMany', `${CALLS} calls are being answered already`)
      this.#reply(from, packed({ id, answer: await handle(request) }))
    } catch (error) {
      if (!(error instanceof CallFailed)) this.#logger.error({ err: error }, `"${subject}" could not be answered`)
      this.#reply(from, packed({ id, ...failureOf(error) }))
    } finally {
      this.#answering--
    }
  }

  #reply(owner: string, bytes: Uint8Array): void {
    if (!this.#isClosed) this.#bus.publish(replySubject(owner), bytes)
  }
}
