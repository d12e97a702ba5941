import type { IncomingMessage, ServerResponse } from 'node:http'
import { type EventRefusal, fromJson, type NormalEvent, Refusal, refusalName, STREAM } from '@pulssi/protocol'
import { type Intake, PAGE_PREFIX, type Refused, SERVICE, type Sender } from '../../intake/index.js'
import type { Clock } from '../../ports.js'
import type { Access, Writer } from '../access.js'
import type { Addresses } from '../addresses.js'
import { admitWriter, type Caller, isBot, linksOf, maySpeakAs } from '../admit.js'
import type { Appender } from '../appender.js'
import type { CommentRates } from '../comments.js'
import type { Outcome } from '../contribution.js'
import type { DayIdentity } from '../identity.js'
import type { Limits } from '../limits.js'
import { callerAddress } from '../proxies.js'
import type { NotNow } from '../session.js'
import { turnedAway } from './admitted.js'
import { badRequest, HttpError, sendJson, tooLarge } from './answer.js'
import { bearer, readText } from './body.js'
import { type BodyForm, bodyForm, NOT_JSON, type Requested, readRequested } from './requested.js'

export interface EventsOptions {
  readonly access: Access
  readonly addresses: Addresses
  readonly days: DayIdentity
  readonly appender: Appender
  readonly limits: Limits
  readonly clock: Clock
  readonly comments: CommentRates
}

interface Grouped extends Caller {
  readonly group: string | null
  readonly mayComment: Sender['mayComment']
}

interface Rejected {
  readonly index: number
  readonly code: Refusal
  readonly message: string
}

const inSeconds = (ms: number): Record<string, string> => ({ 'retry-after': String(Math.ceil(ms / 1_000)) })
const tooManyEvents = (retryMs: number): HttpError =>
  new HttpError(429, 'rateLimited', 'too many events from this address', inSeconds(retryMs))
const overloaded = ({ message, retryMs }: NotNow): HttpError =>
  new HttpError(503, 'overloaded', message, inSeconds(retryMs))

/** POST /v1/events. */
export class EventsRoute {
  readonly #options: EventsOptions

  constructor(options: EventsOptions) {
    this.#options = options
  }

  async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { addresses, days, limits, appender, clock, comments } = this.#options
    const address = callerAddress(request)
    const caller: Grouped = {
      address,
      group: days.group(address),
      mayComment: comments.judge(address),
      userAgent: request.headers['user-agent'] ?? '',
      origin: request.headers.origin ?? null,
    }
    const key = bearer(request)
    const form = bodyForm(request.headers['content-type'])
    const early = form === 'beacon' && key === null ? null : this.#admit(key, caller)
    const text = await readText(request, early?.kind === 'service' ? limits.httpBytes : limits.beaconBytes)
    const read = readRequested(text, form)
    const writer = early ?? this.#admit(read.key, caller)
    const requested = withVisitor(read, () => (writer.kind === 'page' ? days.visitor(address, caller.userAgent) : null))
    const maxEvents = writer.kind === 'service' ? limits.httpEvents : limits.batchEvents
    if (requested.events.length > maxEvents) throw tooLarge(`the request has more than ${maxEvents} events`)
    const retryMs = writer.kind === 'page' ? addresses.of(address).events(requested.events.length) : 0
    if (retryMs > 0) throw tooManyEvents(retryMs)
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
    throw turnedAway(admission)
  }
}

/** An event that names no visitor is the request's own; a page that has none yet is known by the day. */
const withVisitor = (requested: Requested, day: () => string | null): Requested => {
  const isNameless = (event: unknown): event is object =>
    typeof event === 'object' && event !== null && !('visitor' in event)
  if (!requested.events.some(isNameless)) return requested
  const visitor = requested.visitor ?? day()
  if (visitor === null) return requested
  const events = requested.events.map(event => (isNameless(event) ? { visitor, ...event } : event))
  return { ...requested, visitor, events }
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
  readonly #caller: Grouped
  readonly #stream: string | null
  readonly #now: number
  readonly #rejected: Rejected[] = []
  #written = 0

  constructor(requested: Requested, writer: Writer, caller: Grouped, stream: string | null, now: number) {
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

  /** A page's request speaks for one visitor, which a page makes for itself or the host has proven. */
  #sender(judged: readonly (NormalEvent | EventRefusal)[]): Sender {
    const writer = this.#writer
    if (writer.kind === 'service') return SERVICE
    const first = judged.map(result => ('code' in result ? result.event : result)).find(event => event !== null)
    const named = this.#requested.visitor ?? first?.visitor ?? null
    const visitor = named !== null && maySpeakAs(writer, named, this.#requested.proof) ? named : null
    const page = visitor?.startsWith(PAGE_PREFIX) === true
    const bot = isBot(writer, this.#caller)
    return {
      visitor,
      stream: null,
      everyVisitor: false,
      channels: writer.channels,
      page,
      bot,
      group: this.#caller.group,
      mayLink: linksOf(writer),
      mayComment: this.#caller.mayComment,
    }
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
