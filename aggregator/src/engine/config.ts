/** What the engine knows of the project's configuration. It enters through the log, as a `config` record. */
export interface EngineConfig {
  /** Times in ms. */
  idleMs: number
  /** Grace after a `leave` on `web` and `app`; elsewhere a visit keeps its idle time. */
  graceMs: number
  horizonMs: number
  stages: string[]
  channels: Record<string, { idleMs?: number; graceMs?: number }>
  /** The map. The longest matching pattern wins and holds whole; a full name beats a pattern. */
  touchpoints: TouchpointRule[]
  /** What happens to a touchpoint that the map doesn't know once their places are taken. */
  overflow: 'other' | 'refuse'
  /** Parts of the pulse 0–100; they need not sum to 1. */
  weights: { sentiment: number; dropOff: number; friction: number }
  asks: AskRule[]
  nudges: NudgeRule[]
  budget: AskBudget
}

/** What makes a moment in which a visitor may be asked. `sample`: every visit's beginning; `host`: the host says so. */
export const TRIGGERS = ['sample', 'dwell', 'signal', 'leave', 'goal', 'host'] as const
export type Trigger = (typeof TRIGGERS)[number]

/** What decides about an ask; its words are the gateway's. The first rule that fits a moment holds. */
export interface AskRule {
  /** ASK_ID */
  id: string
  /** Touchpoints' names, or beginnings of such followed by `*`. */
  touchpoints: string[]
  /** Index into ASK_FORMS. */
  form: number
  /** How many there are; 0 but for a choice. */
  options: number
  /** The option chosen says why the visitor left. */
  reason: boolean
  trigger: Trigger
  /** Of `dwell`: how long the visit has lasted, ms; else 0. */
  dwellMs: number
  /** Of `signal`: their names; none: any. */
  signals: string[]
  /** How long an answer is taken, ms. */
  validMs: number
}

/** What pushes a message to a visitor in trouble, where the touchpoint is getting worse. */
export interface NudgeRule {
  id: string
  touchpoints: string[]
  /** None: any. */
  signals: string[]
  validMs: number
  /** Share of the visitors who are left alone, so that the effect is known: from 0.05 to 0.95. */
  holdout: number
}

/** How often one person may be asked, over all devices and channels that are known to be theirs. Times in ms. */
export interface AskBudget {
  /** A person is asked once until so long passes without an event of theirs. */
  sessionMs: number
  /** From one ask to the next. */
  everyMs: number
  /** From an answer to the next ask. */
  afterAnswerMs: number
  /** From a dismissal to the next ask; doubled with each dismissal since the last answer, up to `mostMs`. */
  afterDismissalMs: number
  mostMs: number
}

export interface TouchpointRule {
  /** A touchpoint's name, or the start of one followed by `*`. */
  pattern: string
  stage?: string
  channel?: string
  idleMs?: number
  graceMs?: number
  end?: boolean
}

export const DEFAULT_CONFIG: EngineConfig = {
  idleMs: 30 * 60_000,
  graceMs: 30_000,
  horizonMs: 48 * 3_600_000,
  stages: ['attract', 'convert', 'close', 'advocate'],
  channels: {},
  touchpoints: [],
  overflow: 'other',
  weights: { sentiment: 0.5, dropOff: 0.3, friction: 0.2 },
  asks: [],
  nudges: [],
  budget: {
    sessionMs: 30 * 60_000,
    everyMs: 7 * 24 * 3_600_000,
    afterAnswerMs: 30 * 24 * 3_600_000,
    afterDismissalMs: 14 * 24 * 3_600_000,
    mostMs: 180 * 24 * 3_600_000,
  },
}
