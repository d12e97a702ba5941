import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { FIGURES } from './figures.js'
import type { HeatCell } from './heat.js'
import { SHADES, shadingOf } from './shades.js'

const cells = fc
  .array(
    fc.record({
      value: fc.double({ min: -1, max: 1, noNaN: true }),
      belief: fc.constantFrom('sure' as const, 'unsure' as const, 'few' as const),
    }),
    { maxLength: 30 },
  )
  .map(made => [made.map(cell => ({ ...cell, weekday: 0, hour: 0, low: null, high: null, n: 9 }) satisfies HeatCell)])

describe('shades', () => {
  it('stay within their steps and grow with the value', () => {
    fc.assert(
      fc.property(cells, fc.constantFrom(...FIGURES), (given, figure) => {
        const shading = shadingOf(given, figure)
        const values = given
          .flat()
          .filter(({ belief }) => belief !== 'few')
          .map(({ value }) => value)
          .sort((a, b) => a - b)
        if (shading === null) {
          expect(values).toEqual([])
          return
        }
        const shades = values.map(shading.shadeOf)
        for (const [at, shade] of shades.entries()) {
          expect(shade).toBeGreaterThanOrEqual(figure === 'sentiment' ? -SHADES : 1)
          expect(shade).toBeLessThanOrEqual(SHADES)
          if (at > 0) expect(shade).toBeGreaterThanOrEqual(shades[at - 1] ?? 0)
        }
      }),
    )
  })

  it('keep the sides of sentiment apart', () => {
    const cell = (value: number): HeatCell => ({
      weekday: 0,
      hour: 0,
      value,
      low: null,
      high: null,
      n: 9,
      belief: 'sure',
    })
    const shading = shadingOf([[cell(-0.1), cell(0.4)]], 'sentiment')
    expect(shading).toMatchObject({ from: -0.4, to: 0.4 })
    expect([-0.4, -0.1, 0, 0.1, 0.4].map(value => shading?.shadeOf(value))).toEqual([-4, -1, 0, 1, 4])
  })
})
