import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { anyPlace, anyPlaces } from '../testing/pulses.js'
import { EVERYTHING, inHeldOrder, matches, valuesOf, worstFirst } from './order.js'
import type { Place } from './place.js'

const names = (places: readonly Place[]): string[] => places.map(({ name }) => name)
const [some] = fc.sample(anyPlace('some'), 1) as [Place]
const withPulse = (name: string, value: number | null, believed: boolean): Place => ({
  ...some,
  name,
  pulse: { window: '5m', value, believed },
})

describe('worst first', () => {
  test('is an order of its own, whatever order the places came in', () => {
    fc.assert(
      fc.property(anyPlaces, fc.nat(), (places, turn) => {
        const cut = places.length === 0 ? 0 : turn % places.length
        const turned = [...places.slice(cut), ...places.slice(0, cut)]
        expect(names(worstFirst(turned, new Set()))).toEqual(names(worstFirst(places, new Set())))
      }),
    )
  })

  test('puts open incidents before believed pulses, these before others, and what has no pulse last', () => {
    fc.assert(
      fc.property(anyPlaces, fc.nat(), (places, seed) => {
        const troubled = new Set(names(places).filter((_, index) => ((seed >> index) & 1) === 1))
        const rank = ({ name, pulse }: Place): number =>
          troubled.has(name) ? 0 : pulse.value === null ? 3 : pulse.believed ? 1 : 2
        const sorted = worstFirst(places, troubled)
        expect(sorted).toHaveLength(places.length)
        for (const [index, place] of sorted.entries()) {
          const next = sorted[index + 1]
          if (next === undefined) continue
          expect(rank(place)).toBeLessThanOrEqual(rank(next))
          if (rank(place) === rank(next)) expect(place.pulse.value ?? 0).toBeLessThanOrEqual(next.pulse.value ?? 0)
        }
      }),
    )
  })

  test('one angry visitor does not lead the list', () => {
    const places = [withPulse('calm', 70, true), withPulse('angry', 3, false), withPulse('silent', null, false)]
    expect(names(worstFirst(places, new Set()))).toEqual(['calm', 'angry', 'silent'])
    expect(names(worstFirst(places, new Set(['silent'])))).toEqual(['silent', 'calm', 'angry'])
  })

  test('lists touchpoints and ~other, no sums', () => {
    const places = ['~journey', '~other', '~stage.close', '~channel.web', 'shop'].map(name => withPulse(name, 5, true))
    expect(names(worstFirst(places, new Set()))).toEqual(['shop', '~other'])
  })
})

describe('an order that is held', () => {
  test('keeps every row that is still there in its place among the others, and puts new ones behind', () => {
    fc.assert(
      fc.property(anyPlaces, fc.uniqueArray(fc.stringMatching(/^[a-z]{1,3}$/)), (places, held) => {
        const sorted = worstFirst(places, new Set())
        const shown = names(inHeldOrder(sorted, held))
        const all = names(sorted)
        expect([...shown].sort()).toEqual([...all].sort())
        const kept = held.filter(name => all.includes(name))
        expect(shown.slice(0, kept.length)).toEqual(kept)
        expect(shown.slice(kept.length)).toEqual(all.filter(name => !held.includes(name)))
      }),
    )
  })

  test('is the worst first where none is held', () => {
    const places = [withPulse('a', 1, true), withPulse('b', 2, true)]
    expect(inHeldOrder(places, null)).toBe(places)
  })
})

describe('a filter', () => {
  const shop = { ...withPulse('shop.home', 5, true), stage: 'attract', channel: 'web' }
  const phone = withPulse('phone.queue', 5, true)

  test('finds a part of the name, in any case, with blanks around it', () => {
    expect(matches(shop, { ...EVERYTHING, text: ' HOME ' })).toBe(true)
    expect(matches(phone, { ...EVERYTHING, text: 'home' })).toBe(false)
  })

  test('takes stage and channel as they are, and those without one', () => {
    expect(matches(shop, { ...EVERYTHING, stage: 'attract', channel: 'web' })).toBe(true)
    expect(matches(shop, { ...EVERYTHING, stage: '' })).toBe(false)
    expect(matches(phone, { ...EVERYTHING, stage: '' })).toBe(true)
    expect(matches(phone, { ...EVERYTHING, channel: 'web' })).toBe(false)
  })

  test('offers the values that occur', () => {
    expect(valuesOf([shop, phone, { ...shop, name: '~stage.x', stage: 'x' }], ({ stage }) => stage)).toEqual([
      '',
      'attract',
    ])
  })
})
