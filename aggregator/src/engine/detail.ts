import type { Detail, Window } from '@pulssi/protocol/client'
import { Cell } from './limits.js'
import type { Mirror } from './mirror.js'
import type { Spot } from './spot.js'
import { byName, type Spots } from './spots.js'
import { eachSpan, rangeOf } from './windows.js'

type Counts = Map<string, number>

const add = (counts: Counts, name: string, n: number): void => {
  counts.set(name, (counts.get(name) ?? 0) + n)
}

/** Most first. */
const ranked = (counts: Counts): [name: string, n: number][] =>
  [...counts].filter(([, n]) => n > 0).sort(([a, x], [b, y]) => y - x || byName(a, b))

type Visit = (mirror: Mirror, key: number, n: number) => void

/** Every cell of a touchpoint from `least` to below `end`, in one window, over all partitions. */
const eachCell = (spots: Spots, spot: Spot, window: Window, clock: number, least: number, visit: Visit): void => {
  const range = rangeOf(window, clock)
  spots.eachPage(spot, (mirror, page) => {
    eachSpan(page, range, place => {
      const offset = page.offset[place] as number
      const keys = mirror.ledger.spans.keys(offset)
      const counts = mirror.ledger.spans.counts(offset)
      const first = offset & 0xffff
      for (let i = first + (page.length[place] as number) - 1; i >= first; i--) {
        const key = keys[i] as number
        if (key < least) break
        visit(mirror, key, counts[i] as number)
      }
    })
  })
}

/** Where visits of a touchpoint went on to. */
export const transitionsFrom = (spots: Spots, spot: Spot, window: Window, clock: number): Counts => {
  const counts: Counts = new Map()
  eachCell(spots, spot, window, clock, Cell.transition, (mirror, key, n) => {
    add(counts, mirror.names.touchpoints[key - Cell.transition] as string, n)
  })
  return counts
}

/** Why visits ended, and by what channel their visitors came back. */
interface Exits {
  readonly left: Counts
  readonly reasons: Counts
  readonly back: Counts
}

const addExits = (spots: Spots, spot: Spot, window: Window, clock: number, { left, reasons, back }: Exits): void => {
  eachCell(spots, spot, window, clock, Cell.recovered, ({ names }, key, n) => {
    if (key < Cell.answer) add(back, names.channels[key - Cell.recovered] as string, n)
    if (key >= Cell.reason && key < Cell.transition) add(reasons, names.reasons[key - Cell.reason] as string, n)
    if (key < Cell.exit || key >= Cell.dwell) return
    add(left, key === Cell.exit ? '' : (names.signals[key - Cell.exit - 1] as string), n)
  })
}

/**
 * What a pulse doesn't say of a touchpoint or roll-up, step by step: others are looked through for where visits came
 * from. The spots must not change between the steps.
 */
export function* detail(spots: Spots, name: string, window: Window, clock: number): Generator<void, Detail> {
  const spot = spots.named(name)
  const from: Counts = new Map()
  const exits: Exits = { left: new Map(), reasons: new Map(), back: new Map() }
  for (const part of spot.members ?? [spot]) {
    addExits(spots, part, window, clock, exits)
    yield
  }
  if (spot.members === null) {
    for (const other of spots.touchpoints.values()) {
      const n = transitionsFrom(spots, other, window, clock).get(name)
      if (n !== undefined) add(from, other.name, n)
      yield
    }
  }
  const to = spot.members === null ? transitionsFrom(spots, spot, window, clock) : new Map()
  const steps = (counts: Counts): Detail['from'] => ranked(counts).map(([touchpoint, n]) => ({ touchpoint, n }))
  return {
    clock,
    touchpoint: name,
    window,
    from: steps(from),
    to: steps(to),
    left: ranked(exits.left).map(([signal, n]) => ({ signal: signal === '' ? null : signal, n })),
    recovered: ranked(exits.back).map(([channel, n]) => ({ channel, n })),
    reasons: ranked(exits.reasons).map(([reason, n]) => ({ reason, n })),
  }
}
