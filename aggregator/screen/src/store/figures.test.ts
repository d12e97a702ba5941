import type { Pulse, Update } from '@pulssi/sdk/live'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { pulseOf } from '../testing/pulses.js'
import { createFigures } from './figures.js'

const CLOCK = 1_732_250_000_000
const part = { value: 0.5, low: 0.4, high: 0.6, n: 50, believed: true, baseline: null }
const pulse = (name: string, value = 50): Pulse => pulseOf(name, '5m', [part, part, part], value)
const update = (pulses: readonly Pulse[], changed = pulses): Update => ({
  pulses,
  changed,
  clock: CLOCK,
  ageMs: 7,
  stale: [1],
})

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

test('updates of all windows that come together are drawn once, and at most ten times a second', () => {
  const figures = createFigures()
  let drawings = 0
  figures.shown.watch(() => drawings++)
  for (let ms = 0; ms < 2_000; ms += 5) {
    for (const window of ['5m', 'total'] as const) figures.take(window, update([pulse('a')]))
    vi.advanceTimersByTime(5)
  }
  expect(drawings).toBeGreaterThan(15)
  expect(drawings).toBeLessThanOrEqual(20)
})

test('only what changed becomes another object', () => {
  const figures = createFigures()
  const [a, b] = [pulse('a'), pulse('b')]
  figures.take('5m', update([a, b]))
  vi.runAllTimers()
  const before = figures.shown.value
  expect(before).toMatchObject({ clock: CLOCK, ageMs: 7, behind: [1] })
  const changed = pulse('b', 20)
  figures.take('5m', update([a, changed], [changed]))
  vi.runAllTimers()
  const { places } = figures.shown.value
  expect(places.get('a')).toBe(before.places.get('a'))
  expect(places.get('b')?.pulse.value).toBe(20)
})

test('what a whole update no longer holds is gone, once no window holds it', () => {
  const figures = createFigures()
  figures.take('5m', update([pulse('a'), pulse('b')]))
  figures.take('1h', update([pulse('b')]))
  figures.take('5m', update([pulse('c')]))
  vi.runAllTimers()
  expect([...figures.shown.value.places.keys()].sort()).toEqual(['b', 'c'])
})

test('the server’s clock goes on by itself, and nothing is read off the machine’s', () => {
  const figures = createFigures()
  expect(figures.serverNow()).toBe(0)
  figures.take('5m', update([pulse('a')]))
  vi.setSystemTime(CLOCK + 3_600_000)
  vi.advanceTimersByTime(2_000)
  expect(figures.serverNow() - CLOCK).toBeCloseTo(2_000, 0)
})

test('nothing is left of figures that were cleared', () => {
  const figures = createFigures()
  figures.take('5m', update([pulse('a')]))
  vi.runAllTimers()
  figures.take('5m', update([pulse('b')]))
  figures.clear()
  vi.runAllTimers()
  expect(figures.shown.value).toMatchObject({ clock: 0, places: new Map() })
})
