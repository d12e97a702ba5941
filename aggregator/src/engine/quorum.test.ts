import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { QUORUM, Quorum } from './quorum.js'

type Voice = [hi: number, lo: number, time: number]
const voices = fc.array(
  fc.tuple(fc.integer({ min: -3, max: 4 }), fc.integer({ min: -1, max: 1 }), fc.integer({ min: 1, max: 9 })),
  { maxLength: 60 },
)
const of = (all: readonly Voice[]): Quorum => {
  const quorum = new Quorum()
  for (const [hi, lo, time] of all) quorum.add(hi, lo, time)
  return quorum
}
const seats = (quorum: Quorum): Voice[] => {
  const found: Voice[] = []
  quorum.each((hi, lo, time) => found.push([hi, lo, time]))
  return found
}

describe('Quorum', () => {
  test('holds where at least five distinct voices were heard since then, in whatever order they came', () => {
    fc.assert(
      fc.property(voices, fc.integer({ min: 1, max: 10 }), (all, since) => {
        const distinct = new Set(all.filter(([, , time]) => time >= since).map(([hi, lo]) => `${hi} ${lo}`))
        expect(of(all).holds(since)).toBe(distinct.size >= QUORUM)
      }),
    )
  })

  test('merging parts in any order gives the same as one that heard all', () => {
    fc.assert(
      fc.property(voices, voices, (a, b) => {
        const merged = of(b)
        merged.merge(of(a))
        expect(seats(merged)).toEqual(seats(of([...a, ...b])))
      }),
    )
  })

  test('a replaced hash is gone, and the number of voices stays', () => {
    fc.assert(
      fc.property(voices, fc.integer({ min: 1, max: 10 }), (all, since) => {
        const quorum = of(all)
        const [first] = all
        const held = quorum.holds(since)
        if (first === undefined) return
        const [hi, lo] = first
        const wasThere = seats(quorum).some(voice => voice[0] === hi && voice[1] === lo)
        expect(quorum.replace(hi, lo, 1_000, 1_000)).toBe(wasThere)
        expect(seats(quorum).some(voice => voice[0] === hi && voice[1] === lo)).toBe(false)
        expect(quorum.holds(since)).toBe(held)
      }),
    )
  })

  test('says whether it changed, so that nothing is told twice', () => {
    const quorum = new Quorum()
    expect(quorum.add(1, 1, 5)).toBe(true)
    expect(quorum.add(1, 1, 5)).toBe(false)
    expect(quorum.add(1, 1, 4)).toBe(false)
    expect(quorum.add(1, 1, 6)).toBe(true)
  })
})
