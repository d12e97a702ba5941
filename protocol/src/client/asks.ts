/** What GET /v1/asks tells, in the configuration's own form with every default filled in; durations such as "10m". */
import type { AskForm } from './messages.js'

/** Language → text; the first one stands for every language that is missing. */
export type TextByLanguage = Readonly<Record<string, string>>

export interface ConfiguredAsk {
  id: string
  touchpoints: string[]
  kind: AskForm
  text: TextByLanguage
  /** Empty but for a choice. */
  options: TextByLanguage[]
  /** The option chosen says why the visitor left. */
  reason: boolean
  comment: boolean
  /** `after`: of `dwell`; `names`: of `signal`, where not any signal will do. */
  trigger: { on: 'sample' | 'dwell' | 'signal' | 'leave' | 'goal' | 'host'; after?: string; names?: string[] }
  validFor: string
}

export interface ConfiguredNudge {
  id: string
  touchpoints: string[]
  text: TextByLanguage
  link: { href: string; text: TextByLanguage } | null
  /** Empty: any. */
  signals: string[]
  /** Share of the visitors who are left alone. */
  holdout: number
  validFor: string
}

export interface ConfiguredAsks {
  asks: ConfiguredAsk[]
  nudges: ConfiguredNudge[]
}
