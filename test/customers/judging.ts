import { ESTIMATORS, type Estimates, type Estimator, estimates } from './estimates.js'
import { HOUR_MS, MINUTE_MS } from './limits.js'
import type { Heard } from './policies.js'
import { Series } from './series.js'
import type { Drop, World } from './world.js'

const CHECK_MS = 15 * MINUTE_MS
const LOOK_MS = MINUTE_MS
const WINDOWS_MS = [15 * MINUTE_MS, HOUR_MS]
/** A drop is seen once the whole interval lies so far below the level before, with at least so many answers. */
const MARGIN = 0.1
const LEAST_ANSWERS = 5

export interface Judgement {
  /** Root of the mean square, over touchpoints, of the last hour's estimate against the truth; mean over all checks. */
  readonly error: Readonly<Record<Estimator, number>>
  /** Estimate less truth, mean over touchpoints and checks. */
  readonly bias: Readonly<Record<Estimator, number>>
  /** Put in the time judged, in each 1,000 visits of it. */
  readonly questionsPer1000: number
  readonly answersPer1000: number
  /** From each drop until it is seen, ms; null: not as long as it lasts. */
  readonly noticedMs: readonly (number | null)[]
  /** Of the checks where nothing had dropped, so many saw a drop. */
  readonly falseAlarms: number
}

/** What there is to be known: the mean opinion of all visits. */
export class Truth {
  readonly #series: readonly Series[]

  constructor({ visits, terms }: World) {
    const rows = Array.from({ length: terms.touchpoints }, () => [] as { at: number; values: number[] }[])
    for (const { at, touchpoint, opinion } of visits) rows[touchpoint]?.push({ at, values: [opinion] })
    this.#series = rows.map(list => new Series(list, 1))
  }

  /** Over (after, until]; null where nobody was. */
  mean(touchpoint: number, after: number, until: number): number | null {
    const { n, sums } = (this.#series[touchpoint] as Series).over(after, until)
    return n === 0 ? null : (sums[0] as number) / n
  }
}

export const judge = (world: World, heard: Heard, truth: Truth): Judgement => {
  const { touchpoints } = world.terms
  const of = (by: Estimator): Estimates => estimates(heard.answers, touchpoints, by)
  const all = ESTIMATORS.map(by => [by, errorOf(world, truth, of(by))] as const)
  const asked = of('asked')
  const judged = (times: readonly { at: number }[]): number => times.filter(({ at }) => at >= world.judgedFrom).length
  const per1000 = 1_000 / judged(world.visits)
  return {
    error: Object.fromEntries(all.map(([by, { error }]) => [by, error])) as Record<Estimator, number>,
    bias: Object.fromEntries(all.map(([by, { bias }]) => [by, bias])) as Record<Estimator, number>,
    questionsPer1000: judged(heard.questions.map(at => ({ at }))) * per1000,
    answersPer1000: judged(heard.answers) * per1000,
    noticedMs: world.drops.map(drop => noticed(drop, truth, asked)),
    falseAlarms: falseAlarms(world, truth, asked),
  }
}

const checksOf = ({ judgedFrom, endsAt }: World): number[] =>
  Array.from({ length: Math.floor((endsAt - judgedFrom) / CHECK_MS) }, (_, i) => judgedFrom + (i + 1) * CHECK_MS)

const mean = (list: readonly number[]): number => list.reduce((sum, x) => sum + x, 0) / list.length

const errorOf = (world: World, truth: Truth, { standing }: Estimates): { error: number; bias: number } => {
  const places = Array.from({ length: world.terms.touchpoints }, (_, i) => i)
  const off = checksOf(world).map(at =>
    places.flatMap(place => {
      const known = truth.mean(place, at - HOUR_MS, at)
      return known === null ? [] : [standing(place, at - HOUR_MS, at) - known]
    }),
  )
  return { error: mean(off.map(list => Math.sqrt(mean(list.map(x => x * x))))), bias: mean(off.map(mean)) }
}

const isBelow = ({ over }: Estimates, touchpoint: number, level: number, at: number): boolean =>
  WINDOWS_MS.some(window => {
    const found = over(touchpoint, at - window, at)
    return found !== null && found.n >= LEAST_ANSWERS && found.high < level - MARGIN
  })

const noticed = ({ touchpoint, from, until }: Drop, truth: Truth, asked: Estimates): number | null => {
  const level = truth.mean(touchpoint, from - HOUR_MS, from) ?? 0
  for (let at = from; at <= until; at += LOOK_MS) if (isBelow(asked, touchpoint, level, at)) return at - from
  return null
}

/** Where nothing has dropped, the level before is that of the hour before the last. */
const falseAlarms = (world: World, truth: Truth, asked: Estimates): number => {
  const sound = Array.from({ length: world.terms.touchpoints }, (_, i) => i).filter(
    place => !world.drops.some(({ touchpoint }) => touchpoint === place),
  )
  const alarms = checksOf(world).flatMap(at =>
    sound.map(place => {
      const level = truth.mean(place, at - 2 * HOUR_MS, at - HOUR_MS)
      return level !== null && isBelow(asked, place, level, at) ? 1 : 0
    }),
  )
  return mean(alarms)
}
