import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { DEFAULT_CONFIG, type EngineConfig } from './config.js'
import { CHANNELS, MAPPED_TOUCHPOINTS, OTHER, SIGNALS, TOUCHPOINTS, UNMAPPED_TOUCHPOINTS } from './limits.js'
import { Places, REFUSED_PLACE } from './places.js'

const config = (more: Partial<EngineConfig> = {}): EngineConfig => ({ ...DEFAULT_CONFIG, ...more })
const mapping = (...patterns: string[]): Partial<EngineConfig> => ({
  touchpoints: patterns.map(pattern => ({ pattern })),
})

/** Finds a name inside a longer run of bytes, as in a log entry. */
function find(places: Places, name: string): number {
  const bytes = new TextEncoder().encode(`«${name}»`)
  return places.find(bytes, 2, name.length)
}

const nameOf = (places: Places, place: number): string => places.touchpoints.list[place] as string

function fill(places: Places, prefix: string, count: number): void {
  for (let i = 0; i < count; i++) expect(nameOf(places, find(places, `${prefix}${i}`))).toBe(`${prefix}${i}`)
}

describe('places', () => {
  it('give each touchpoint one number, by its bytes, however similar the names', () => {
    const name = fc
      .array(fc.constantFrom('a', 'b', 'B', '.'), { minLength: 1, maxLength: 7 })
      .map(chars => chars.join(''))
    fc.assert(
      fc.property(fc.array(fc.tuple(name, fc.boolean()), { maxLength: 60 }), names => {
        const places = new Places(config())
        const model: string[] = []
        for (const [one, byName] of names) {
          if (!model.includes(one)) model.push(one)
          expect(byName ? places.restore(one) : find(places, one)).toBe(model.indexOf(one))
        }
        expect(places.touchpoints.list).toEqual(model)
        expect(places.rules.length).toBe(model.length)
      }),
    )
  })

  it('are 2,000 for what the map knows and 200 for the rest, then ~other, and known ones stay', () => {
    const places = new Places(config(mapping('m*')))
    fill(places, 'u', UNMAPPED_TOUCHPOINTS)
    expect(nameOf(places, find(places, 'u-more'))).toBe(OTHER)
    fill(places, 'm', MAPPED_TOUCHPOINTS)
    expect(nameOf(places, find(places, 'm-more'))).toBe(OTHER)
    expect(nameOf(places, find(places, 'u-once-more'))).toBe(OTHER)
    fill(places, 'u', UNMAPPED_TOUCHPOINTS)
    fill(places, 'm', MAPPED_TOUCHPOINTS)
    expect(places.touchpoints.list.length).toBe(TOUCHPOINTS)
  })

  it('refuse beyond, where the map says so', () => {
    const places = new Places(config({ ...mapping('m*'), overflow: 'refuse' }))
    fill(places, 'u', UNMAPPED_TOUCHPOINTS)
    expect(find(places, 'u-more')).toBe(REFUSED_PLACE)
    fill(places, 'm', 3)
    fill(places, 'u', UNMAPPED_TOUCHPOINTS)
    expect(places.touchpoints.list).not.toContain(OTHER)
  })

  it('keep their numbers under a new map, which counts anew who is mapped', () => {
    const places = new Places(config())
    fill(places, 'a', UNMAPPED_TOUCHPOINTS)
    const before = find(places, 'a7')
    places.configure(config({ touchpoints: [{ pattern: 'a*', channel: 'phone' }] }))
    expect(find(places, 'a7')).toBe(before)
    expect(places.rules[before]?.pattern).toBe('a*')
    expect(places.channels.list[places.mapChannel[before] as number]).toBe('phone')
    fill(places, 'b', UNMAPPED_TOUCHPOINTS)
    expect(nameOf(places, find(places, 'b-more'))).toBe(OTHER)
    places.configure(config())
    expect(places.mapChannel[before]).toBe(-1)
    expect(nameOf(places, find(places, 'c'))).toBe(OTHER)
  })

  it('are never more than there are numbers for, however often the map changes', () => {
    const places = new Places(config())
    for (let round = 0; round < 6; round++) {
      places.configure(config(mapping(`r${round}*`)))
      for (let i = 0; i < MAPPED_TOUCHPOINTS; i++) find(places, `r${round}-${i}`)
      for (let i = 0; i < UNMAPPED_TOUCHPOINTS; i++) find(places, `u${round}-${i}`)
    }
    expect(places.touchpoints.list.length).toBe(TOUCHPOINTS)
    expect(nameOf(places, find(places, 'r5-7'))).toBe(OTHER)
    places.configure(config({ ...mapping('z*'), overflow: 'refuse' }))
    expect(find(places, 'z1')).toBe(REFUSED_PLACE)
  })

  it('of channels and signals end in ~other', () => {
    const places = new Places(config())
    expect(places.channels.find('web')).toBe(0)
    for (const [names, most] of [
      [places.channels, CHANNELS],
      [places.signals, SIGNALS],
    ] as const) {
      for (let i = 0; i < 100; i++) names.place(`n${i}`)
      expect(names.list.length).toBe(most + 1)
      expect(names.place('n0')).toBeLessThan(2)
      expect([names.place('n99'), names.place('new')]).toEqual([most, most])
      expect(names.list[most]).toBe(OTHER)
      expect(names.find('n99')).toBe(-1)
    }
  })
})
