import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { IdHash } from './hash.js'
import { rankOf, registerOf, Sketch } from './sketch.js'

interface Seen {
  register: number
  rank: number
  time: number
}

const fill = (seen: readonly Seen[]): Sketch => {
  const sketch = new Sketch()
  for (const { register, rank, time } of seen) sketch.add(register, rank, time)
  return sketch
}

const pairs = (sketch: Sketch): Seen[] => {
  const out: Seen[] = []
  sketch.each((register, rank, time) => out.push({ register, rank, time }))
  return out
}

/** A pair counts as long as no other of its register is at least as late and at least as high. */
function standing(seen: readonly Seen[]): string[] {
  const overtaken = (a: Seen): boolean =>
    seen.some(
      b => b.register === a.register && b.time >= a.time && b.rank >= a.rank && (b.time > a.time || b.rank > a.rank),
    )
  return [...new Set(seen.filter(one => !overtaken(one)).map(one => JSON.stringify(one)))].sort()
}

/** Few registers, so that they grow long staircases. */
const seen = fc.record({
  register: fc.constantFrom(0, 1, 4095),
  rank: fc.integer({ min: 1, max: 33 }),
  time: fc.integer({ min: 1, max: 30 }),
})
const many = fc.array(seen, { maxLength: 60 })

describe('the sliding sketch', () => {
  it('keeps in each register, newest first, exactly the pairs that none overtook', () => {
    fc.assert(
      fc.property(many, all => {
        const kept = pairs(fill(all))
        expect(kept.map(one => JSON.stringify(one)).sort()).toEqual(standing(all))
        kept.forEach((one, i) => {
          const before = kept[i - 1]
          if (before?.register === one.register) expect(before.time).toBeGreaterThan(one.time)
        })
      }),
      { numRuns: 300 },
    )
  })

  it('says of a window what a sketch of that window alone says', () => {
    fc.assert(
      fc.property(many, fc.integer({ min: 1, max: 31 }), (all, since) => {
        const alone = fill(all.filter(one => one.time >= since))
        expect(fill(all).estimate(since)).toBe(alone.estimate(1))
      }),
      { numRuns: 60 },
    )
  })

  it('is the same in any order, merged in any way, and says whether something changed', () => {
    const shuffled = many.chain(all =>
      fc.tuple(
        fc.constant(all),
        fc.shuffledSubarray(all, { minLength: all.length, maxLength: all.length }),
        fc.nat(60),
      ),
    )
    fc.assert(
      fc.property(shuffled, ([all, other, cut]) => {
        const whole = pairs(fill(all))
        expect(pairs(fill(other))).toEqual(whole)
        const left = fill(other.slice(0, cut))
        fill(other.slice(cut)).each((register, rank, time) => left.add(register, rank, time))
        expect(pairs(left)).toEqual(whole)
        const sketch = new Sketch()
        for (const { register, rank, time } of all) {
          const before = JSON.stringify(pairs(sketch))
          const changed = sketch.add(register, rank, time)
          expect(JSON.stringify(pairs(sketch)) !== before).toBe(changed)
        }
      }),
      { numRuns: 60 },
    )
  })

  it.each([300, 1_000, 2_500, 5_000, 10_000, 20_000, 50_000, 200_000])(
    'N36 estimates %i visitors within 6 %%, in each of four windows',
    count => {
      const sketch = new Sketch()
      const hash = new IdHash([1, 2])
      for (let i = 0; i < count; i++) {
        const { hi, lo } = hash.of(`visitor-${count}-${i}`)
        // Each is seen twice; what counts is the later time, 1 to 4.
        sketch.add(registerOf(hi), rankOf(lo), 1)
        sketch.add(registerOf(hi), rankOf(lo), 1 + (i % 4))
      }
      for (const since of [1, 2, 3, 4]) {
        const expected = (count * (5 - since)) / 4
        expect(Math.abs(sketch.estimate(since) - expected)).toBeLessThanOrEqual(0.06 * expected)
      }
    },
  )

  it('takes register and rank from different words, 12 bits and the leading zeros', () => {
    fc.assert(
      fc.property(fc.integer(), fc.nat(0xffffffff), (hi, lo) => {
        expect(registerOf(hi)).toBe(Math.floor((hi >>> 0) / 2 ** 20))
        expect(rankOf(lo)).toBe(lo.toString(2).padStart(32, '0').replace(/1.*/, '').length + 1)
      }),
    )
  })

  it('grows no larger when the same visitors come again and again', () => {
    const sketch = new Sketch()
    const round = (time: number): void => {
      for (let register = 0; register < 4096; register++) sketch.add(register, 1 + (register % 5), time)
    }
    round(1)
    const size = sketch.sizeBytes
    for (let time = 2; time < 100; time++) round(time)
    expect(sketch.sizeBytes).toBe(size)
    expect(pairs(sketch).length).toBe(4096)
  })
})
