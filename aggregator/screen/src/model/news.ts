import type { Incident } from '@pulssi/protocol/client'
import type { Words } from '../words/index.js'

/** What is new between two readings of the open incidents. */
export const newsOf = (before: readonly Incident[], now: readonly Incident[], words: Words): string[] => {
  const known = new Map(before.map(({ id, state }) => [id, state]))
  const told = now
    .filter(({ id, state }) => known.get(id) !== state && state !== 'pending')
    .map(({ rule, touchpoint, state }) => words.announce.incident(rule, touchpoint, words.incidents.state[state]))
  const open = new Set(now.map(({ id }) => id))
  const closed = before.filter(({ id, state }) => !open.has(id) && state !== 'pending').length
  return closed === 0 ? told : [...told, words.announce.closed(closed)]
}
