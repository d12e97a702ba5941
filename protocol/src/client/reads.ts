/** What the server answers to reads, beside pulses and journeys, as JSON. Times are ms since 1970. */
import type { AskFigures, ScaleFigures } from './json.js'
import type { Scale, Window } from './messages.js'

/** GET /v1/project: what a screen must know to draw the journey. */
export interface Project {
  project: string
  version: string
  /** In the order in which a journey passes them. */
  stages: string[]
  /** What the caller may read. */
  scopes: string[]
  /** Weights of the parts of a pulse. */
  weights: { sentiment: number; dropOff: number; friction: number }
}

/** GET /v1/touchpoint: what a pulse doesn't say of one touchpoint or roll-up in one window. Most first. */
export interface Detail {
  clock: number
  touchpoint: string
  window: Window
  /** Where visits came from, and went on to. Empty for a roll-up. */
  from: { touchpoint: string; n: number }[]
  to: { touchpoint: string; n: number }[]
  /** Drops by the last signal of the visit; null: there was none. */
  left: { signal: string | null; n: number }[]
  /** Drops whose visitor came back, by the channel of that visit. */
  recovered: { channel: string; n: number }[]
  /** Drops by the reason that the visitor stated: an ask's id, a dot, the option's index; `text`: what it says now. */
  reasons: { reason: string; text?: string; n: number }[]
}

/** GET /v1/voice: a comment, scrubbed. */
export interface Voice {
  /** The same at every gateway and for ever; says nothing of the person. */
  id: string
  touchpoint: string
  at: number
  /** null where it answers an ask in words. */
  scale: Scale | null
  /** As in an event: a number, or an emotion's name. */
  score: number | string | null
  text: string
}

export interface HistoryRate {
  rate: number | null
  low: number | null
  high: number | null
  n: number
}

/** GET /v1/history: one touchpoint or roll-up in one step of time. What was counted, without any person. */
export interface HistoryRow {
  touchpoint: string
  /** Inclusive, exclusive. */
  from: number
  to: number
  visits: {
    entered: number
    views: number
    completed: number
    progressed: number
    switched: number
    dropped: number
    unseen: number
    recovered: number
    troubled: number
  }
  dropOff: HistoryRate
  sentiment: {
    score: number | null
    low: number | null
    high: number | null
    n: number
    scales: Partial<Record<Scale, ScaleFigures>>
  }
  friction: HistoryRate & { signals: Record<string, number> }
  dwellMs: { p50: number | null; p90: number | null; p99: number | null }
  pulse: number | null
  asks: AskFigures
}

/** `quarter`: 15 min, of the last 48 h alone. */
export const HISTORY_STEPS = ['quarter', 'hour', 'day', 'week'] as const
export type HistoryStep = (typeof HISTORY_STEPS)[number]

export interface History {
  clock: number
  step: HistoryStep
  /** IANA name of the time zone in which days and weeks begin. Weeks begin on Monday. */
  zone: string
  from: number
  to: number
  /** By touchpoint, then time; a step in which nothing was counted has no row. */
  rows: HistoryRow[]
  /** UTC days, `YYYY-MM-DD`, of which stored rows are lost: steps that reach into the loss have no row. Absent: none. */
  missing?: string[]
}

export const INCIDENT_STATES = ['pending', 'firing', 'acknowledged', 'resolved'] as const
export type IncidentState = (typeof INCIDENT_STATES)[number]

/** GET /v1/incidents, and what a hook tells. */
export interface Incident {
  id: string
  rule: string
  touchpoint: string
  figure: 'sentiment' | 'dropOff' | 'friction'
  below: number | null
  above: number | null
  state: IncidentState
  /** Since when the rule has held, without a break. */
  since: number
  firedAt: number | null
  acknowledgedAt: number | null
  resolvedAt: number | null
  /** The window in which the rule held last, and the figure there. */
  window: Window
  value: number | null
  low: number | null
  high: number | null
  n: number
  story: Story
}

/** What whoever gets out of bed wants to know first. */
export interface Story {
  /** Beginning of the first minute that was bad, and the distinct visitors of the window. */
  firstBadMinute: number
  visitors: number
  /** The most frequent step before and after; null: none is known. */
  before: string | null
  after: string | null
  /** The most frequent last signal of those who left; null: they left without one. */
  reason: string | null
  /** Drops whose visitor came back, over all drops of the window; null: nobody dropped. */
  recovered: number | null
}
