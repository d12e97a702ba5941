/** Which touchpoints stand in the list, and where. */
import { isTouchpoint, type Place } from './place.js'

export interface Filter {
  /** A part of the name. */
  readonly text: string
  /** null: all; '': those without one. */
  readonly stage: string | null
  readonly channel: string | null
}

export const EVERYTHING: Filter = { text: '', stage: null, channel: null }

export const matches = (place: Place, { text, stage, channel }: Filter): boolean =>
  place.name.includes(text.trim().toLowerCase()) &&
  (stage === null || (place.stage ?? '') === stage) &&
  (channel === null || (place.channel ?? '') === channel)

const byName = (a: Place, b: Place): number => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0)

const rank = (place: Place, troubled: ReadonlySet<string>): number => {
  if (troubled.has(place.name)) return 0
  if (place.pulse.value === null) return 3
  return place.pulse.believed ? 1 : 2
}

/**
 * Open incidents lead. One angry visitor doesn't: what is believed comes before what isn't, and what has no pulse comes
 * last. `troubled`: touchpoints with an open incident.
 */
export const worstFirst = (places: Iterable<Place>, troubled: ReadonlySet<string>): Place[] =>
  [...places]
    .filter(place => isTouchpoint(place.name))
    .sort(
      (a, b) => rank(a, troubled) - rank(b, troubled) || (a.pulse.value ?? 0) - (b.pulse.value ?? 0) || byName(a, b),
    )

/** In the order that is held, what is new behind it; null: none is held. */
export const inHeldOrder = (sorted: readonly Place[], held: readonly string[] | null): readonly Place[] => {
  if (held === null) return sorted
  const byName = new Map(sorted.map(place => [place.name, place]))
  const kept = held.flatMap(name => byName.get(name) ?? [])
  const known = new Set(held)
  return [...kept, ...sorted.filter(place => !known.has(place.name))]
}

/** Values that occur, sorted; '' stands for none. */
export const valuesOf = (places: Iterable<Place>, of: (place: Place) => string | null): string[] => {
  const found = new Set<string>()
  for (const place of places) if (isTouchpoint(place.name)) found.add(of(place) ?? '')
  return [...found].sort()
}
