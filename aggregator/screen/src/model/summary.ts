/** What the upper two levels show: what changed, and which stage is critical. */
import type { Change } from './figure.js'
import { byWeight, isTouchpoint, type Place, STAGE_PREFIX } from './place.js'

export interface Changed {
  readonly name: string
  readonly change: Change
}

/** The most telling change of each touchpoint; what is worse first, then by distance. */
export const changedPlaces = (places: Iterable<Place>): Changed[] => {
  const found: Changed[] = []
  for (const { name, changes } of places) {
    const [change] = changes
    if (change !== undefined && isTouchpoint(name)) found.push({ name, change })
  }
  return found.sort((a, b) => byWeight(a.change, b.change) || (a.name < b.name ? -1 : 1))
}

export interface Stage {
  readonly name: string
  /** null: nothing has come of it yet. */
  readonly place: Place | null
  readonly isCritical: boolean
}

const FEWEST = 2

/**
 * The stages in their order, then those that the order doesn't know, by name. Critical is the one with the lowest
 * believed pulse, where there are others to compare it with.
 */
export const stagesOf = (places: ReadonlyMap<string, Place>, order: readonly string[]): Stage[] => {
  const known = new Set(order)
  const others = [...places.keys()]
    .filter(name => name.startsWith(STAGE_PREFIX))
    .map(name => name.slice(STAGE_PREFIX.length))
    .filter(name => !known.has(name))
    .sort()
  const stages = [...order, ...others].map(name => ({ name, place: places.get(STAGE_PREFIX + name) ?? null }))
  const believed = stages.filter(({ place }) => place?.pulse.believed && place.pulse.value !== null)
  const lowest = Math.min(...believed.map(({ place }) => place?.pulse.value ?? 0))
  const critical =
    believed.length < FEWEST ? undefined : believed.find(({ place }) => place?.pulse.value === lowest)?.name
  return stages.map(stage => ({ ...stage, isCritical: stage.name === critical }))
}
