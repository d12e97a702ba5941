/**
 * The shapes of everything that travels (SPEC.md, part 2), as types and tables without a runtime dependency, so that
 * a browser bundle can carry them. Field order in each tuple is the wire's field order.
 */

export const SUBPROTOCOL = 'pulssi.v1'

/** First element of every frame. Client types lie below 64, server types from 64 up. */
export const Frame = {
  hello: 1,
  batch: 2,
  subscribe: 3,
  unsubscribe: 4,
  auth: 5,
  forget: 6,
  welcome: 64,
  ack: 65,
  error: 66,
  heartbeat: 67,
  pulse: 68,
  incident: 69,
  ask: 70,
  nudge: 71,
  reply: 72,
  voice: 73,
} as const
export type Frame = (typeof Frame)[keyof typeof Frame]

export const KINDS = ['enter', 'leave', 'goal', 'feedback', 'answer', 'signal', 'link', 'ask'] as const
/** Event kind on the wire. `answer` is JSON's `feedback` with `option` or `text`. */
export const Kind = { enter: 0, leave: 1, goal: 2, feedback: 3, answer: 4, signal: 5, link: 6, ask: 7 } as const
export type Kind = (typeof Kind)[keyof typeof Kind]

export const IDENTITIES = ['day', 'page', 'device', 'host'] as const
export type Identity = (typeof IDENTITIES)[number]

export const WINDOWS = ['1m', '5m', '15m', '1h', '24h', 'total'] as const
export type Window = (typeof WINDOWS)[number]

export const SCALES = ['thumb', 'smiley', 'csat', 'nps', 'ces', 'emotion'] as const
export type Scale = (typeof SCALES)[number]

/** Number of levels and the score of the lowest one. An emotion's score on the wire is its place in EMOTIONS. */
export const SCALE_LEVELS: Record<Scale, { readonly first: number; readonly count: number }> = {
  thumb: { first: 0, count: 2 },
  smiley: { first: 1, count: 4 },
  csat: { first: 1, count: 5 },
  nps: { first: 0, count: 11 },
  ces: { first: 1, count: 7 },
  emotion: { first: 0, count: 9 },
}

/** Most positive first, as in the table of levels; a histogram of emotions has this order too. */
export const EMOTIONS = [
  'delighted',
  'happy',
  'trusting',
  'interested',
  'neutral',
  'confused',
  'disappointed',
  'frustrated',
  'angry',
] as const
export type Emotion = (typeof EMOTIONS)[number]

/** `wanted`: the host would like its visitor to be asked now. */
export const ASK_RESULTS = ['shown', 'dismissed', 'wanted'] as const
export type AskResult = (typeof ASK_RESULTS)[number]

/** What stands behind a corrected score, from the least to the most that is known of who answers. */
export const ESTIMATORS = ['plain', 'voices', 'asked', 'silence'] as const
export type Estimator = (typeof ESTIMATORS)[number]

/** How an ask is answered: on one of SCALES, by one of its options, or in one line of text. */
export const ASK_FORMS = [...SCALES, 'choice', 'text'] as const
export type AskForm = (typeof ASK_FORMS)[number]

/** `[touchpoint, channel, cuts]`; cuts are flat pairs: dimension, value, dimension, value … */
export type Place = string | readonly [touchpoint: string, channel: string | null, cuts: readonly string[]]

export type EnterEvent = readonly [kind: 0, dt: number, place: number]
export type LeaveEvent = readonly [kind: 1, dt: number, place: number]
export type GoalEvent = readonly [kind: 2, dt: number, place: number, value?: number]
export type FeedbackEvent = readonly [
  kind: 3,
  dt: number,
  place: number,
  scale: number,
  score: number,
  comment?: string | null,
  ask?: string,
]
export type AnswerEvent = readonly [kind: 4, dt: number, place: number, ask: string, answer: number | string]
export type SignalEvent = readonly [kind: 5, dt: number, place: number, name: string]
export type LinkEvent = readonly [
  kind: 6,
  dt: number,
  place: number | null,
  customer: string | null,
  code: string | null,
  proof: string | null,
]
export type AskEvent = readonly [kind: 7, dt: number, place: number, ask: string, result: number]
/** `dt`: milliseconds after the group's `at`, may be negative. `place`: index into the frame's places. */
export type WireEvent =
  | EnterEvent
  | LeaveEvent
  | GoalEvent
  | FeedbackEvent
  | AnswerEvent
  | SignalEvent
  | LinkEvent
  | AskEvent

/** Events of one visitor in one stream with consecutive sequence numbers from `seq`. `at`: ms since 1970. */
export type Group = readonly [
  visitor: string | null,
  stream: string | null,
  seq: number,
  at: number,
  events: readonly WireEvent[],
]

