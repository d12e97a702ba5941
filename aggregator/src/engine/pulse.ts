import type { AskFigures, Pulse, Rate, Window } from '@pulssi/protocol/client'
import { corrected } from './corrected.js'
import {
  type Interval,
  pulseOf,
  rateBelieved,
  round6,
  round6OrNull,
  scaleFigures,
  score,
  scoreBelieved,
  type Weights,
  wilson,
} from './figures.js'
import { ANSWER_STRIDE, AskCell, Cell } from './limits.js'
import type { Willingness } from './silence.js'
import type { Counted } from './spot.js'
import { dwellMs } from './visits.js'

export interface PulseHead {
  touchpoint: string
  channel: string | null
  stage: string | null
  window: Window
  clock: number
  ageMs: number
}

export interface Baselines {
  dropOff: number | null
  sentiment: number | null
  friction: number | null
}

function rate(x: number, n: number, backed: boolean, baseline: number | null): Rate {
  const interval: Interval | null = n > 0 ? wilson(x, n) : null
  return {
    rate: n > 0 ? round6(x / n) : null,
    low: interval && round6(interval.low),
    high: interval && round6(interval.high),
    n,
    believed: rateBelieved(interval, backed),
    baseline: round6OrNull(baseline),
  }
}

/** `of`: how often each AskCell was counted. */
export function askFigures(of: (cell: number) => number): AskFigures {
  const [shown, answered] = [of(AskCell.shown), of(AskCell.answered)]
  return {
    shown,
    dismissed: of(AskCell.dismissed),
    answered,
    expired: of(AskCell.expired),
    // What was shown before the window may be answered in it.
    rate: shown > 0 ? round6(Math.min(1, answered / shown)) : null,
    saved: of(AskCell.saved),
  }
}

/** A pulse with its keys in the order that all of Pulssi prints them in, rounded. */
export function pulse(
  head: PulseHead,
  { sums, visitors, answerers, backed, answerersBacked, heard }: Counted,
  baselines: Baselines,
  willingness: Willingness | null,
  weights: Weights,
): Pulse {
  const of = (cell: number): number => sums.counters[cell] as number
  const dropped = of(Cell.dropped)
  const resolved = dropped + of(Cell.progressed) + of(Cell.switched) + of(Cell.completed)
  const entered = of(Cell.entered)
  const scored = score(sums.answers, ANSWER_STRIDE)
  const dwell = (p: number): number | null => {
    const bucket = sums.dwellBucket(p)
    return bucket === null ? null : dwellMs(bucket)
  }
  const signals = [...sums.signals].filter(([, n]) => n !== 0).sort(([a], [b]) => (a < b ? -1 : 1))
  return {
    ...head,
    visits: {
      entered,
      views: of(Cell.views),
      active: sums.active,
      completed: of(Cell.completed),
      progressed: of(Cell.progressed),
      switched: of(Cell.switched),
      dropped,
      unseen: of(Cell.unseen),
      recovered: sums.recovered,
      troubled: of(Cell.troubled),
    },
    dropOff: rate(dropped, resolved, backed, baselines.dropOff),
    sentiment: {
      score: round6OrNull(scored.score),
      low: round6OrNull(scored.low),
      high: round6OrNull(scored.high),
      n: scored.n,
      visitors: answerers,
      believed: scoreBelieved(scored.n, scored.half, answerersBacked),
      baseline: round6OrNull(baselines.sentiment),
      scales: scaleFigures(sums.answers, ANSWER_STRIDE),
      corrected: corrected(sums.asked, scored, heard, willingness),
      concentration: heard.n > 0 ? round6(heard.most / heard.n) : null,
    },
    friction: {
      ...rate(of(Cell.troubled), entered, backed, baselines.friction),
      signals: Object.fromEntries(signals),
    },
    dwellMs: { p50: dwell(50), p90: dwell(90), p99: dwell(99) },
    visitors,
    late: of(Cell.late),
    pulse: pulseOf(
      scored.score,
      resolved > 0 ? dropped / resolved : null,
      entered > 0 ? of(Cell.troubled) / entered : null,
      weights,
    ),
    asks: askFigures(cell => sums.asks[cell] as number),
  }
}
