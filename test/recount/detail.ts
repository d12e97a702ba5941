import type { Detail, Voice, Window } from '@pulssi/protocol/client'
import type { Recount } from './recount.js'
import { inWindow } from './tally.js'

const VOICES = 20
const VOICE_DAYS = 30
const DAY_MS = 86_400_000
const FEW = 5

/** Most first, then by name. */
const ranking = (names: readonly string[]): [name: string, n: number][] => {
  const counts = new Map<string, number>()
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1)
  return [...counts].sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1))
}

/** N22, N35: what is counted of a touchpoint beside its pulse. */
export const detailOf = (recount: Recount, touchpoint: string, window: Window): Detail => {
  const within = inWindow(window, recount.judged.clock)
  const facts = (name: string) => recount.facts(name).filter(({ time }) => within(time))
  const own = facts(touchpoint)
  const steps = (names: readonly string[]) => ranking(names).map(([name, n]) => ({ touchpoint: name, n }))
  const to = own.flatMap(fact => (fact.what === 'transition' ? [fact.to] : []))
  const from = recount.touchpoints.flatMap(name =>
    facts(name).flatMap(fact => (fact.what === 'transition' && fact.to === touchpoint ? [name] : [])),
  )
  const left = own.flatMap(fact => (fact.what === 'left' ? [fact.signal ?? ''] : []))
  const returned = own.flatMap(fact => (fact.what === 'returned' ? [fact.channel] : []))
  return {
    clock: recount.judged.clock,
    touchpoint,
    window,
    from: steps(from),
    to: steps(to),
    left: ranking(left).map(([signal, n]) => ({ signal: signal === '' ? null : signal, n })),
    recovered: ranking(returned).map(([channel, n]) => ({ channel, n })),
    reasons: [],
  }
}

type Said = Pick<Voice, 'at' | 'scale' | 'text'>

/** N23: the newest comments, newest first; at one instant by text. */
export const voicesOf = (recount: Recount, touchpoint: string): Said[] => {
  const visitors = new Set<string>()
  for (const fact of recount.facts(touchpoint)) if (fact.what === 'named') visitors.add(fact.visitor)
  if (visitors.size < FEW) return []
  return recount
    .facts(touchpoint)
    .flatMap(fact => (fact.what === 'spoken' ? [{ at: fact.time, scale: fact.scale, text: fact.text }] : []))
    .filter(({ at }) => at > recount.judged.clock - VOICE_DAYS * DAY_MS)
    .sort(inOrder)
    .slice(0, VOICES)
}

export const inOrder = (a: Said, b: Said): number => b.at - a.at || (a.text < b.text ? -1 : 1)
