import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Time, Visitors, Word } from './visitors.js'

const idOf = (hi: number, lo: number): string => `${hi} ${lo}`

/** Low words that share their place in the index, at its beginning, its end and beyond its size. */
const low = fc.oneof(
  fc.constantFrom(0, 1024, 4096, 1 << 20, 1023, 2047, -1, -1025, 1022),
  fc.nat(20).map(n => n * 512),
  fc.integer(),
)
const step = fc.record({ hi: fc.integer({ min: -2, max: 2 }), lo: low, remove: fc.boolean() })

describe('visitors', () => {
  it('are found as in a map, whatever collides, was removed or moved up', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 120 }), steps => {
        const visitors = new Visitors()
        const model = new Map<string, number>()
        for (const { hi, lo, remove } of steps) {
          const id = idOf(hi, lo)
          const known = model.get(id)
          expect(visitors.find(hi, lo)).toBe(known ?? -1)
          if (known === undefined) model.set(id, visitors.add(hi, lo))
          else if (remove) {
            visitors.remove(known)
            model.delete(id)
          }
          expect(visitors.count).toBe(model.size)
        }
        expect(new Set(model.values()).size).toBe(model.size)
        for (const { hi, lo } of steps) expect(visitors.find(hi, lo)).toBe(model.get(idOf(hi, lo)) ?? -1)
      }),
      { numRuns: 300 },
    )
  })

  it('stay found through many pages and growths of the index, half of them gone again', () => {
    const visitors = new Visitors()
    const rows = new Int32Array(20_000)
    const lo = (i: number): number => Math.imul(i, 0x9e3779b1) | 0
    for (let i = 0; i < rows.length; i++) rows[i] = visitors.add(i, lo(i))
    for (let i = 0; i < rows.length; i += 2) visitors.remove(rows[i] as number)
    const wrong: number[] = []
    for (let i = 0; i < rows.length; i++) {
      if (visitors.find(i, lo(i)) !== (i % 2 === 0 ? -1 : rows[i])) wrong.push(i)
    }
    expect(wrong).toEqual([])
    expect(visitors.count).toBe(10_000)
    for (let i = 0; i < rows.length; i += 2) visitors.add(i, lo(i))
    expect(visitors.rows).toBe(20_000)
  })

  it('use a row again, wiped, and keep each to its own words', () => {
    const visitors = new Visitors()
    const first = visitors.add(1, 2)
    const second = visitors.add(3, 4)
    visitors.page(first)[visitors.at(first) + Word.flags] = 77
    visitors.pageTimes(first)[visitors.timesAt(first) + Time.deadline] = 123
    expect(visitors.isFree(first)).toBe(false)
    visitors.remove(first)
    expect(visitors.isFree(first)).toBe(true)
    const again = visitors.add(5, 6)
    expect(again).toBe(first)
    expect(visitors.isFree(again)).toBe(false)
    const words = visitors.page(again)
    const at = visitors.at(again)
    expect([words[at + Word.hi], words[at + Word.lo], words[at + Word.flags]]).toEqual([5, 6, 0])
    expect([words[at + Word.queued], words[at + Word.streams]]).toEqual([-1, -1])
    expect(visitors.pageTimes(again)[visitors.timesAt(again) + Time.deadline]).toBe(0)
    expect([visitors.find(1, 2), visitors.find(3, 4), visitors.find(5, 6)]).toEqual([-1, second, first])
  })

  it('are indexed anew from rows that were copied in', () => {
    const source = new Visitors()
    for (let i = 0; i < 6_000; i++) source.add(i, i * 1024)
    source.remove(source.find(7, 7 * 1024))
    const copy = new Visitors()
    copy.extend(source.rows)
    for (const [i, page] of source.words.entries()) copy.words[i]?.set(page)
    for (let row = 0; row < copy.rows; row++) {
      if (copy.isFree(row)) copy.release(row)
      else copy.index(row)
    }
    for (let i = 0; i < 6_000; i++) expect(copy.find(i, i * 1024)).toBe(source.find(i, i * 1024))
    expect(copy.count).toBe(5_999)
    expect(copy.add(7, 7)).toBe(7)
  })
})
