import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Spans } from './spans.js'

const PAGE_CELLS = 65_536

/** A list in the arena beside what it should hold. */
class Twin {
  offset = 0
  length = 0
  readonly model = new Map<number, number>()

  merge(spans: Spans, cells: readonly (readonly [key: number, count: number])[]): void {
    const sorted = [...cells].sort((a, b) => a[0] - b[0])
    const keys = Uint16Array.from(sorted, cell => cell[0])
    const counts = Int32Array.from(sorted, cell => cell[1])
    spans.merge(this.offset, this.length, keys, counts, sorted.length)
    this.offset = spans.offset
    this.length = spans.length
    for (const [key, count] of sorted) this.model.set(key, (this.model.get(key) ?? 0) + count)
  }

  release(spans: Spans): void {
    spans.release(this.offset, this.length)
    this.length = 0
    this.model.clear()
  }

  /** What stands in the arena, compared as text: quicker than a deep comparison of thousands of lists. */
  check(spans: Spans): void {
    const first = this.offset & 0xffff
    const own: string[] = []
    for (let i = first; i < first + this.length; i++) {
      own.push(`${spans.keys(this.offset)[i]}:${spans.counts(this.offset)[i]}`)
    }
    const expected = [...this.model].sort((a, b) => a[0] - b[0]).map(([key, count]) => `${key}:${count}`)
    expect(own.join(' ')).toBe(expected.join(' '))
  }
}

const cells = (most: number, length: number) =>
  fc.uniqueArray(fc.tuple(fc.nat(most), fc.integer({ min: -9, max: 9 })), { maxLength: length, selector: c => c[0] })

describe('spans', () => {
  it('hold what a map would hold, many lists side by side, merged and released in any order', () => {
    const step = fc.record({
      list: fc.nat(5),
      cells: fc.oneof(cells(20, 10), cells(65_535, 10), cells(300, 90)),
      release: fc.integer({ min: 0, max: 9 }).map(n => n === 0),
    })
    fc.assert(
      fc.property(fc.array(step, { maxLength: 50 }), steps => {
        const spans = new Spans()
        const lists = Array.from({ length: 6 }, () => new Twin())
        for (const { list, cells, release } of steps) {
          const twin = lists[list] as Twin
          if (release) twin.release(spans)
          else twin.merge(spans, cells)
          for (const one of lists) one.check(spans)
        }
      }),
      { numRuns: 150 },
    )
  })

  it('grow cell by cell through all sizes, each list for itself', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 0x7fffffff }), seed => {
        const spans = new Spans()
        const lists = Array.from({ length: 40 }, () => new Twin())
        let state = seed
        const random = (below: number): number => {
          state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff
          return Math.floor((state / 0x80000000) * below)
        }
        for (let i = 0; i < 12_000; i++) {
          // Few lists get most: some pass a thousand cells, others stay at a handful.
          const twin = lists[Math.floor((random(1000) / 1000) ** 3 * lists.length)] as Twin
          if (random(4000) === 0) twin.release(spans)
          else twin.merge(spans, [[random(4000), 1 + random(3)]])
        }
        for (const twin of lists) twin.check(spans)
        expect(Math.max(...lists.map(twin => twin.length))).toBeGreaterThan(500)
        expect(spans.sizeBytes).toBeLessThanOrEqual(2 * PAGE_CELLS * 6)
      }),
      { numRuns: 3 },
    )
  })

  it('never cross the border of a page', () => {
    const spans = new Spans()
    const lists: Twin[] = []
    // 129 does not divide a page: what is left at its end must serve smaller lists only.
    for (let i = 0; i < 1000; i++) {
      const twin = new Twin()
      const length = 129
      twin.merge(
        spans,
        Array.from({ length }, (_, key) => [key * 2, i] as const),
      )
      expect((twin.offset & 0xffff) + twin.length).toBeLessThanOrEqual(PAGE_CELLS)
      lists.push(twin)
    }
    expect(spans.sizeBytes).toBeGreaterThan(PAGE_CELLS * 6)
    // One list of every size up to there takes whatever was left over.
    for (let length = 1; length <= 192; length++) {
      const twin = new Twin()
      twin.merge(
        spans,
        Array.from({ length }, (_, key) => [key, length] as const),
      )
      expect((twin.offset & 0xffff) + twin.length).toBeLessThanOrEqual(PAGE_CELLS)
      lists.push(twin)
    }
    for (const twin of lists) twin.check(spans)
    for (const twin of lists) twin.merge(spans, [[1, 1]])
    for (const twin of lists) twin.check(spans)
  })

  it('hold a list of every key there is', () => {
    const spans = new Spans()
    const twin = new Twin()
    for (let key = 65_532; key >= 0; key -= 3_121) twin.merge(spans, [[key, key]])
    twin.merge(
      spans,
      Array.from({ length: 65_535 }, (_, key) => [key, 1] as const),
    )
    expect(twin.length).toBe(65_535)
    twin.check(spans)
  })

  it('use again what was released', () => {
    const spans = new Spans()
    const twins = Array.from({ length: 50 }, () => new Twin())
    const fill = (): void =>
      twins.forEach((twin, i) => {
        twin.merge(
          spans,
          Array.from({ length: 1 + i * 13 }, (_, key) => [key, i] as const),
        )
      })
    fill()
    const size = spans.sizeBytes
    for (let round = 0; round < 12; round++) {
      for (const twin of twins) twin.release(spans)
      fill()
      for (const twin of twins) twin.check(spans)
    }
    expect(spans.sizeBytes).toBe(size)
  })
})
