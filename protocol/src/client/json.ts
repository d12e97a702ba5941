import type { AskResult, Estimator, Scale, Window } from './messages.js'

/** The JSON of HTTP, of replay files and of what the SDK hands out: pulses, the journey, one event. */

/** One figure with its 95 % interval; all null where n is 0. */
export interface Rate {
  rate: number | null
  low: number | null
  high: number | null
  n: number
  believed: boolean
  baseline: number | null
}

export interface ScaleFigures {
  /** Answers per level, lowest score first (emotions: delighted first). */
  levels: number[]
  share?: number
  index?: number
  nps?: number
  mean?: number
  value?: number
  n: number
}

/** What a score might be if it were known from everybody, or from each voice once; null where n is 0. */
export interface Corrected {
  score: number | null
  low: number | null
  high: number | null
  estimator: Estimator
}

/** What became of asks. */
export interface AskFigures {
  shown: number
  dismissed: number
  answered: number
  expired: number
  /** answered / shown, 1 at most; null where shown is 0. */
  rate: number | null
  /** Times that a trigger held and nobody was asked. */
  saved: number
}

export interface Pulse {
  touchpoint: string
  channel: string | null
  stage: string | null
  window: Window
  /** ms since 1970 */
  clock: number
  ageMs: number
  visits: {
    entered: number
    views: number
    active: number
    completed: number
    progressed: number
    switched: number
    dropped: number
    unseen: number
    recovered: number
    troubled: number
  }
  dropOff: Rate
  sentiment: {
    score: number | null
    low: number | null
    high: number | null
    n: number
    visitors: number
    believed: boolean
    baseline: number | null
    scales: Partial<Record<Scale, ScaleFigures>>
    corrected: Corrected
    /** Greatest share of one voice among the answers that are remembered; null where n is 0. */
    concentration: number | null
  }
  friction: Rate & { signals: Record<string, number> }
  dwellMs: { p50: number | null; p90: number | null; p99: number | null }
  visitors: number
  late: number
  pulse: number | null
  asks: AskFigures
}

export interface EventTotals {
  accepted: number
  duplicates: number
  lost: number
  late: number
  tooLate: number
  rejected: number
  bots: number
}

export interface Journey {
  clock: number
  window: Window
  events: EventTotals
  pulses: Pulse[]
  transitions: { from: string; to: string; n: number }[]
}

/** One event as JSON (POST /v1/events, replay files). */
export interface JsonEvent {
  visitor: string
  stream?: string
  seq?: number
  /** ms since 1970 */
  at: number
  kind: 'enter' | 'leave' | 'goal' | 'feedback' | 'signal' | 'link' | 'ask'
  touchpoint?: string
  channel?: string
  cuts?: Record<string, string>
  value?: number
  scale?: Scale
  score?: number | string
  option?: number
  text?: string
  comment?: string
  ask?: string
  name?: string
  customer?: string
  code?: string
  proof?: string
  result?: AskResult
}
