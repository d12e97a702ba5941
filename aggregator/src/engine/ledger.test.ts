import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Ledger, type Page, RING_START, TOTAL_SPAN } from './ledger.js'
import { Cell, SUCCESSORS } from './limits.js'

/** Sizes of slices and how long they are kept (N30), ms. */
const SIZES = [
  { sizeMs: 5_000, keptMs: 600_000 },
  { sizeMs: 60_000, keptMs: 7_200_000 },
  { sizeMs: 900_000, keptMs: 172_800_000 },
] as const
const START = 1_700_000_000_000

interface Count {
  touchpoint: number
  atMs: number
  key: number
  delta: number
}

/** Cells that are not zero: `key:count`. */
function spanText(ledger: Ledger, page: Page, place: number): string {
  const offset = page.offset[place] as number
  const first = offset & 0xffff
  const out: string[] = []
  for (let i = first; i < first + (page.length[place] as number); i++) {
    const count = ledger.spans.counts(offset)[i]
    if (count !== 0) out.push(`${ledger.spans.keys(offset)[i]}:${count}`)
  }
  return out.join(' ')
}

/** Every slice still kept at the clock, and the total, as the ledger has them. */
function booked(ledger: Ledger, touchpoint: number, clockMs: number): Record<string, string> {
  const page = ledger.page(touchpoint)
  const out: Record<string, string> = {}
  const put = (name: string, place: number): void => {
    const text = spanText(ledger, page, place)
    if (text !== '') out[name] = text
  }
  put('total', TOTAL_SPAN)
  SIZES.forEach(({ sizeMs, keptMs }, size) => {
    const end = RING_START[size + 1] ?? TOTAL_SPAN
    for (let place = RING_START[size] as number; place < end; place++) {
      const startMs = (page.index[place] as number) * sizeMs
      if (startMs > clockMs - keptMs) put(`${size}@${startMs}`, place)
    }
  })
  return out
}

/** The same from the bare list of counts. A slice kept now was kept when it was counted in, as the clock only grows. */
function recount(counts: readonly Count[], touchpoint: number, clockMs: number): Record<string, string> {
  const cells = new Map<string, Map<number, number>>()
  const add = (name: string, { key, delta }: Count): void => {
    const slice = cells.get(name) ?? new Map<number, number>()
    cells.set(name, slice.set(key, (slice.get(key) ?? 0) + delta))
  }
  for (const count of counts) {
    if (count.touchpoint !== touchpoint) continue
    add('total', count)
    SIZES.forEach(({ sizeMs, keptMs }, size) => {
      const startMs = count.atMs - (count.atMs % sizeMs)
      if (startMs > clockMs - keptMs) add(`${size}@${startMs}`, count)
    })
  }
  const out: Record<string, string> = {}
  for (const [name, slice] of cells) {
    const text = [...slice]
      .filter(([, n]) => n !== 0)
      .sort((a, b) => a[0] - b[0])
      .map(([key, n]) => `${key}:${n}`)
    if (text.length > 0) out[name] = text.join(' ')
  }
  return out
}

const span = (hours: number) => fc.integer({ min: 0, max: hours * 3_600_000 })
const step = fc.record({
  aheadMs: fc.oneof(fc.constant(0), fc.nat(20_000), fc.nat(20_000), span(3), span(60)),
  touchpoint: fc.nat(2),
  ageMs: fc.oneof(fc.constant(0), fc.nat(30_000), span(0.2), span(3), span(60)),
  key: fc.oneof(fc.nat(8), fc.integer({ min: 256, max: 500 })),
  delta: fc.constantFrom(1, 1, 1, -1),
  keys: fc.constantFrom(1, 1, 1, 130),
  look: fc.integer({ min: 0, max: 9 }).map(n => n === 0),
})

describe('the ledger', () => {
  it('N30 has every count in each slice still kept and in the total, whatever the order of times', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), steps => {
        const ledger = new Ledger()
        for (let touchpoint = 0; touchpoint < 3; touchpoint++) ledger.page(touchpoint)
        const counts: Count[] = []
        let clockMs = START
        for (const { aheadMs, touchpoint, ageMs, key, delta, keys, look } of steps) {
          clockMs += aheadMs
          ledger.now = Math.floor(clockMs / 5_000)
          const atMs = clockMs - ageMs
          // At times more keys at once than the table of what is pending holds.
          for (let i = 0; i < keys; i++) {
            counts.push({ touchpoint, atMs, key: key + i, delta })
            ledger.add(touchpoint, Math.floor(atMs / 5_000), key + i, delta)
          }
          if (look) ledger.flushAll()
        }
        ledger.flushAll()
        for (let touchpoint = 0; touchpoint < 3; touchpoint++) {
          expect(booked(ledger, touchpoint, clockMs)).toEqual(recount(counts, touchpoint, clockMs))
        }
      }),
      { numRuns: 200 },
    )
  })

  it('counts what is for the total alone in no slice', () => {
    const ledger = new Ledger()
    const page = ledger.page(0)
    ledger.now = START / 5_000
    ledger.addTotal(0, Cell.late, 1)
    ledger.addTotal(0, Cell.late, 2)
    expect(booked(ledger, 0, START)).toEqual({ total: `${Cell.late}:3` })
    expect([ledger.dirty, page.changed[TOTAL_SPAN]]).toEqual([[0], 1])
  })

  it('keeps what is pending of each touchpoint when more touchpoints come', () => {
    const ledger = new Ledger()
    ledger.now = START / 5_000
    for (let touchpoint = 0; touchpoint < 100; touchpoint++) {
      ledger.page(touchpoint)
      ledger.add(touchpoint, ledger.now, Cell.entered, touchpoint + 1)
    }
    ledger.flushAll()
    for (let touchpoint = 0; touchpoint < 100; touchpoint++) {
      expect(booked(ledger, touchpoint, START)).toMatchObject({ total: `${Cell.entered}:${touchpoint + 1}` })
    }
  })

  it('marks a touchpoint and the spans that changed', () => {
    const ledger = new Ledger()
    const page = ledger.page(1)
    ledger.now = START / 5_000
    ledger.add(1, ledger.now, Cell.entered, 1)
    ledger.add(1, ledger.now, Cell.views, 1)
    ledger.flushAll()
    expect(ledger.dirty).toEqual([1])
    const changed = [...page.changed].flatMap((mark, place) => (mark === 0 ? [] : [place]))
    const places = SIZES.map(({ sizeMs }, size) => {
      const ring = (RING_START[size + 1] ?? TOTAL_SPAN) - (RING_START[size] as number)
      return (RING_START[size] as number) + (Math.floor(START / sizeMs) % ring)
    })
    expect(changed).toEqual([...places, TOTAL_SPAN])
  })

  it('gives 256 successors a cell of their own, whenever they are booked, and ~other to the rest', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.nat(400), { minLength: 260, maxLength: 400, size: 'max' }).map(all => [...all, ...all]),
        fc.integer({ min: 1, max: 50 }),
        (to, every) => {
          const ledger = new Ledger()
          ledger.page(0)
          ledger.now = START / 5_000
          const own = new Set<number>()
          const other = 999
          to.forEach((successor, i) => {
            if (own.size < SUCCESSORS) own.add(successor)
            const cell = ledger.transition(0, successor, () => other)
            expect(cell).toBe(Cell.transition + (own.has(successor) ? successor : other))
            ledger.add(0, ledger.now + Math.floor(i / 10), cell, 1)
            if (i % every === 0) ledger.flushAll()
          })
        },
      ),
      { numRuns: 15 },
    )
  })
})