export type HelloFrame = readonly [
  type: 1,
  key: string | null,
  identity: number,
  visitor: string | null,
  proof: string | null,
  stream: string | null,
  agent: string,
]
export type BatchFrame = readonly [
  type: 2,
  frame: number,
  sentAt: number | null,
  places: readonly Place[],
  groups: readonly Group[],
]
/** `windows` are indexes into WINDOWS. Subscribing again under the same id starts anew with a full pulse. */
export type SubscribeFrame = readonly [type: 3, id: number, touchpoints: readonly string[], windows: readonly number[]]
export type UnsubscribeFrame = readonly [type: 4, id: number]
export type AuthFrame = readonly [type: 5, token: string]
/** Erases a visitor; nil: the connection's own. Has a number among the batches, and their ack. */
export type ForgetFrame = readonly [type: 6, frame: number, visitor: string | null]
export type ClientFrame = HelloFrame | BatchFrame | SubscribeFrame | UnsubscribeFrame | AuthFrame | ForgetFrame

export type WelcomeFrame = readonly [
  type: 64,
  visitor: string | null,
  clock: number,
  frameBytes: number,
  batchEvents: number,
  messagesPerSecond: number,
  heartbeatMs: number,
]
/** `refused`: `[frame, position, code]`, position counting the frame's events through its groups from 0. */
export type AckFrame = readonly [
  type: 65,
  frame: number,
  refused: readonly (readonly [frame: number, position: number, code: number])[],
]
export type ErrorFrame = readonly [
  type: 66,
  code: number,
  message: string,
  retryMs: number | null,
  frame: number | null,
  position: number | null,
]
export type HeartbeatFrame = readonly [type: 67, clock: number]

/**
 * One pulse as a flat row. `scales` is flat too: scale index, then its level counts, and so on; `signals`: name,
 * count, … `estimator`: index into ESTIMATORS. Figures are rounded to 6 decimals as in JSON.
 */
export type PulseRow = readonly [
  touchpoint: string,
  channel: string | null,
  stage: string | null,
  window: number,
  entered: number,
  views: number,
  active: number,
  completed: number,
  progressed: number,
  switched: number,
  dropped: number,
  unseen: number,
  recovered: number,
  troubled: number,
  dropOffRate: number | null,
  dropOffLow: number | null,
  dropOffHigh: number | null,
  dropOffN: number,
  dropOffBelieved: boolean,
  dropOffBaseline: number | null,
  score: number | null,
  scoreLow: number | null,
  scoreHigh: number | null,
  scoreN: number,
  scoreVisitors: number,
  scoreBelieved: boolean,
  scoreBaseline: number | null,
  scales: readonly number[],
  frictionRate: number | null,
  frictionLow: number | null,
  frictionHigh: number | null,
  frictionN: number,
  frictionBelieved: boolean,
  frictionBaseline: number | null,
  signals: readonly (string | number)[],
  dwellP50: number | null,
  dwellP90: number | null,
  dwellP99: number | null,
  visitors: number,
  late: number,
  pulse: number | null,
  correctedScore: number | null,
  correctedLow: number | null,
  correctedHigh: number | null,
  estimator: number,
  concentration: number | null,
  asksShown: number,
  asksDismissed: number,
  asksAnswered: number,
  asksExpired: number,
  responseRate: number | null,
  asksSaved: number,
]
/** A whole row, or flat pairs: field index, value, field index, value … */
export type PulseChange = readonly [index: number, row: PulseRow | readonly unknown[]]
/**
 * `base` null: `rows` are whole rows and replace everything. Else: changes against version `base`; an index one past
 * the last known row adds a row.
 */
export type PulseFrame = readonly [
  type: 68,
  id: number,
  version: number,
  base: number | null,
  clock: number,
  ageMs: number,
  stale: readonly number[],
  rows: readonly PulseRow[] | readonly PulseChange[],
]
/** An incident has come into a state, an index into INCIDENT_STATES, at `at` by the engine's clock, ms since 1970. */
export type IncidentFrame = readonly [type: 69, id: string, rule: string, touchpoint: string, state: number, at: number]

/** The same in several languages, flat: BCP 47 tag, text, tag, text … The first one stands for all others. */
export type Text = readonly string[]
/**
 * A question to the visitor of this connection. `form`: index into ASK_FORMS; only a choice has `options`. `validMs`: an
 * answer that comes later is refused.
 */
export type AskFrame = readonly [
  type: 70,
  id: string,
  touchpoint: string,
  form: number,
  text: Text,
  options: readonly Text[],
  comment: boolean,
  validMs: number,
]
/** A message to the visitor, and where it leads: an address and what it is called. */
export type NudgeFrame = readonly [
  type: 71,
  id: string,
  touchpoint: string,
  text: Text,
  link: readonly [href: string, text: Text] | null,
  validMs: number,
]
/** What somebody of the host answered to a comment of the visitor's. */
export type ReplyFrame = readonly [type: 72, id: string, touchpoint: string, text: string, validMs: number]
/** A comment, as GET /v1/voice tells it. `scale` is an index, an emotion's `score` its name. */
export type VoiceFrame = readonly [
  type: 73,
  id: string,
  touchpoint: string,
  at: number,
  scale: number | null,
  score: number | string | null,
  text: string,
]
export type ServerFrame =
  | WelcomeFrame
  | AckFrame
  | ErrorFrame
  | HeartbeatFrame
  | PulseFrame
  | IncidentFrame
  | AskFrame
  | NudgeFrame
  | ReplyFrame
  | VoiceFrame
