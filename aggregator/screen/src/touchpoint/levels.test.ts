import { SCALE_LEVELS, SCALES } from '@pulssi/protocol/client'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { answeredOf, levelsOf, standardsOf } from './levels.js'

const scale = fc.constantFrom(...SCALES)
const answers = scale.chain(name => {
  const length = SCALE_LEVELS[name].count
  return fc.tuple(fc.constant(name), fc.array(fc.nat(500), { minLength: length, maxLength: length }))
})
const total = (counts: readonly number[]): number => counts.reduce((sum, count) => sum + count, 0)

describe('answers by level', () => {
  it('have shares that make one whole, and counts that make n', () => {
    fc.assert(
      fc.property(answers, ([name, levels]) => {
        const n = total(levels)
        const rows = levelsOf(name, { levels, n })
        expect(total(rows.map(({ count }) => count))).toBe(n)
        expect(total(rows.map(({ share }) => share))).toBeCloseTo(n === 0 ? 0 : 1, 9)
      }),
    )
  })

  it('stand best first, each level once', () => {
    fc.assert(
      fc.property(answers, ([name, levels]) => {
        const rows = levelsOf(name, { levels, n: total(levels) })
        expect(new Set(rows.map(row => row.name)).size).toBe(levels.length)
        for (const [at, row] of rows.entries()) {
          if (at > 0) expect(row.score).toBeLessThanOrEqual(rows[at - 1]?.score ?? -2)
        }
      }),
    )
  })

  it('keep their counts with their level', () => {
    expect(levelsOf('thumb', { levels: [3, 1], n: 4 })).toEqual([
      { name: 1, score: 1, count: 1, share: 0.25 },
      { name: 0, score: -1, count: 3, share: 0.75 },
    ])
    expect(levelsOf('emotion', { levels: [2, 0, 0, 0, 0, 0, 0, 0, 1], n: 3 })[8]).toMatchObject({
      name: 'angry',
      count: 1,
    })
    expect(levelsOf('nps', { levels: [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 5], n: 5 })[0]).toMatchObject({
      name: 10,
      score: 1,
    })
  })

  it('name the standard figures that a scale has', () => {
    expect(standardsOf({ levels: [], n: 4, share: 0.5, mean: 4.2 })).toEqual([
      { standard: 'mean', value: 4.2 },
      { standard: 'share', value: 0.5 },
    ])
    expect(standardsOf({ levels: [], n: 4, nps: -20 })).toEqual([{ standard: 'nps', value: -20 }])
  })

  it('leave out scales without answers', () => {
    const figures = { levels: [1, 2], share: 2 / 3, n: 3 }
    expect(answeredOf({ csat: { levels: [0, 0, 0, 0, 0], n: 0 }, thumb: figures })).toEqual([['thumb', figures]])
  })
})
