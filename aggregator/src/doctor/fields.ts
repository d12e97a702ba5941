import type { Config } from '../config/index.js'

/** Where a field comes in: an event, the greeting of a connection, a request around its events, or the network. */
export type Place = 'event' | 'hello' | 'body' | 'connection' | 'reading'
type Figure = Config['rules'][number]['figure']

/**
 * How long a field stays.
 * - `moment`: used as it comes in, and kept nowhere.
 * - `day`: hashed with the day's salt, which is destroyed a day later.
 * - `log`: in the log for the retention, or until its visitor is erased and the log compacted.
 * - `visit`: in the log as above, and in the visitor's row until the visitor is forgotten.
 * - `asks`: in the log as above, and in the row of who was asked as long as the budget of asks binds it.
 * - `words`: in the log as above, and among the newest comments of its touchpoint for 30 days at most.
 * - `answers`: in the log as above, and with a hash of who gave it among the newest answers of its touchpoint.
 * - `counts`: in the log as above, and then in sums that tell of nobody.
 * - `file`: in the configuration, as long as the operator leaves it there.
 */
export type Stay = 'moment' | 'day' | 'log' | 'visit' | 'asks' | 'words' | 'answers' | 'counts' | 'file'

export interface Field {
  readonly name: string
  readonly places: readonly Place[]
  readonly is: string
  readonly usedBy: string
  readonly stay: Stay
  /** Figures of rules that depend on it. */
  readonly figures: readonly Figure[]
  /** What a sender may leave out. */
  readonly isOptional: boolean
}

const ALL: readonly Figure[] = ['sentiment', 'dropOff', 'friction']

type Given = Pick<Field, 'is' | 'usedBy' | 'stay'> & { readonly figures?: readonly Figure[] }
const needed = (name: string, places: readonly Place[], given: Given): Field => ({
  name,
  places,
  figures: [],
  isOptional: false,
  ...given,
})
const optional = (name: string, places: readonly Place[], given: Given): Field => ({
  ...needed(name, places, given),
  isOptional: true,
})

const EVENT: readonly Field[] = [
  needed('visitor', ['event', 'hello', 'body'], {
    is: 'a pseudonymous id; as a 64-bit keyed hash once it is in the log',
    usedBy: 'visits and their outcomes, distinct visitors, asks, erasure',
    stay: 'visit',
    figures: ALL,
  }),
  needed('kind', ['event'], {
    is: 'what happened: enter, leave, goal …',
    usedBy: 'all counts',
    stay: 'counts',
    figures: ALL,
  }),
  needed('at', ['event'], { is: 'when it happened', usedBy: 'windows, visits', stay: 'counts', figures: ALL }),
  needed('touchpoint', ['event'], { is: 'where it happened', usedBy: 'all counts', stay: 'counts', figures: ALL }),
  optional('stream', ['event', 'hello'], {
    is: 'a random id of one SDK instance; as a keyed hash once it is in the log',
    usedBy: 'counting each event once',
    stay: 'visit',
  }),
  optional('seq', ['event'], { is: 'number in the stream', usedBy: 'counting each event once', stay: 'visit' }),
  optional('channel', ['event'], {
    is: 'web, app, e-mail, phone, store …',
    usedBy: 'switched visits, roll-ups by channel, grace',
    stay: 'counts',
    figures: ['dropOff'],
  }),
  optional('cuts', ['event'], {
    is: "values of the page's own, such as a variant",
    usedBy: 'comparing variants, where `cuts` of the configuration declares them',
    stay: 'log',
  }),
  optional('value', ['event'], { is: "a goal's worth", usedBy: 'money per touchpoint', stay: 'log' }),
  optional('scale', ['event'], {
    is: 'which scale an answer is on',
    usedBy: 'sentiment',
    stay: 'counts',
    figures: ['sentiment'],
  }),
  optional('score', ['event'], { is: 'the answer', usedBy: 'sentiment', stay: 'answers', figures: ['sentiment'] }),
  optional('comment', ['event'], {
    is: 'words of the visitor, scrubbed',
    usedBy: 'people who read them',
    stay: 'words',
  }),
  optional('text', ['event'], { is: 'an answer in words, scrubbed', usedBy: 'people who read them', stay: 'words' }),
  optional('option', ['event'], { is: 'the option chosen', usedBy: 'why they left', stay: 'counts' }),
  optional('ask', ['event'], {
    is: 'which question, message or answer it is about',
    usedBy: 'the budget of asks, what became of them',
    stay: 'asks',
  }),
  optional('result', ['event'], {
    is: 'whether it was shown or dismissed, or is wanted now',
    usedBy: 'the budget of asks, what became of them',
    stay: 'asks',
  }),
  optional('name', ['event'], {
    is: "which signal of trouble, with a form field's name or a failed request's status at most; nothing that was typed",
    usedBy: 'friction, why they left, who is asked or sent a message',
    stay: 'counts',
    figures: ['friction'],
  }),
  optional('customer', ['event'], {
    is: "the host's keyed hash of its own customer id; hashed once more before it is in the log",
    usedBy: "one budget of asks over all of a person's devices, answers that wait for it",
    stay: 'asks',
  }),
  optional('code', ['event'], { is: 'a journey code of short life', usedBy: 'journeys across channels', stay: 'log' }),
]

