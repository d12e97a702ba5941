import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { balance, type Spot, shareOf } from './balance.js'

const limits = { patienceMs: 700, moves: 4 }
const spot = (name: string, holder: string | null, rest: Partial<Spot> = {}): Spot => ({
  ...{ name, holder, lastHolder: null, freeMs: 0, isBarred: false },
  ...rest,
})
const many = (holders: readonly (string | null)[]): Spot[] => holders.map((holder, i) => spot(`partition/${i}`, holder))
const weigh = (spots: readonly Spot[], members: readonly string[], me: string) => balance(spots, members, me, limits)

const scenes = fc.integer({ min: 1, max: 5 }).chain(count => {
  const members = Array.from({ length: count }, (_, i) => `m${i}`)
  return fc.tuple(
    fc.constant(members),
    fc.array(fc.option(fc.constantFrom(...members)), { minLength: 1, maxLength: 20 }),
  )
})

describe('the balance', () => {
  test('lets members who see the same take every free name, each one once, and no more than a share', () => {
    fc.assert(
      fc.property(scenes, ([members, holders]) => {
        const share = shareOf(holders.length, members.length)
        const even = holders.map((holder, i) =>
          holders.slice(0, i).filter(other => other === holder).length < share ? holder : null,
        )
        const taken = members.flatMap(me => weigh(many(even), members, me).take)
        const free = many(even).filter(({ holder }) => holder === null)
        expect(taken.sort()).toEqual(free.map(({ name }) => name).sort())
        for (const me of members) {
          const { take, give } = weigh(many(even), members, me)
          expect(give).toEqual([])
          expect(take.length + even.filter(holder => holder === me).length).toBeLessThanOrEqual(share)
        }
      }),
    )
  })

  test('gives up what is more than a share, a few at a time, and nothing else', () => {
    expect(weigh(many(Array(16).fill('a')), ['a', 'b'], 'a').give).toHaveLength(limits.moves)
    fc.assert(
      fc.property(scenes, ([members, holders]) => {
        const share = shareOf(holders.length, members.length)
        for (const me of members) {
          const mine = holders.filter(holder => holder === me).length
          const { take, give } = weigh(many(holders), members, me)
          expect(give).toHaveLength(Math.max(0, Math.min(limits.moves, mine - share)))
          if (give.length > 0) expect(take).toEqual([])
        }
      }),
    )
  })

  test('counts those that are on their way out', () => {
    const spots = many(Array(8).fill('a')).map((one, i) => ({ ...one, isBarred: i < 3 }))
    expect(weigh(spots, ['a', 'b'], 'a').give).toHaveLength(1)
    expect(weigh(spots.slice(0, 6), ['a', 'b'], 'a').give).toEqual([])
  })

  test('leaves a free name to who had it and lives', () => {
    const spots = [spot('p', null, { lastHolder: 'b' }), spot('q', 'b'), spot('r', 'b'), spot('s', 'a')]
    // Unless it has its share already.
    expect(weigh(spots, ['a', 'b'], 'a').take).toEqual(['p'])
    expect(
      weigh(
        many([null, null]).map(one => ({ ...one, lastHolder: 'b' })),
        ['a', 'b'],
        'a',
      ).take,
    ).toEqual(['partition/1'])
    const back = [
      spot('p', null, { lastHolder: 'b' }),
      spot('q', 'b'),
      spot('r', 'a'),
      spot('s', null, { lastHolder: 'a' }),
    ]
    expect(weigh(back, ['a', 'b'], 'a').take).toEqual(['s'])
    expect(weigh(back, ['a', 'b'], 'b').take).toEqual(['p'])
    expect(weigh(back, ['a', 'c'], 'a').take).toEqual(['s'])
  })

  test('lets anybody with room take what its next holder leaves alone', () => {
    const scene = (freeMs: number, mine: string | null): Spot[] => [
      spot('p', null, { lastHolder: 'b', freeMs }),
      spot('q', mine),
      spot('r', 'b'),
    ]
    expect(weigh(scene(699, 'a'), ['a', 'b'], 'a').take).toEqual([])
    expect(weigh(scene(700, 'a'), ['a', 'b'], 'a').take).toEqual(['p'])
    const full = [...scene(700, 'a'), spot('s', 'a')]
    expect(weigh(full, ['a', 'b'], 'a').take).toEqual([])
  })

  test('takes nothing that is barred, and leaves it to others', () => {
    const spots = [spot('p', null, { isBarred: true, freeMs: 9_000 })]
    expect(weigh(spots, ['a'], 'a')).toEqual({ take: [], give: [] })
    expect(weigh(many([null]), ['a', 'b'], 'a').take.length + weigh(many([null]), ['a', 'b'], 'b').take.length).toBe(1)
  })
})
