import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { anyWindows } from '../testing/pulses.js'
import { changeOf, FIGURES, SHOWN_WINDOWS, shortestFirst, shownFigure, shownPulse } from './figure.js'

const place = (window: string): number => (SHOWN_WINDOWS as readonly string[]).indexOf(window)

describe('the window of a figure', () => {
  test('is the shortest that believes it, and the longest where none does', () => {
    fc.assert(
      fc.property(anyWindows('a'), fc.constantFrom(...FIGURES), (windows, name) => {
        const pulses = shortestFirst(windows)
        const shown = shownFigure(pulses, name)
        const believing = pulses.filter(pulse => pulse[name].believed)
        if (believing.length === 0) {
          expect(shown).toMatchObject({ believed: false, window: pulses.at(-1)?.window })
        } else {
          expect(shown?.believed).toBe(true)
          for (const { window } of believing) expect(place(shown?.window ?? '')).toBeLessThanOrEqual(place(window))
        }
      }),
    )
  })

  test('of a pulse is the shortest in which every part that is known is believed', () => {
    fc.assert(
      fc.property(anyWindows('a'), windows => {
        const pulses = shortestFirst(windows)
        const known = FIGURES.filter(name => (pulses.at(-1)?.[name].n ?? 0) > 0)
        const holding = pulses.filter(pulse => known.length > 0 && known.every(name => pulse[name].believed))
        const shown = shownPulse(pulses)
        expect(shown?.believed).toBe(holding.length > 0)
        expect(shown?.window).toBe((holding[0] ?? pulses.at(-1))?.window)
      }),
    )
  })

  test('is none where nothing came', () => {
    expect(shownFigure([], 'dropOff')).toBeUndefined()
    expect(shownPulse([])).toBeUndefined()
  })
})

describe('a change', () => {
  const figure = { window: '5m', value: 0.4, low: 0.3, high: 0.5, n: 90, believed: true, baseline: 0.1 } as const

  test('is told of a believed figure whose whole interval lies beyond its baseline, and of no other', () => {
    fc.assert(
      fc.property(anyWindows('a'), fc.constantFrom(...FIGURES), (windows, name) => {
        const shown = shownFigure(shortestFirst(windows), name)
        if (shown === undefined) return
        const { low, high, baseline, believed } = shown
        const isBeyond = low !== null && high !== null && baseline !== null && (low > baseline || high < baseline)
        expect(changeOf(name, shown) !== null).toBe(believed && isBeyond)
      }),
    )
  })

  test('higher is worse for rates and better for a score', () => {
    expect(changeOf('dropOff', figure)).toMatchObject({ direction: 'worse' })
    expect(changeOf('friction', { ...figure, baseline: 0.9 })).toMatchObject({ direction: 'better' })
    expect(changeOf('sentiment', figure)).toMatchObject({ direction: 'better' })
    expect(changeOf('sentiment', { ...figure, baseline: 0.9 })).toMatchObject({ direction: 'worse' })
  })

  test('is as far as the near end of its interval, as a share of the scale', () => {
    expect(changeOf('dropOff', figure)?.distance).toBeCloseTo(0.2)
    expect(changeOf('sentiment', figure)?.distance).toBeCloseTo(0.1)
  })

  test('is not told of what touches its baseline or is not believed', () => {
    expect(changeOf('dropOff', { ...figure, baseline: 0.3 })).toBeNull()
    expect(changeOf('dropOff', { ...figure, believed: false })).toBeNull()
    expect(changeOf('dropOff', { ...figure, baseline: null })).toBeNull()
  })
})
