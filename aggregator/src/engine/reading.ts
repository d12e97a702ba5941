import type { Window } from '@pulssi/protocol/client'
import { type Interval, score, wilson } from './figures.js'
import { ANSWER_STRIDE, Cell, SLICE_COUNT, SLICE_MS } from './limits.js'
import type { Counted } from './spot.js'
import type { Spots } from './spots.js'
import { Sums } from './sums.js'
import { rangeOf } from './windows.js'

/** A figure with its 95 % interval, unrounded; null where n is 0. */
export interface Figure {
  value: number | null
  low: number | null
  high: number | null
  n: number
}

/** The figures that have an interval. */
export interface Figures {
  sentiment: Figure
  dropOff: Figure
  friction: Figure
}

/** `backed`: whether enough distinct voices stand behind it. */
export interface Readings {
  visitors: number
  sentiment: Figure & { backed: boolean }
  dropOff: Figure & { backed: boolean }
  friction: Figure & { backed: boolean }
}

const MINUTE = 1

function rate(x: number, n: number): Figure {
  const interval: Interval | null = n > 0 ? wilson(x, n) : null
  return { value: n > 0 ? x / n : null, low: interval?.low ?? null, high: interval?.high ?? null, n }
}

function figuresOf({ counters, answers }: Sums): Figures {
  const of = (cell: number): number => counters[cell] as number
  const { score: value, low, high, n } = score(answers, ANSWER_STRIDE)
  const dropped = of(Cell.dropped)
  const resolved = dropped + of(Cell.progressed) + of(Cell.switched) + of(Cell.completed)
  return {
    sentiment: { value, low, high, n },
    dropOff: rate(dropped, resolved),
    friction: rate(of(Cell.troubled), of(Cell.entered)),
  }
}

export function readings({ sums, visitors, backed, answerersBacked }: Counted): Readings {
  const { sentiment, dropOff, friction } = figuresOf(sums)
  return {
    visitors,
    sentiment: { ...sentiment, backed: answerersBacked },
    dropOff: { ...dropOff, backed },
    friction: { ...friction, backed },
  }
}

/**
 * Beginning of the first minute of the unbroken run of bad ones that leads up to now, within the window and the 1 min
 * slices still kept, step by step: a minute of which nothing is known breaks no run. ms since 1970; null: none is bad.
 * The spots must not change between the steps.
 */
export function* firstMinute(
  spots: Spots,
  name: string,
  window: Window,
  clock: number,
  isBad: (figures: Figures) => boolean | null,
): Generator<void, number | null> {
  const spot = spots.named(name)
  const sizeMs = SLICE_MS[MINUTE]
  const last = Math.floor(clock / sizeMs)
  const range = rangeOf(window, clock)
  const begin = range === null ? 0 : Math.floor((range.first * (SLICE_MS[range.size] as number)) / sizeMs)
  const least = Math.max(begin, last - SLICE_COUNT[MINUTE] + 1)
  let found: number | null = null
  for (let index = last; index >= least; index--) {
    const sums = new Sums()
    for (const member of spot.members ?? [spot]) {
      spots.eachPage(member, (mirror, page) => sums.addPage(mirror, page, { size: MINUTE, first: index, last: index }))
    }
    sums.close()
    const bad = isBad(figuresOf(sums))
    if (bad === false && found !== null) break
    if (bad === true) found = index * sizeMs
    yield
  }
  return found
}