const AROUND: readonly Field[] = [
  needed('key', ['hello', 'body'], { is: "the sender's write key", usedBy: 'admission', stay: 'moment' }),
  optional('identity', ['hello', 'body'], {
    is: 'how the visitor is known',
    usedBy: 'outcomes of pages',
    stay: 'moment',
  }),
  optional('proof', ['event', 'hello', 'body'], {
    is: "the host's proof of an id",
    usedBy: 'admission',
    stay: 'moment',
  }),
  optional('agent', ['hello'], { is: "the SDK's name and version", usedBy: 'nobody yet', stay: 'moment' }),
  optional('sentAt', ['body'], { is: "the sender's clock", usedBy: 'the time of its events', stay: 'moment' }),
  needed('events', ['body'], { is: 'the events', usedBy: 'see above', stay: 'moment' }),
  needed('address', ['connection'], {
    is: 'IP address, or what a trusted proxy says it is',
    usedBy: 'limits; identity `day` and the address group, both as hashes with the salt of the day',
    stay: 'day',
    figures: ALL,
  }),
  optional('User-Agent', ['connection'], {
    is: "the browser's name",
    usedBy: 'identity `day`, flagging bots',
    stay: 'day',
  }),
  optional('Origin', ['connection'], { is: "the page's site", usedBy: 'admission', stay: 'moment' }),
  optional('Idempotency-Key', ['connection'], {
    is: 'a stream for a request',
    usedBy: 'counting each event once',
    stay: 'visit',
  }),
  needed('token', ['reading'], {
    is: "a reader's token",
    usedBy: 'admission; the file holds it or its hash',
    stay: 'file',
  }),
]

/** Every field that is collected. A test ties it to the schemas of the wire, so that none can be forgotten. */
export const FIELDS: readonly Field[] = [...EVENT, ...AROUND]

const HOUR_MS = 3_600_000
const DAY_HOURS = 24
/** A visitor linked to a customer is known to be, after its last event. */
const LINK_MS = 30 * DAY_HOURS * HOUR_MS

/** The longest that a visitor is remembered after the last event: idle or grace, the horizon, and a day. */
export const visitorHours = ({ journey }: Pick<Config, 'journey'>): number => {
  const { idle, grace, horizon, channels, touchpoints } = journey
  const stays = [...Object.values(channels), ...Object.values(touchpoints)].flatMap(entry => [
    entry.idle ?? 0,
    entry.grace ?? 0,
  ])
  const longestMs = stays.reduce((longest, stay) => Math.max(longest, stay), Math.max(idle, grace))
  return (longestMs + horizon) / HOUR_MS + DAY_HOURS
}

/** The longest that somebody is remembered for the sake of asks: as long as one binds the next, or who is linked comes. */
const longestDays = ({ budget: { every, afterAnswer, afterDismissal, most } }: Pick<Config, 'budget'>): number =>
  Math.ceil(Math.max(every, afterAnswer, afterDismissal, most, LINK_MS) / (DAY_HOURS * HOUR_MS))

/** How long a field stays, in words and in hours of this configuration. */
export const stayText = (stay: Stay, config: Pick<Config, 'journey' | 'server' | 'budget'>): string => {
  const log = `${config.server.retentionHours} h in the log`
  switch (stay) {
    case 'moment':
      return 'not kept'
    case 'day':
      return 'not kept; its hash for the day'
    case 'log':
      return log
    case 'visit':
      return `${log}; ${Math.round(visitorHours(config) * 10) / 10} h after the last event in the visitor's row`
    case 'asks':
      return `${log}; ${longestDays(config)} days at most in the row of who was asked`
    case 'words':
      return `${log}; the newest of a touchpoint 30 days at most`
    case 'answers':
      return `${log}; the newest of a touchpoint with a hash of who gave it`
    case 'counts':
      return `${log}; then in sums that tell of nobody`
    case 'file':
      return 'in the configuration'
    default:
      return stay satisfies never
  }
}

/** Names of the configured rules whose figure depends on a field. */
export const rulesUsing = (field: Field, { rules }: Pick<Config, 'rules'>): string[] =>
  rules.filter(rule => field.figures.includes(rule.figure)).map(rule => rule.name)
