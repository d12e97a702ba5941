import type { AskConfig, NudgeConfig } from '../config/index.js'

/** Where one rule holds in place of another that stands behind it. */
export interface Shadow {
  readonly id: string
  /** Never: it holds at none of its moments. */
  readonly extent: 'never' | 'partly'
  /** Those that hold first. */
  readonly behind: readonly string[]
}

/** What a rule waits for: at touchpoints, for one kind of moment, by signals of these names (none: of any). */
interface Moments {
  readonly id: string
  readonly touchpoints: readonly string[]
  readonly moment: string
  readonly signals: readonly string[]
}

const stem = (pattern: string): string => (pattern.endsWith('*') ? pattern.slice(0, -1) : pattern)

/** Whether every touchpoint of `inner` is one of `outer`. */
const covers = (outer: string, inner: string): boolean =>
  outer.endsWith('*') ? stem(inner).startsWith(stem(outer)) : outer === inner

/** Whether any touchpoint is one of both. */
export const meet = (a: string, b: string): boolean => covers(a, b) || covers(b, a)

const momentsOfAsk = ({ id, touchpoints, trigger }: AskConfig): Moments => ({
  id,
  touchpoints,
  moment: trigger.on,
  signals: trigger.on === 'signal' ? (trigger.names ?? []) : [],
})

const momentsOfNudge = ({ id, touchpoints, signals = [] }: NudgeConfig): Moments => ({
  id,
  touchpoints,
  moment: 'signal',
  signals,
})

/** One pattern and one signal of a rule; '': any signal, or no signal's matter. */
const partsOf = ({ touchpoints, signals }: Moments): (readonly [pattern: string, signal: string])[] =>
  touchpoints.flatMap(pattern => (signals.length === 0 ? [''] : signals).map(signal => [pattern, signal] as const))

const takes = (signals: readonly string[], signal: string): boolean =>
  signals.length === 0 || (signal !== '' && signals.includes(signal))

const shadowOf = (rule: Moments, former: readonly Moments[]): Shadow | null => {
  const rivals = former.filter(({ moment }) => moment === rule.moment)
  const parts = partsOf(rule)
  const overlapping = rivals.filter(({ touchpoints, signals }) =>
    parts.some(
      ([pattern, signal]) =>
        (takes(signals, signal) || signal === '') && touchpoints.some(other => meet(other, pattern)),
    ),
  )
  if (overlapping.length === 0) return null
  const isTaken = ([pattern, signal]: readonly [string, string]): boolean =>
    overlapping.some(
      ({ touchpoints, signals }) => takes(signals, signal) && touchpoints.some(other => covers(other, pattern)),
    )
  return { id: rule.id, extent: parts.every(isTaken) ? 'never' : 'partly', behind: overlapping.map(({ id }) => id) }
}

const shadowsOf = (rules: readonly Moments[]): Shadow[] =>
  rules.flatMap((rule, index) => shadowOf(rule, rules.slice(0, index)) ?? [])

/** Asks that never or not everywhere hold: at each moment it is the first that fits. The host asks by id, at any time. */
export const askShadows = (asks: readonly AskConfig[]): Shadow[] =>
  shadowsOf(asks.map(momentsOfAsk).filter(({ moment }) => moment !== 'host'))

/** The same of nudges. */
export const nudgeShadows = (nudges: readonly NudgeConfig[]): Shadow[] => shadowsOf(nudges.map(momentsOfNudge))

/** Touchpoints of a rule that no entry of the map names; a pattern counts as named where an entry lies within it. */
export const unmapped = (touchpoints: readonly string[], map: readonly string[]): string[] =>
  touchpoints.filter(pattern => !map.some(entry => meet(entry, pattern)))
