import type { Figure } from './figures.js'
import type { HeatCell } from './heat.js'

/** Steps of colour on either side; what lies between two of them looks the same. */
export const SHADES = 4

/** −SHADES to SHADES where a figure has a good and a bad side, else 1 to SHADES. */
export type ShadeOf = (value: number) => number

export interface Shading {
  readonly shadeOf: ShadeOf
  /** What the first and the last shade stand for. */
  readonly from: number
  readonly to: number
}

/** Scaled to the cells behind which more than a few stand, so that small differences show; null where there are none. */
export const shadingOf = (cells: readonly (readonly HeatCell[])[], figure: Figure): Shading | null => {
  const values = cells.flat().flatMap(({ value, belief }) => (belief !== 'few' && value !== null ? [value] : []))
  if (values.length === 0) return null
  if (figure === 'sentiment') {
    const reach = Math.max(...values.map(Math.abs)) || 1
    return { from: -reach, to: reach, shadeOf: value => clamp(Math.round((value / reach) * SHADES), -SHADES) }
  }
  const from = Math.min(...values)
  const to = Math.max(...values)
  const width = to - from || 1
  return { from, to, shadeOf: value => clamp(1 + Math.floor(((value - from) / width) * SHADES), 1) }
}

const clamp = (shade: number, low: number): number => Math.max(low, Math.min(SHADES, shade)) + 0
