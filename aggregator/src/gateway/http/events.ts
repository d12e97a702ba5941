import type { IncomingMessage, ServerResponse } from 'node:http'
import { type EventRefusal, fromJson, type NormalEvent, Refusal, refusalName, STREAM } from '@pulssi/protocol'
import { type Intake, type Refused, SERVICE, type Sender } from '../../intake/index.js'
import type { Clock } from '../../ports.js'
import type { Access, Writer } from '../access.js'
import { admitWriter, type Caller, isBot } from '../admit.js'
import type { Appender } from '../appender.js'
import type { Outcome } from '../contribution.js'
import { PAGE_PREFIX } from '../identity.js'
import type { Limits } from '../limits.js'
import type { NotNow } from '../session.js'
import { badRequest, forbidden, HttpError, sendJson, tooLarge, unauthorized } from './answer.js'
import { bearer, readText } from './body.js'
import { type BodyForm, bodyForm, NOT_JSON, type Requested, readRequested } from './requested.js'

export interface EventsOptions {
  readonly access: Access
  readonly appender: Appender
  readonly limits: Limits
  readonly clock: Clock
}

interface Rejected {
  readonly index: number
  readonly code: Refusal
  readonly message: string
}

const overloaded = ({ message, retryMs }: NotNow): HttpError =>
  new HttpError(503, 'overloaded', message, { 'retry-after': String(Math.ceil(retryMs / 1_000)) })

/** POST /v1/events. */
export class EventsRoute {
  readonly #options: EventsOptions

  constructor(options: EventsOptions) {
    this.#options = options
  }

  async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { limits, appender, clock } = this.#options
    const caller: Caller = {
      address: request.socket.remoteAddress ?? '',
      userAgent: request.headers['user-agent'] ?? '',
      origin: request.headers.origin ?? null,
    }
    const key = bearer(request)
    const form = bodyForm(request.headers['content-type'])
    const early = form === 'beacon' && key === null ? null : this.#admit(key, caller)
    const text = await readText(request, early?.kind === 'service' ? limits.httpBytes : limits.beaconBytes)
    const requested = readRequested(text, form)
    const writer = early ?? this.#admit(requested.key, caller)
    const maxEvents = writer.kind === 'service' ? limits.httpEvents : limits.batchEvents
    if (requested.events.length > maxEvents) throw tooLarge(`the request has more than ${maxEvents} events`)
    const full = appender.capacity()
    if (full !== null) throw overloaded(full)
    const taking = new Taking(requested, writer, caller, idempotencyKey(request, form), clock.now())
    const outcome = await appender.request(intake => taking.write(intake))
    if ('fault' in outcome) throw overloaded(outcome)
    sendJson(response, 200, taking.answer(outcome))
  }

  #admit(key: string | null, caller: Caller): Writer {
    const admission = admitWriter(this.#options.access, key, caller)
    if (admission.ok) return admission.value
    throw this.#options.access.writer(key) === 'unauthorized'
      ? unauthorized(admission.message)
      : forbidden(admission.message)
  }
}

const idempotencyKey = (request: IncomingMessage, form: BodyForm): string | null => {
  const key = request.headers['idempotency-key']
  if (key === undefined || form === 'beacon') return null
  if (typeof key === 'string' && STREAM.test(key)) return key
  throw badRequest('Idempotency-Key must be 1 to 64 of A-Z a-z 0-9 _ . -')
}

/** One request's events on their way into the intake, and what is answered. */
class Taking {
  readonly #requested: Requested
  readonly #writer: Writer
  readonly #caller: Caller
  readonly #stream: string | null
  readonly #now: number
  readonly #rejected: Rejected[] = []
  #written = 0

  constructor(requested: Requested, writer: Writer, caller: Caller, stream: string | null, now: number) {
    this.#requested = requested
    this.#writer = writer
    this.#caller = caller
    this.#stream = stream
    this.#now = now
  }

  write(intake: Intake): void {
    const judged = this.#requested.events.map(event => this.#judge(event))
    const sender = this.#sender(judged)
    const counts = new Map<string, number>()
    for (const [index, result] of judged.entries()) {
      const event = 'code' in result ? result.event : result
      if (event === null) {
        this.#refuse(intake, index, result as EventRefusal)
        continue
      }
      const nth = counts.get(event.visitor) ?? 0
      counts.set(event.visitor, nth + 1)
      const numbered = this.#number(event, nth)
      if (numbered === null) {
        const message = 'a page key needs stream and seq, or an Idempotency-Key'
        this.#refuse(intake, index, { code: Refusal.badEvent, message, event: null })
        continue
      }
      const code = intake.add(numbered, sender, this.#now, this.#requested.sentAt, index)
      if (code === 0) this.#written++
      else this.#reject(index, code, 'code' in result ? result.message : refusalName(code))
    }
  }

  answer({ folded, refused }: Outcome): unknown {
    for (const { position, code } of refused as readonly Refused[]) this.#reject(position, code, refusalName(code))
    const rejected = this.#rejected.sort((a, b) => a.index - b.index)
    if (folded === null) return { accepted: this.#written - refused.length, rejected }
    return { ...folded, rejected }
  }

  #judge(event: unknown): NormalEvent | EventRefusal {
    if (event === undefined) return { code: Refusal.badEvent, message: NOT_JSON, event: null }
    return fromJson(event, this.#now)
  }

  /** A page's request speaks for one visitor: the first that it names. */
  #sender(judged: readonly (NormalEvent | EventRefusal)[]): Sender {
    const writer = this.#writer
    if (writer.kind === 'service') return SERVICE
    const first = judged.map(result => ('code' in result ? result.event : result)).find(event => event !== null)
    const visitor = first?.visitor ?? null
    const page = visitor?.startsWith(PAGE_PREFIX) === true
    const bot = isBot(writer, this.#caller)
    return { visitor, stream: null, everyVisitor: false, channels: writer.channels, page, bot }
  }

  #number(event: NormalEvent, nth: number): (NormalEvent & { readonly seq: number }) | null {
    if (event.stream !== null && event.seq !== null) return { ...event, seq: event.seq }
    if (this.#stream !== null) return { ...event, stream: this.#stream, seq: nth }
    return this.#writer.kind === 'service' ? { ...event, stream: null, seq: 0 } : null
  }

  #refuse(intake: Intake, index: number, { code, message }: EventRefusal): void {
    intake.refuse(1)
    this.#reject(index, code, message)
  }

  #reject(index: number, code: Refusal, message: string): void {
    this.#rejected.push({ index, code, message })
  }
}
