import { WINDOWS, type Window } from '@pulssi/protocol/client'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Page, RING_START, TOTAL_SPAN } from './ledger.js'
import { baselineOf, eachSpan, type Range, rangeOf, sinceOf } from './windows.js'

const MINUTE = 60_000
const DAY = 1_440 * MINUTE
/** N30: how long each window is, and of which slices. */
const SHAPES: Record<Exclude<Window, 'total'>, { windowMs: number; sizeMs: number }> = {
  '1m': { windowMs: MINUTE, sizeMs: 5_000 },
  '5m': { windowMs: 5 * MINUTE, sizeMs: 5_000 },
  '15m': { windowMs: 15 * MINUTE, sizeMs: MINUTE },
  '1h': { windowMs: 60 * MINUTE, sizeMs: MINUTE },
  '24h': { windowMs: DAY, sizeMs: 15 * MINUTE },
}
const SIZES_MS = [5_000, MINUTE, 15 * MINUTE]

/** Starts of all slices of a size in (from, to]. */
function starts(sizeMs: number, from: number, to: number): number[] {
  const out: number[] = []
  for (let start = from - (from % sizeMs) - sizeMs; start <= to; start += sizeMs) if (start > from) out.push(start)
  return out
}

const startsOf = ({ size, first, last }: Range): number[] =>
  Array.from({ length: last - first + 1 }, (_, i) => (first + i) * (SIZES_MS[size] as number))

const clock = fc.oneof(
  fc.integer({ min: 946_684_800_000, max: 4_000_000_000_000 }),
  // On the border of slices, and a millisecond beside it.
  fc
    .tuple(fc.integer({ min: 1_200_000, max: 4_000_000 }), fc.integer({ min: -1, max: 1 }))
    .map(([n, d]) => n * 900_000 + d),
)
const timed = fc.constantFrom(...(Object.keys(SHAPES) as Exclude<Window, 'total'>[]))

describe('windows', () => {
  it('N30 are the slices that start in (c − W, c]', () => {
    fc.assert(
      fc.property(timed, clock, (window, c) => {
        const { windowMs, sizeMs } = SHAPES[window]
        const range = rangeOf(window, c) as Range
        expect(SIZES_MS[range.size]).toBe(sizeMs)
        expect(startsOf(range)).toEqual(starts(sizeMs, c - windowMs, c))
        expect(sinceOf(range) * 5_000).toBe(startsOf(range)[0])
      }),
      { numRuns: 400 },
    )
  })

  it('N32 have the 15 min slices that start in (c − W − 24 h, c − W] as baseline', () => {
    fc.assert(
      fc.property(timed, clock, (window, c) => {
        const range = baselineOf(window, c)
        fc.pre(window !== '24h')
        const { windowMs } = SHAPES[window]
        expect(range?.size).toBe(2)
        expect(startsOf(range as Range)).toEqual(starts(15 * MINUTE, c - windowMs - DAY, c - windowMs))
      }),
      { numRuns: 400 },
    )
  })

  it('N32 total has neither slices nor a baseline, and everyone ever seen; 24h has no baseline', () => {
    expect([rangeOf('total', 1e12), baselineOf('total', 1e12), sinceOf(null)]).toEqual([null, null, 1])
    expect(baselineOf('24h', 1e12)).toBe(null)
    expect(WINDOWS.filter(window => window !== 'total')).toEqual(Object.keys(SHAPES))
  })

  it('visit the spans of a page that hold a slice of theirs, and no slice of an earlier round of the ring', () => {
    const slice = fc.record({ ago: fc.nat(400), cells: fc.nat(1) })
    fc.assert(
      fc.property(timed, clock, fc.array(slice, { maxLength: 40 }), (window, c, slices) => {
        const range = rangeOf(window, c) as Range
        const page = new Page()
        const start = RING_START[range.size] as number
        const ring = (RING_START[range.size + 1] ?? TOTAL_SPAN) - start
        for (const { ago, cells } of slices) {
          const index = range.last - ago
          page.index[start + (index % ring)] = index
          page.length[start + (index % ring)] = cells
        }
        const expected: number[] = []
        for (let place = start; place < start + ring; place++) {
          const index = page.index[place] as number
          if (index >= range.first && index <= range.last && page.length[place] === 1) expected.push(place)
        }
        const visited: number[] = []
        eachSpan(page, range, place => visited.push(place))
        expect(visited.sort((a, b) => a - b)).toEqual(expected)
      }),
    )
  })

  it('visit the total where there is one', () => {
    const page = new Page()
    const visited: number[] = []
    eachSpan(page, null, place => visited.push(place))
    page.length[TOTAL_SPAN] = 3
    eachSpan(page, null, place => visited.push(place))
    expect(visited).toEqual([TOTAL_SPAN])
  })
})
