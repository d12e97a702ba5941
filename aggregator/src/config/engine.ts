import { ASK_FORMS } from '@pulssi/protocol'
import type { AskRule, EngineConfig, NudgeRule, TouchpointRule } from '../engine/index.js'
import type { AskConfig, Config, NudgeConfig } from './schema.js'

interface Stay {
  readonly idle?: number | undefined
  readonly grace?: number | undefined
}

const stay = ({ idle, grace }: Stay): { idleMs?: number; graceMs?: number } => ({
  ...(idle !== undefined && { idleMs: idle }),
  ...(grace !== undefined && { graceMs: grace }),
})

const askRule = ({ id, touchpoints, kind, options, reason, trigger, validFor }: AskConfig): AskRule => ({
  id,
  touchpoints: [...touchpoints],
  form: ASK_FORMS.indexOf(kind),
  options: options.length,
  reason,
  trigger: trigger.on,
  dwellMs: trigger.on === 'dwell' ? trigger.after : 0,
  signals: trigger.on === 'signal' ? [...(trigger.names ?? [])] : [],
  validMs: validFor,
})

const nudgeRule = ({ id, touchpoints, signals = [], holdout, validFor }: NudgeConfig): NudgeRule => ({
  id,
  touchpoints: [...touchpoints],
  signals: [...signals],
  validMs: validFor,
  holdout,
})

/** The part of the configuration that enters the log and changes what is counted, or who is asked. */
export const toEngineConfig = ({ journey, asks, nudges, budget }: Config): EngineConfig => ({
  idleMs: journey.idle,
  graceMs: journey.grace,
  horizonMs: journey.horizon,
  stages: [...journey.stages],
  channels: Object.fromEntries(Object.entries(journey.channels).map(([name, entry]) => [name, stay(entry)])),
  touchpoints: Object.entries(journey.touchpoints).map(
    ([pattern, { stage, channel, end, ...times }]): TouchpointRule => ({
      pattern,
      ...(stage !== undefined && { stage }),
      ...(channel !== undefined && { channel }),
      ...stay(times),
      ...(end !== undefined && { end }),
    }),
  ),
  overflow: journey.overflow,
  weights: { ...journey.weights },
  asks: asks.map(askRule),
  nudges: nudges.map(nudgeRule),
  budget: {
    sessionMs: budget.session,
    everyMs: budget.every,
    afterAnswerMs: budget.afterAnswer,
    afterDismissalMs: budget.afterDismissal,
    mostMs: budget.most,
  },
})
