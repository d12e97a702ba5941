/** Events between JSON and the wire's form (SPEC.md, part 6). */
import {
  ASK_RESULTS,
  CUT_DIMENSIONS,
  EMOTIONS,
  type JsonEvent,
  Kind,
  Refusal,
  SCALES,
  type WireEvent,
} from './client/index.js'
import { firstFault } from './explain.js'
import { isJsonEvent } from './guard-json.js'
import { refusalText } from './refusals.js'
import { httpBodySchema, jsonEventSchemas } from './schema/json.js'
import { checkEvent } from './values.js'

/** One event with all that a frame says around it. `event` has dt 0, and place 0, or null where `place` is null. */
export interface NormalEvent {
  readonly visitor: string
  /** Null together with `seq`: the event is never de-duplicated. */
  readonly stream: string | null
  readonly seq: number | null
  /** ms since 1970 */
  readonly at: number
  /** Null for a link that names no touchpoint. */
  readonly place: {
    readonly touchpoint: string
    readonly channel: string | null
    /** Flat pairs: dimension, value … */
    readonly cuts: readonly string[]
  } | null
  readonly event: WireEvent
}

export interface EventRefusal {
  readonly code: Refusal
  /** Says where and why. */
  readonly message: string
  /** Whose sequence number counts as seen; null for badEvent, which is no event at all. */
  readonly event: NormalEvent | null
}

/** No scale has this level: the value check refuses it. */
const NO_LEVEL = -1

const wireScore = (scale: string, score: number | string): number => {
  if (scale === 'emotion') return (EMOTIONS as readonly unknown[]).indexOf(score)
  return typeof score === 'number' ? score : NO_LEVEL
}

const wireFeedback = (json: JsonEvent): WireEvent => {
  const { scale, score, comment, ask } = json
  if (scale === undefined || score === undefined) return [Kind.answer, 0, 0, ask ?? '', json.option ?? json.text ?? '']
  const head = [Kind.feedback, 0, 0, SCALES.indexOf(scale), wireScore(scale, score)] as const
  if (ask !== undefined) return [...head, comment ?? null, ask]
  return comment === undefined ? head : [...head, comment]
}

const wireEvent = (json: JsonEvent): WireEvent => {
  switch (json.kind) {
    case 'enter':
      return [Kind.enter, 0, 0]
    case 'leave':
      return [Kind.leave, 0, 0]
    case 'goal':
      return json.value === undefined ? [Kind.goal, 0, 0] : [Kind.goal, 0, 0, json.value]
    case 'feedback':
      return wireFeedback(json)
    case 'signal':
      return [Kind.signal, 0, 0, json.name ?? '']
    case 'link': {
      const place = json.touchpoint === undefined ? null : 0
      return [Kind.link, 0, place, json.customer ?? null, json.code ?? null, json.proof ?? null]
    }
    case 'ask':
      return [Kind.ask, 0, 0, json.ask ?? '', json.result === undefined ? NO_LEVEL : ASK_RESULTS.indexOf(json.result)]
  }
}

const normal = (json: JsonEvent): NormalEvent => ({
  visitor: json.visitor,
  stream: json.stream ?? null,
  seq: json.seq ?? null,
  at: json.at,
  place:
    json.touchpoint === undefined
      ? null
      : {
          touchpoint: json.touchpoint,
          channel: json.channel ?? null,
          cuts: json.cuts === undefined ? [] : Object.entries(json.cuts).flat(),
        },
  event: wireEvent(json),
})

const badEvent = (message: string): EventRefusal => ({ code: Refusal.badEvent, message, event: null })

const explainJson = (json: unknown): string => {
  if (typeof json !== 'object' || json === null || Array.isArray(json)) return 'event: must be an object'
  const { kind, cuts } = json as { kind?: unknown; cuts?: unknown }
  if (typeof kind !== 'string' || !Object.hasOwn(jsonEventSchemas, kind)) return 'event.kind: unknown kind'
  if (typeof cuts === 'object' && cuts !== null && Object.keys(cuts).length > CUT_DIMENSIONS) {
    return `event.cuts: more than ${CUT_DIMENSIONS} dimensions`
  }
  const schema = jsonEventSchemas[kind as keyof typeof jsonEventSchemas]
  return firstFault(schema, json, 'event') ?? 'event: not of the form that is asked for'
}

