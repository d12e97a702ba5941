/** What the screen shows of one touchpoint or roll-up. */
import type { Pulse, Window } from '@pulssi/sdk/live'
import {
  type Change,
  changeOf,
  FIGURES,
  type Figure,
  type FigureName,
  type PulseFigure,
  shortestFirst,
  shownFigure,
  shownPulse,
  type Windows,
} from './figure.js'

/** Whether its believed figures lie beyond their baselines. `unknown`: none is believed, or none has a baseline. */
export type Trend = { readonly state: 'changed'; readonly change: Change } | { readonly state: 'steady' | 'unknown' }

export interface Place {
  readonly name: string
  readonly channel: string | null
  readonly stage: string | null
  /** Visits that are open now. */
  readonly active: number
  readonly pulse: PulseFigure
  readonly dropOff: Figure
  readonly sentiment: Figure
  readonly friction: Figure
  readonly trend: Trend
  /** All changes, most telling first. */
  readonly changes: readonly Change[]
  readonly windows: Windows
}

export const JOURNEY = '~journey'
export const STAGE_PREFIX = '~stage.'
export const OTHER = '~other'

/** Touchpoints, and what has no place of its own; no sums over touchpoints. */
export const isTouchpoint = (name: string): boolean => !name.startsWith('~') || name === OTHER

/** What is worse comes before what is better, then the farther from its baseline. */
export const byWeight = (a: Change, b: Change): number =>
  Number(a.direction === 'better') - Number(b.direction === 'better') || b.distance - a.distance

const trendOf = (figures: readonly Figure[], changes: readonly Change[]): Trend => {
  const [change] = changes
  if (change !== undefined) return { state: 'changed', change }
  return { state: figures.some(figure => figure.believed && figure.baseline !== null) ? 'steady' : 'unknown' }
}

/** undefined: no pulse of it has come. */
export const placeOf = (name: string, windows: Windows): Place | undefined => {
  const pulses = shortestFirst(windows)
  const longest = pulses.at(-1)
  const pulse = shownPulse(pulses)
  const [dropOff, sentiment, friction] = FIGURES.map(figure => shownFigure(pulses, figure))
  if (!longest || !pulse || !dropOff || !sentiment || !friction) return undefined
  const named: [FigureName, Figure][] = [
    ['dropOff', dropOff],
    ['sentiment', sentiment],
    ['friction', friction],
  ]
  const changes = named.flatMap(([figure, shown]) => changeOf(figure, shown) ?? []).sort(byWeight)
  const trend = trendOf([dropOff, sentiment, friction], changes)
  const { channel, stage } = longest
  const { active } = longest.visits
  return { name, channel, stage, active, pulse, dropOff, sentiment, friction, trend, changes, windows }
}

/** Visits lost for good so far: drops whose visitor didn't come back, in the window of the drop-off. */
export interface Lost {
  readonly window: Window
  readonly visits: number
}

export const lostOf = (place: Place): Lost => {
  const { window } = place.dropOff
  const visits: Pulse['visits'] | undefined = place.windows[window]?.visits
  // Visitors who dropped before the window may come back in it.
  return { window, visits: Math.max(0, (visits?.dropped ?? 0) - (visits?.recovered ?? 0)) }
}
