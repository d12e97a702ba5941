/** Which window a figure stands in, and how it lies beside its baseline. */
import type { Pulse, Window } from '@pulssi/sdk/live'

export const FIGURES = ['dropOff', 'sentiment', 'friction'] as const
export type FigureName = (typeof FIGURES)[number]

/** Shortest first; `total` stands for what none of the others believes. */
export const SHOWN_WINDOWS: readonly Window[] = ['1m', '5m', '15m', '1h', '24h', 'total']

/** One figure in one window; value, low and high are null where n is 0. */
export interface Figure {
  readonly window: Window
  readonly value: number | null
  readonly low: number | null
  readonly high: number | null
  readonly n: number
  readonly believed: boolean
  readonly baseline: number | null
}

export interface PulseFigure {
  readonly window: Window
  readonly value: number | null
  readonly believed: boolean
}

/** The pulses of one touchpoint by window, as far as they have come. */
export type Windows = Readonly<Partial<Record<Window, Pulse>>>

export const figureIn = (pulse: Pulse, name: FigureName): Figure => {
  const part = pulse[name]
  const { low, high, n, believed, baseline } = part
  return { window: pulse.window, value: 'score' in part ? part.score : part.rate, low, high, n, believed, baseline }
}

/** Pulses from the shortest window to the longest. */
export const shortestFirst = (windows: Windows): Pulse[] =>
  SHOWN_WINDOWS.flatMap(window => {
    const pulse = windows[window]
    return pulse === undefined ? [] : [pulse]
  })

/** In the shortest window that believes it, else in the longest. undefined: no pulse has come. */
export const shownFigure = (pulses: readonly Pulse[], name: FigureName): Figure | undefined => {
  const found = pulses.find(pulse => pulse[name].believed) ?? pulses.at(-1)
  return found && figureIn(found, name)
}

/**
 * A pulse is as good as its parts: its window is the shortest one in which each part that is known at all is believed,
 * so that it doesn't swing between windows with and without answers.
 */
export const shownPulse = (pulses: readonly Pulse[]): PulseFigure | undefined => {
  const longest = pulses.at(-1)
  if (longest === undefined) return undefined
  const known = FIGURES.filter(name => longest[name].n > 0)
  const found = known.length === 0 ? undefined : pulses.find(pulse => known.every(name => pulse[name].believed))
  const { window, pulse } = found ?? longest
  return { window, value: pulse, believed: found !== undefined }
}

export type Direction = 'worse' | 'better'

const HIGHER_IS_WORSE: Readonly<Record<FigureName, boolean>> = { dropOff: true, sentiment: false, friction: true }
/** Length of a figure's scale, so that distances on different scales can be compared. */
const SPAN: Readonly<Record<FigureName, number>> = { dropOff: 1, sentiment: 2, friction: 1 }

/** A believed figure whose whole interval lies beyond its baseline. */
export interface Change {
  readonly figure: FigureName
  readonly direction: Direction
  readonly window: Window
  readonly value: number
  readonly baseline: number
  /** How far the near end of the interval lies from the baseline, as a share of the scale. */
  readonly distance: number
}

/** null: it isn't believed, has no baseline, or its interval holds the baseline. */
export const changeOf = (name: FigureName, figure: Figure): Change | null => {
  const { value, low, high, baseline, believed, window } = figure
  if (!believed || value === null || low === null || high === null || baseline === null) return null
  const distance = Math.max(low - baseline, baseline - high) / SPAN[name]
  if (distance <= 0) return null
  const isHigher = low > baseline
  const direction = isHigher === HIGHER_IS_WORSE[name] ? 'worse' : 'better'
  return { figure: name, direction, window, value, baseline, distance }
}
