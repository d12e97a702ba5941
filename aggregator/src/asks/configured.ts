import type { ConfiguredAsk, ConfiguredAsks, ConfiguredNudge } from '@pulssi/protocol/client'
import { type AskConfig, formatDuration, type NudgeConfig } from '../config/index.js'
import { meet } from './coverage.js'
import type { Told } from './words.js'

const triggerOf = ({ trigger }: AskConfig): ConfiguredAsk['trigger'] => ({
  on: trigger.on,
  ...(trigger.on === 'dwell' && { after: formatDuration(trigger.after) }),
  ...(trigger.on === 'signal' && trigger.names !== undefined && { names: [...trigger.names] }),
})

const askOf = (ask: AskConfig): ConfiguredAsk => ({
  id: ask.id,
  touchpoints: [...ask.touchpoints],
  kind: ask.kind,
  text: ask.text,
  options: [...ask.options],
  reason: ask.reason,
  comment: ask.comment,
  trigger: triggerOf(ask),
  validFor: formatDuration(ask.validFor),
})

const nudgeOf = ({ id, touchpoints, text, link, signals, holdout, validFor }: NudgeConfig): ConfiguredNudge => ({
  id,
  touchpoints: [...touchpoints],
  text,
  link: link ?? null,
  signals: [...(signals ?? [])],
  holdout,
  validFor: formatDuration(validFor),
})

/** Asks and nudges as everybody is told of them. */
export const configuredAsks = ({ asks, nudges }: Told): ConfiguredAsks => ({
  asks: asks.map(askOf),
  nudges: nudges.map(nudgeOf),
})

const within = <Rule extends { touchpoints: string[] }>(rules: readonly Rule[], patterns: readonly string[]): Rule[] =>
  rules.flatMap(rule => {
    const touchpoints = rule.touchpoints.filter(each => patterns.some(pattern => meet(pattern, each)))
    return touchpoints.length === 0 ? [] : [{ ...rule, touchpoints }]
  })

/** Those that touchpoints of these patterns know, with these touchpoints alone. */
export const configuredFor = (told: Told, patterns: readonly string[]): ConfiguredAsks => {
  const { asks, nudges } = configuredAsks(told)
  return { asks: within(asks, patterns), nudges: within(nudges, patterns) }
}
