import { SCALE_LEVELS, type Scale, type Window } from '@pulssi/protocol/client'
import { LEVEL_VALUES } from './figures.js'
import type { Counter, Fact } from './visits.js'
import type { Said } from './voices.js'

const SECOND = 1_000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const BASELINE_SPAN = 24 * HOUR
const COARSE_SLICE = 15 * MINUTE

const SPANS: Record<Exclude<Window, 'total'>, { readonly spanMs: number; readonly sliceMs: number }> = {
  '1m': { spanMs: MINUTE, sliceMs: 5 * SECOND },
  '5m': { spanMs: 5 * MINUTE, sliceMs: 5 * SECOND },
  '15m': { spanMs: 15 * MINUTE, sliceMs: MINUTE },
  '1h': { spanMs: HOUR, sliceMs: MINUTE },
  '24h': { spanMs: 24 * HOUR, sliceMs: COARSE_SLICE },
}

/** Says whether what happened at a time counts. */
export type Within = (time: number) => boolean

/** Slices of this size that start in (from, to]. */
const slicesWithin = (sliceMs: number, from: number, to: number): Within => {
  return time => {
    const start = Math.floor(time / sliceMs) * sliceMs
    return from < start && start <= to
  }
}

/**
 * N30. That a count goes only into slices still kept at its moment makes no difference to any answer: a slice size is
 * kept for longer than every window made of it (5 s: 10 min against 5; 1 min: 2 h against 1; 15 min: 48 h against 25 h
 * of the widest baseline), and the clock never goes back, so that a slice not kept at one moment lies in no window of
 * its size at that moment or later.
 */
export const inWindow = (window: Window, clock: number): Within => {
  if (window === 'total') return () => true
  const { spanMs, sliceMs } = SPANS[window]
  return slicesWithin(sliceMs, clock - spanMs, clock)
}

/** N32: the 15 min slices that start in (c − W − 24 h, c − W]; null for `24h` and `total`. */
export const inBaseline = (window: Window, clock: number): Within | null => {
  if (window === 'total' || window === '24h') return null
  const { spanMs } = SPANS[window]
  return slicesWithin(COARSE_SLICE, clock - spanMs - BASELINE_SPAN, clock - spanMs)
}

/** Everything counted at one touchpoint, or at all touchpoints of a roll-up, in one stretch of time. */
export class Tally {
  readonly counters: Record<Counter, number> = {
    entered: 0,
    views: 0,
    completed: 0,
    progressed: 0,
    switched: 0,
    dropped: 0,
    unseen: 0,
    recovered: 0,
    troubled: 0,
  }
  /** Answers per level. */
  readonly levels = new Map<Scale, number[]>()
  readonly signals = new Map<string, number>()
  readonly dwellMs: number[] = []
  readonly visitors = new Set<string>()
  readonly answerers = new Set<string>()
  readonly said: Said[] = []

  add(fact: Fact): void {
    switch (fact.what) {
      case 'count':
        this.counters[fact.counter]++
        break
      case 'dwell':
        this.dwellMs.push(fact.ms)
        break
      case 'answer': {
        const levels = this.#scale(fact.scale)
        levels[fact.level] = (levels[fact.level] ?? 0) + 1
        this.answerers.add(fact.visitor)
        this.said.push({
          visitor: fact.visitor,
          slice: Math.floor(fact.time / (5 * SECOND)),
          value: LEVEL_VALUES[fact.scale][fact.level] ?? 0,
        })
        break
      }
      case 'signal':
        this.signals.set(fact.name, (this.signals.get(fact.name) ?? 0) + 1)
        break
      case 'named':
        this.visitors.add(fact.visitor)
        break
      case 'transition':
      case 'left':
      case 'returned':
      case 'spoken':
        break
    }
  }

  /** N35: roll-ups are sums of their touchpoints, distinct visitors those of the union. */
  include(other: Tally): void {
    for (const name of Object.keys(this.counters) as Counter[]) this.counters[name] += other.counters[name]
    for (const [scale, levels] of other.levels) {
      const mine = this.#scale(scale)
      levels.forEach((n, level) => {
        mine[level] = (mine[level] ?? 0) + n
      })
    }
    for (const [name, n] of other.signals) this.signals.set(name, (this.signals.get(name) ?? 0) + n)
    for (const ms of other.dwellMs) this.dwellMs.push(ms)
    for (const visitor of other.visitors) this.visitors.add(visitor)
    for (const visitor of other.answerers) this.answerers.add(visitor)
    for (const one of other.said) this.said.push(one)
  }

  #scale(scale: Scale): number[] {
    let levels = this.levels.get(scale)
    if (!levels) {
      levels = new Array(SCALE_LEVELS[scale].count).fill(0)
      this.levels.set(scale, levels)
    }
    return levels
  }
}