/**
 * Judges one parsed event by its form and its values. A refusal is told from an event by its `code`.
 * @param now the server's clock, ms since 1970
 */
export const fromJson = (json: unknown, now: number): NormalEvent | EventRefusal => {
  if (!isJsonEvent(json)) return badEvent(explainJson(json))
  const event = normal(json)
  const code = checkEvent(event.event, event.at, now)
  return code === 0 ? event : { code, message: refusalText(code), event }
}

/** As fromJson, for one line of NDJSON. */
export const fromLine = (line: string, now: number): NormalEvent | EventRefusal => {
  let json: unknown
  try {
    json = JSON.parse(line)
  } catch {
    return badEvent('the line is not JSON')
  }
  return fromJson(json, now)
}

const jsonDetail = (event: WireEvent): Partial<JsonEvent> & Pick<JsonEvent, 'kind'> => {
  switch (event[0]) {
    case Kind.enter:
      return { kind: 'enter' }
    case Kind.leave:
      return { kind: 'leave' }
    case Kind.goal:
      return { kind: 'goal', ...(event[3] !== undefined && { value: event[3] }) }
    case Kind.feedback: {
      const [, , , index, level, comment, ask] = event
      const scale = SCALES[index]
      const score = scale === 'emotion' ? (EMOTIONS[level] ?? level) : level
      const told = typeof comment === 'string' && { comment }
      return { kind: 'feedback', ...(scale && { scale }), score, ...told, ...(ask !== undefined && { ask }) }
    }
    case Kind.answer: {
      const [, , , ask, answer] = event
      return { kind: 'feedback', ask, ...(typeof answer === 'number' ? { option: answer } : { text: answer }) }
    }
    case Kind.signal:
      return { kind: 'signal', name: event[3] }
    case Kind.link: {
      const [, , , customer, code, proof] = event
      const who = { ...(customer !== null && { customer }), ...(code !== null && { code }) }
      return { kind: 'link', ...who, ...(proof !== null && { proof }) }
    }
    case Kind.ask: {
      const result = ASK_RESULTS[event[4]]
      return { kind: 'ask', ask: event[3], ...(result && { result }) }
    }
  }
}

/** The inverse of fromJson; `dt` is added to `at`. */
export const toJson = ({ visitor, stream, seq, at, place, event }: NormalEvent): JsonEvent => {
  const { kind, ...detail } = jsonDetail(event)
  const pairs = place?.cuts ?? []
  const cuts = pairs.flatMap((name, index) => (index % 2 === 0 ? [[name, pairs[index + 1] ?? '']] : []))
  return {
    visitor,
    ...(stream !== null && { stream }),
    ...(seq !== null && { seq }),
    at: at + event[1],
    kind,
    ...(place && { touchpoint: place.touchpoint }),
    ...(place && place.channel !== null && { channel: place.channel }),
    ...(cuts.length > 0 && { cuts: Object.fromEntries(cuts) }),
    ...detail,
  }
}

export interface HttpBody {
  readonly sentAt: number | null
  /** A beacon's key; other requests name it in the Authorization header. */
  readonly key: string | null
  /** Whom a page's request speaks for; null: the first visitor that an event names. */
  readonly visitor: string | null
  /** The host's proof of that visitor. */
  readonly proof: string | null
  /** Not judged yet: each goes through fromJson by itself. */
  readonly events: readonly unknown[]
}

type Listed = Pick<HttpBody, 'events'>

/** The JSON form of a request's body. `message` says what is wrong with the body as a whole. */
export const readBody = (json: unknown): HttpBody | { readonly message: string } => {
  const fault = firstFault(httpBodySchema, json, 'body')
  if (fault !== null) return { message: fault }
  const { sentAt = null, key = null, visitor = null, proof = null, events } = json as Partial<HttpBody> & Listed
  return { sentAt, key, visitor, proof, events }
}
