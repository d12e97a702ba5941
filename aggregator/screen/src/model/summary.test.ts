import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { anyPlace, anyPlaces } from '../testing/pulses.js'
import type { Change } from './figure.js'
import { lostOf, type Place } from './place.js'
import { changedPlaces, stagesOf } from './summary.js'

const [some] = fc.sample(anyPlace('some'), 1) as [Place]
const change = (direction: Change['direction'], distance: number): Change => ({
  figure: 'dropOff',
  direction,
  window: '5m',
  value: 0.5,
  baseline: 0.1,
  distance,
})

describe('what changed', () => {
  test('is what is worse, farthest first, then what is better', () => {
    const places = [
      { ...some, name: 'a', changes: [change('better', 0.9)] },
      { ...some, name: 'b', changes: [change('worse', 0.1)] },
      { ...some, name: 'c', changes: [change('worse', 0.3), change('better', 0.8)] },
      { ...some, name: 'd', changes: [] },
      { ...some, name: '~journey', changes: [change('worse', 0.9)] },
    ]
    expect(changedPlaces(places).map(({ name }) => name)).toEqual(['c', 'b', 'a'])
  })

  test('names each touchpoint once, with the change that it leads with', () => {
    fc.assert(
      fc.property(anyPlaces, places => {
        const changed = changedPlaces(places)
        expect(changed.map(({ name }) => name).sort()).toEqual(
          places.flatMap(({ name, changes }) => (changes.length > 0 ? [name] : [])).sort(),
        )
        for (const { name, change } of changed) {
          const place = places.find(each => each.name === name)
          expect(place?.changes[0]).toBe(change)
          expect(place?.trend).toEqual({ state: 'changed', change })
        }
      }),
    )
  })
})

describe('the stages', () => {
  const stage = (name: string, value: number | null, believed: boolean): [string, Place] => [
    `~stage.${name}`,
    { ...some, name: `~stage.${name}`, pulse: { window: '5m', value, believed } },
  ]

  test('stand in the order of the project, others behind it, and those without figures are there too', () => {
    const places = new Map([stage('zeta', 50, true), stage('close', 60, true), stage('alpha', 70, true)])
    const shown = stagesOf(places, ['attract', 'close'])
    expect(shown.map(({ name }) => name)).toEqual(['attract', 'close', 'alpha', 'zeta'])
    expect(shown[0]?.place).toBeNull()
  })

  test('the one with the lowest believed pulse is critical', () => {
    const places = new Map([stage('a', 60, true), stage('b', 40, true), stage('c', 5, false), stage('d', null, false)])
    const critical = stagesOf(places, ['a', 'b', 'c', 'd']).filter(({ isCritical }) => isCritical)
    expect(critical.map(({ name }) => name)).toEqual(['b'])
  })

  test('none is critical where there is nothing to compare it with', () => {
    const places = new Map([stage('a', 10, true), stage('b', 5, false)])
    expect(stagesOf(places, ['a', 'b']).some(({ isCritical }) => isCritical)).toBe(false)
  })
})

describe('lost journeys', () => {
  test('are drops without those who came back, and never fewer than none', () => {
    const { windows } = some
    const [window, pulse] = Object.entries(windows)[0] ?? []
    if (window === undefined || pulse === undefined) throw new Error('no window')
    const lost = (dropped: number, recovered: number) =>
      lostOf({
        ...some,
        dropOff: { ...some.dropOff, window: pulse.window },
        windows: { [window]: { ...pulse, visits: { ...pulse.visits, dropped, recovered } } },
      })
    expect(lost(9, 4)).toEqual({ window: pulse.window, visits: 5 })
    expect(lost(1, 4).visits).toBe(0)
  })
})
