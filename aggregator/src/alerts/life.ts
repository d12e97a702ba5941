import type { Incident } from '@pulssi/protocol/client'
import type { Rule } from '../config/index.js'
import type { Seen, Verdict } from './verdict.js'

/**
 * One incident's life, without clock and chance. For each rule and touchpoint at most one is open:
 *
 * * `pending`: the rule holds, but not for long enough yet. Left by that, as `firing`; or as soon as it holds no more,
 *   and then it never was.
 * * `firing`, and `acknowledged` once somebody has said so. Left, as `resolved`, when all was calm for the rule's
 *   `clear` without a break.
 * * `resolved`: over. What comes next is another incident.
 */
export interface Open {
  readonly incident: Incident
  /** Since when all has been calm; null: it isn't. */
  readonly calmSince: number | null
}

/** What an incident comes out of. Times are the engine's, ms since 1970. */
export interface Moment {
  readonly now: number
  /** Nobody looked for a while before: what stood then may not have stood since. */
  readonly isGap: boolean
}

export interface Target {
  readonly rule: Rule
  readonly touchpoint: string
  /** Of the incident that may open now. */
  readonly newId: () => string
}

/** `changed`: the incident has another state than before. */
export interface Stepped {
  readonly open: Open | null
  readonly changed: Incident | null
}

const NOTHING: Stepped = { open: null, changed: null }
const MINUTE_MS = 60_000

const figureOf = ({
  window,
  value,
  low,
  high,
  n,
}: Seen): Pick<Incident, 'window' | 'value' | 'low' | 'high' | 'n'> => ({
  window,
  value,
  low,
  high,
  n,
})

const opened = ({ rule, touchpoint, newId }: Target, seen: Seen, now: number): Incident => ({
  id: newId(),
  rule: rule.name,
  touchpoint,
  figure: rule.figure,
  below: rule.below ?? null,
  above: rule.above ?? null,
  state: 'pending',
  since: now,
  firedAt: null,
  acknowledgedAt: null,
  resolvedAt: null,
  ...figureOf(seen),
  story: {
    firstBadMinute: now - (now % MINUTE_MS),
    visitors: seen.visitors,
    before: null,
    after: null,
    reason: null,
    recovered: null,
  },
})

const resolved = (incident: Incident, now: number): Stepped => ({
  open: null,
  changed: { ...incident, state: 'resolved', resolvedAt: now },
})

const held = (incident: Incident, { rule }: Target, now: number, isNew: boolean): Stepped => {
  if (now - incident.since < rule.for) return { open: { incident, calmSince: null }, changed: isNew ? incident : null }
  const firing: Incident = { ...incident, state: 'firing', firedAt: now }
  return { open: { incident: firing, calmSince: null }, changed: firing }
}

const bad = (open: Open | null, target: Target, seen: Seen, { now, isGap }: Moment): Stepped => {
  if (open === null) return held(opened(target, seen, now), target, now, true)
  const { incident } = open
  const story = { ...incident.story, visitors: seen.visitors }
  const updated: Incident = { ...incident, ...figureOf(seen), story }
  if (incident.state !== 'pending') return { open: { incident: updated, calmSince: null }, changed: null }
  return held(isGap ? { ...updated, since: now } : updated, target, now, false)
}

/** What becomes of the incident of a rule and touchpoint. */
export const step = (open: Open | null, verdict: Verdict, target: Target, moment: Moment): Stepped => {
  const { now, isGap } = moment
  if (verdict.type === 'bad') return bad(open, target, verdict.seen, moment)
  if (open === null) return NOTHING
  const { incident } = open
  if (incident.state === 'pending') return resolved(incident, now)
  if (verdict.type === 'unsure') return { open: { incident, calmSince: null }, changed: null }
  const calmSince = isGap ? now : (open.calmSince ?? now)
  if (now - calmSince >= target.rule.clear) return resolved(incident, now)
  return { open: { incident, calmSince }, changed: null }
}

/** Its rule or its touchpoint is watched no more. */
export const ended = ({ incident }: Open, now: number): Incident => ({
  ...incident,
  state: 'resolved',
  resolvedAt: now,
})

/** Somebody looks after it. null: it isn't firing. */
export const acknowledged = (open: Open, now: number): Open | null => {
  const { incident } = open
  if (incident.state === 'acknowledged') return open
  if (incident.state !== 'firing') return null
  return { ...open, incident: { ...incident, state: 'acknowledged', acknowledgedAt: now } }
}
