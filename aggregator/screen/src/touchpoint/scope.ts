/** What belongs to a roll-up, for reads that know touchpoints alone. */
import { SUBSCRIPTION_PATTERNS } from '@pulssi/protocol/client'
import { isTouchpoint, JOURNEY, type Place, STAGE_PREFIX } from '../model/place.js'

const CHANNEL_PREFIX = '~channel.'

export const isRollUp = (name: string): boolean => !isTouchpoint(name)

const belongs = (name: string): ((place: Place) => boolean) => {
  if (name.startsWith(STAGE_PREFIX)) return ({ stage }) => stage === name.slice(STAGE_PREFIX.length)
  if (name.startsWith(CHANNEL_PREFIX)) return ({ channel }) => channel === name.slice(CHANNEL_PREFIX.length)
  return () => false
}

/** Touchpoints that a name stands for, as patterns of a request, with room for the name itself. */
export const patternsOf = (name: string, places: Iterable<Place>): string[] => {
  if (!isRollUp(name)) return [name]
  if (name === JOURNEY) return ['*']
  const within = belongs(name)
  return [...places]
    .filter(place => isTouchpoint(place.name) && within(place))
    .map(place => place.name)
    .sort()
    .slice(0, SUBSCRIPTION_PATTERNS - 1)
}
