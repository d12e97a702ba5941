import { SEQ_AHEAD, SEQ_WINDOW } from '@pulssi/protocol/client'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { STREAMS_PER_VISITOR } from './limits.js'
import { SeqVerdict, Streams, StreamWord } from './streams.js'

/** N5 as it is written: the lowest seq not seen, and the set of those seen above it. */
class Model {
  low = 0
  high = -1
  seenCount = 0
  readonly seen = new Set<number>()

  mark(seq: number): SeqVerdict {
    if (seq < this.low || this.seen.has(seq)) return SeqVerdict.duplicate
    if (seq > this.low + 65_536) return SeqVerdict.tooFar
    this.seen.add(seq)
    this.seenCount++
    this.high = Math.max(this.high, seq)
    if (seq > this.low + 256) this.low = seq - 256
    while (this.seen.has(this.low)) this.low++
    return SeqVerdict.fresh
  }

  get lost(): number {
    return this.high + 1 - this.seenCount
  }

  above(): number[] {
    return [...this.seen].filter(seq => seq > this.low).sort((a, b) => a - b)
  }
}

const word = (streams: Streams, row: number, field: number): number =>
  streams.page(row)[streams.at(row) + field] as number

/** A seq by its distance from the lowest one not seen: near, about the window, about the limit, backwards. */
const distance = fc.oneof(
  { weight: 6, arbitrary: fc.nat(3) },
  { weight: 3, arbitrary: fc.integer({ min: -5, max: 40 }) },
  { weight: 3, arbitrary: fc.integer({ min: 250, max: 262 }) },
  { weight: 1, arbitrary: fc.integer({ min: 500, max: 530 }) },
  { weight: 1, arbitrary: fc.integer({ min: 65_530, max: 65_540 }) },
)
/** `run`: so many in a row from there. */
const step = fc.record({ stream: fc.nat(2), distance, run: fc.constantFrom(1, 1, 1, 2, 30, 300) })

describe('streams', () => {
  it('N5 mark what was seen as the rule says: holes, slides, the window, too far, lost', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 80 }), steps => {
        const streams = new Streams()
        const rows = [0, 1, 2].map(i => streams.add(-1, i, i, 0))
        const models = rows.map(() => new Model())
        for (const { stream, distance, run } of steps) {
          const model = models[stream] as Model
          const row = rows[stream] as number
          const from = Math.max(0, model.low + distance)
          for (let seq = from; seq < from + run; seq++) {
            expect(streams.tooFar(row, seq)).toBe(seq > model.low + SEQ_AHEAD)
            const before = streams.lost
            const verdict = streams.mark(row, seq)
            expect(verdict).toBe(model.mark(seq))
            if (verdict !== SeqVerdict.fresh) expect(streams.lost).toBe(before)
          }
          expect(word(streams, row, StreamWord.low)).toBe(model.low)
          expect(word(streams, row, StreamWord.high)).toBe(model.high)
          expect(streams.seenAbove(row)).toEqual(model.above())
          expect(streams.lost).toBe(models.reduce((sum, one) => sum + one.lost, 0))
        }
      }),
      { numRuns: 70 },
    )
  })

  it('N5 fill a whole window from its top down', () => {
    const streams = new Streams()
    const row = streams.add(-1, 0, 0, 0)
    for (let seq = SEQ_WINDOW; seq > 0; seq--) expect(streams.mark(row, seq)).toBe(SeqVerdict.fresh)
    expect(streams.lost).toBe(1)
    expect(streams.mark(row, SEQ_WINDOW)).toBe(SeqVerdict.duplicate)
    expect(streams.mark(row, 0)).toBe(SeqVerdict.fresh)
    expect([streams.lost, word(streams, row, StreamWord.low)]).toEqual([0, SEQ_WINDOW + 1])
    expect(word(streams, row, StreamWord.holes)).toBe(-1)
  })

  it('give a window of holes back when the last hole is filled', () => {
    const streams = new Streams()
    const row = streams.add(-1, 0, 0, 0)
    for (let i = 0; i < 500; i++) {
      streams.mark(row, 2 * i + 1)
      streams.mark(row, 2 * i)
    }
    expect(streams.holeRows).toBe(1)
    expect(streams.lost).toBe(0)
  })

  it('keep the windows of many streams apart while their number grows', () => {
    const streams = new Streams()
    const rows = Array.from({ length: 300 }, (_, i) => streams.add(-1, i, i, 0))
    for (const [i, row] of rows.entries()) {
      streams.mark(row, 1 + (i % 200))
      streams.mark(row, 3 + (i % 200))
    }
    for (const [i, row] of rows.entries()) {
      expect(streams.seenAbove(row)).toEqual([1 + (i % 200), 3 + (i % 200)])
    }
  })

  it('N6 restart at zero, and what was lost stays lost', () => {
    const streams = new Streams()
    const row = streams.add(-1, 5, 6, 1_000)
    streams.mark(row, 4)
    streams.heard(row, 2_000)
    expect([streams.lost, streams.last(row)]).toEqual([4, 2_000])
    streams.restart(row, 9_000)
    expect([streams.lost, streams.last(row)]).toEqual([4, 9_000])
    expect(streams.seenAbove(row)).toEqual([])
    expect(streams.mark(row, 4)).toBe(SeqVerdict.fresh)
    expect(streams.mark(row, 0)).toBe(SeqVerdict.fresh)
    expect(streams.lost).toBe(7)
  })

  it('N6 prune those last heard before a time, keep the order of the rest, and use their rows again', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(10), { maxLength: 30 }), fc.nat(11), (heard, before) => {
        const streams = new Streams()
        let first = -1
        heard.forEach((time, i) => {
          first = streams.add(first, i, -i, 0)
          streams.heard(first, time)
          // A time that lies back changes nothing.
          streams.heard(first, time - 1)
          streams.mark(first, 1)
        })
        first = streams.prune(first, before)
        const expected = heard.flatMap((time, i) => (time >= before ? [i] : [])).reverse()
        const left: number[] = []
        for (let row = first; row >= 0; row = word(streams, row, StreamWord.next)) {
          left.push(word(streams, row, StreamWord.hi))
        }
        expect(left).toEqual(expected)
        heard.forEach((time, i) => {
          expect(streams.find(first, i, -i) >= 0).toBe(time >= before)
        })
        const { rows, holeRows } = streams
        for (let i = expected.length; i < heard.length; i++) {
          first = streams.add(first, 100 + i, 0, 0)
          streams.mark(first, 1)
        }
        expect([streams.rows, streams.holeRows]).toEqual([rows, holeRows])
      }),
    )
  })

  it('keep the newest 256 of one visitor', () => {
    const streams = new Streams()
    let first = -1
    for (let i = 0; i < 300; i++) first = streams.add(first, i, 0, 5)
    first = streams.prune(first, 0)
    expect(streams.find(first, 300 - STREAMS_PER_VISITOR, 0)).toBeGreaterThanOrEqual(0)
    expect(streams.find(first, 299 - STREAMS_PER_VISITOR, 0)).toBe(-1)
    expect(streams.find(first, 299, 0)).toBe(first)
  })
})
