import { eachCount } from './cells.js'
import { SCORE_PARTS } from './figures.js'
import { ASK_CELLS, ASKED_CELLS, AskCell, Cell, SCORE_VALUES, SECOND_MS } from './limits.js'
import { SCORES } from './score-values.js'
import type { Spot } from './spot.js'
import type { Spots } from './spots.js'
import { type Range, rangeOf } from './windows.js'

/** How many were asked for each answer of a score x: none + slope·|x|, the inverse of the probability to answer. */
export interface Willingness {
  readonly none: number
  readonly slope: number
}

/** What a touchpoint tells of who answers. */
export interface Response {
  readonly shown: number
  readonly answered: number
  /** Mean of |score| over its answers. */
  readonly extent: number
}

/** Touchpoints that it takes to see a line, and answers of each. */
const LEAST_RESPONSES = 6
const LEAST_ANSWERS = 20
/** Standard errors that the slope must lie below zero. */
const LEAST_ERRORS = 3
/** How many times more silent the most silent may be. Beyond, a few answers would decide everything. */
const MOST_RATIO = 10
/** Share of a touchpoint's answers that must be such as the line is about: on a scale, asked for by a chance. */
const LEAST_SHARE = 0.9
const MINUTE_MS = 60 * SECOND_MS

/**
 * Whether the moderate are more silent, and by how much: who was shown an ask answers it with a probability r(|x|) that
 * depends on the score x alone, at every touchpoint alike. Then 1/r summed over a touchpoint's answers is expected to be
 * the number of those who were shown it; with 1/r = none + slope·|x| the inverse of the response rate is that line at
 * the mean of |x|. Response rates that differ with how extreme the answers are tell the line: the calibration idea of
 * Kott and Chang, Using calibration weighting to adjust for nonignorable unit nonresponse (2010), by least squares,
 * weighted by answers. null: it isn't to be seen, or makes no sense.
 */
export function fitSilence(responses: readonly Response[]): Willingness | null {
  const points = responses.filter(({ shown, answered }) => answered >= LEAST_ANSWERS && shown >= answered)
  if (points.length < LEAST_RESPONSES) return null
  let [weights, x, y, shown] = [0, 0, 0, 0]
  for (const point of points) {
    weights += point.answered
    shown += point.shown
    x += point.answered * point.extent
    y += point.shown
  }
  const [meanX, meanY] = [x / weights, y / weights]
  let [xx, xy] = [0, 0]
  for (const { answered, extent, shown } of points) {
    xx += answered * (extent - meanX) ** 2
    xy += answered * (extent - meanX) * (shown / answered - meanY)
  }
  if (xx === 0) return null
  const slope = xy / xx
  const none = meanY - slope * meanX
  const rest = points.reduce((sum, { answered, extent, shown }) => {
    return sum + answered * (shown / answered - none - slope * extent) ** 2
  }, 0)
  const rate = weights / shown
  const variance = Math.max(rest / (points.length - 2), (1 - rate) / rate ** 2)
  const isSeen = slope < -LEAST_ERRORS * Math.sqrt(variance / xx)
  const isSane = none > 0 && none + slope > 0 && none <= MOST_RATIO * (none + slope)
  return isSeen && isSane ? { none, slope } : null
}

/** What a touchpoint tells in a window; null: too little, or of something else. */
function responseAt(spots: Spots, spot: Spot, range: Range | null): Response | null {
  const asks = new Int32Array(ASK_CELLS)
  eachCount(spots, spot, range, Cell.asks, Cell.asks + ASK_CELLS, (cell, n) => {
    asks[cell - Cell.asks] = (asks[cell - Cell.asks] as number) + n
  })
  const [shown, answered] = [asks[AskCell.shown] as number, asks[AskCell.answered] as number]
  if (answered < LEAST_ANSWERS) return null
  let [n, extents] = [0, 0]
  eachCount(spots, spot, range, Cell.asked, Cell.asked + ASKED_CELLS, (cell, count) => {
    n += count
    extents += count * Math.abs(SCORES[(cell - Cell.asked) % SCORE_VALUES] as number)
  })
  return n < LEAST_SHARE * answered ? null : { shown, answered, extent: extents / (SCORE_PARTS * n) }
}

/** What all touchpoints together tell of who answers, looked at once a minute of the clock. */
export class Silence {
  /** Grows with every change of what was found. */
  changes = 0
  readonly #found = new Map<'24h' | 'total', { readonly minute: number; readonly willingness: Willingness | null }>()
  readonly #spots: Spots

  constructor(spots: Spots) {
    this.#spots = spots
  }

  /** Over the last 24 h, or over all that was ever counted. */
  at(span: '24h' | 'total', clock: number): Willingness | null {
    const minute = Math.floor(clock / MINUTE_MS)
    const known = this.#found.get(span)
    if (known?.minute === minute) return known.willingness
    const willingness = this.#fit(rangeOf(span, clock))
    const before = known?.willingness ?? null
    if (willingness?.none !== before?.none || willingness?.slope !== before?.slope) this.changes++
    this.#found.set(span, { minute, willingness })
    return willingness
  }

  #fit(range: Range | null): Willingness | null {
    const asked = [...this.#spots.touchpoints.values()].filter(spot => responseAt(this.#spots, spot, null) !== null)
    return fitSilence(asked.flatMap(spot => responseAt(this.#spots, spot, range) ?? []))
  }
}
