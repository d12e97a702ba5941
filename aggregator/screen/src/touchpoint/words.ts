/** What the opened touchpoint says, in every language that the screen speaks. */
import type { Emotion, HistoryStep, IncidentState, Scale } from '@pulssi/protocol/client'
import { useApp } from '../store/app.js'
import { useCell } from '../store/use-cell.js'
import { touchpointEn } from '../words/touchpoint.en.js'
import { touchpointFi } from '../words/touchpoint.fi.js'
import type { Figure } from './figures.js'
import type { Standard } from './levels.js'
import type { RangeName } from './ranges.js'

export type SectionName =
  | 'history'
  | 'heat'
  | 'window'
  | 'answers'
  | 'from'
  | 'to'
  | 'left'
  | 'recovered'
  | 'signals'
  | 'reasons'
  | 'asks'
  | 'answerers'
  | 'nudges'
  | 'voices'
  | 'incidents'

/** Names of the signals that every project has; a project's own are shown as they are. */
export type KnownSignal = 'rage' | 'dead' | 'error' | 'slow' | 'back' | 'form'

interface HeadWords {
  back: string
  figures: Record<Figure, string>
  pulse: string
  active: string
  visitors: string
  dwell: string
  baseline(value: string): string
  between(low: string, high: string): string
  interval: string
  count: string
  notBelieved: string
  nothing: Record<Figure, string>
  nothingKnown: string
  rollUp: string
  unknown: string
  sections: Record<SectionName, string>
}

interface HistoryWords {
  ranges: Record<RangeName, string>
  steps: Record<HistoryStep, string>
  chooseFigure: string
  chooseRange: string
  chooseWindow: string
  chart(figure: string, range: string, step: string): string
  chartHelp: string
  legend: Record<'value' | 'interval' | 'count' | 'baseline', string>
  nothingCounted: string
  asTable: string
  time: string
  download: string
  downloading: string
  downloadFailed(reason: string): string
  noHistory: string
  missing(days: string): string
  asOf(time: string): string
  heatCaption(figure: string, zone: string): string
  heatVisits: string
  heatUnsure: string
  heatHelp: string
  /** Monday first. */
  weekdays: readonly string[]
  shortWeekdays: readonly string[]
  hour: string
  day: string
}

interface WindowWords {
  scales: Record<Scale, string>
  /** Empty where an answer says by itself which scale it is of. */
  shortScales: Record<Scale, string>
  standards: Record<Exclude<Standard, 'share'>, string> & { share: Record<Scale, string> }
  levels: {
    thumb: Record<0 | 1, string>
    smiley: Record<1 | 2 | 3 | 4, string>
    emotion: Record<Emotion, string>
  }
  level: string
  share: string
  answersNone: string
  answersUnsure: string
  movesNone: string
  movesRollUp: string
  asks: Record<'rate' | 'shown' | 'answered' | 'dismissed' | 'expired' | 'saved' | 'savedHint', string>
  nudges: Record<'nudged' | 'control' | 'effect' | 'helps' | 'harms' | 'unsure', string>
  noSignal: string
  others(count: number): string
  signalNames: Record<KnownSignal, string>
}

interface IncidentWords {
  voicesNone: string
  voicesDenied: string
  reply: ReplyWords
  more: string
  less: string
  incidentsNone: string
  incidentsDenied: string
  states: Record<IncidentState, string>
  since(moment: string, duration: string): string
  lasted(moment: string, duration: string): string
  below(figure: string, value: string): string
  above(figure: string, value: string): string
  story: Record<'firstBadMinute' | 'visitors' | 'before' | 'after' | 'reason' | 'recovered', string>
  noneKnown: string
  acknowledge: string
  acknowledging: string
  acknowledgeFailed(reason: string): string
}

interface ReplyWords extends Record<'open' | 'label' | 'send' | 'sending' | 'cancel' | 'sent', string> {
  failed(reason: string): string
}

interface StateWords {
  loading: string
  failed(reason: string): string
  unreachable: string
  retry: string
  old: string
}

export interface TouchpointWords extends HeadWords, HistoryWords, WindowWords, IncidentWords, StateWords {}

const WORDS = { en: touchpointEn, fi: touchpointFi }

export const useTouchpointWords = (): TouchpointWords => WORDS[useCell(useApp().look.language)]
