import { DEFAULT_CONFIG } from '@pulssi/aggregator/engine'
import type { Pulse } from '@pulssi/protocol/client'
import { Random } from '../sim/random.js'
import { AskingRun, placeOf } from './asking.js'
import { Auditor, type Breach } from './auditor.js'
import { estimates } from './estimates.js'
import { type Judgement, judge, Truth } from './judging.js'
import { DAY_MS, HOUR_MS, MINUTE_MS, type Terms } from './limits.js'
import { makeWorld, type World } from './world.js'

export const PULSSI = 'Pulssi'
const CHECK_MS = 15 * MINUTE_MS

/** What Pulssi's own engine, view and policy come to in a world. */
export interface Trial extends Judgement {
  /** As `error`, of the pulse's `sentiment.corrected`. */
  readonly correctedError: number
}

export const tryPulssi = (world: World, truth: Truth, policyMs: number): Trial => {
  const standing = new Map<string, number>()
  const errors: number[] = []
  const look = (at: number, pulses: readonly Pulse[]): void => {
    const squares = pulses.flatMap(({ touchpoint, sentiment }) => {
      const score = sentiment.corrected.score ?? standing.get(touchpoint) ?? 0
      standing.set(touchpoint, score)
      const known = truth.mean(placeOf(touchpoint), at - HOUR_MS, at)
      return known === null ? [] : [(score - known) ** 2]
    })
    if (at > world.judgedFrom) errors.push(Math.sqrt(mean(squares)))
  }
  const run = new AskingRun(world, { partitions: 1, policyMs, look: { everyMs: CHECK_MS, at: look } })
  return { ...judge(world, run.run(), truth), correctedError: mean(errors) }
}

const mean = (list: readonly number[]): number => list.reduce((sum, x) => sum + x, 0) / list.length

export interface Audit {
  readonly visits: number
  readonly crashes: number
  readonly asked: number
  readonly askedOfLinked: number
  readonly refused: number
  readonly breaches: readonly Breach[]
}

/** Shorter than any company's, so that all of it is met within days. */
const TIGHT = {
  ...DEFAULT_CONFIG.budget,
  everyMs: 12 * HOUR_MS,
  afterAnswerMs: 2 * DAY_MS,
  afterDismissalMs: DAY_MS,
  mostMs: 3 * DAY_MS,
}

/** Asks through crashes, repeated letters and links, with an auditor at the door. */
export const audit = (seed: number, terms: Terms, policyMs: number, crash: number): Audit => {
  const world = makeWorld(seed, terms)
  const auditor = new Auditor(TIGHT)
  const faults = { random: new Random(seed), crash, image: 2 * crash, repeat: 0.1 }
  const run = new AskingRun(world, { partitions: 3, policyMs, budget: TIGHT, faults, witness: auditor })
  run.run()
  const { crashes, refused } = run.system
  const { asked, askedOfLinked, breaches } = auditor
  return { visits: world.visits.length, crashes, asked, askedOfLinked, refused, breaches }
}

/** How far the day's scores stay from the truth where the moderate are silent. Means over touchpoints. */
export interface Silence {
  readonly moderate: number
  readonly plain: number
  readonly asked: number
  readonly corrected: number
  /** Touchpoints by the estimator that their pulse names. */
  readonly estimators: Readonly<Record<string, number>>
}

export const trySilence = (seed: number, terms: Terms, moderate: number, policyMs: number): Silence => {
  const world = makeWorld(seed, { ...terms, drops: 0, habits: { ...terms.habits, moderate } })
  const truth = new Truth(world)
  const run = new AskingRun(world, { partitions: 1, policyMs })
  const { over } = estimates(run.run().answers, terms.touchpoints, 'asked')
  const estimators: Record<string, number> = {}
  const off = run.pulses('24h').flatMap(({ touchpoint, sentiment: { score, corrected } }) => {
    const place = placeOf(touchpoint)
    const [after, until] = [world.endsAt - DAY_MS, world.endsAt]
    const known = truth.mean(place, after, until)
    const asked = over(place, after, until)
    if (known === null || asked === null || score === null || corrected.score === null) return []
    estimators[corrected.estimator] = (estimators[corrected.estimator] ?? 0) + 1
    return [{ plain: score - known, asked: asked.score - known, corrected: corrected.score - known }]
  })
  const biasOf = (by: 'plain' | 'asked' | 'corrected'): number => mean(off.map(one => one[by]))
  return { moderate, plain: biasOf('plain'), asked: biasOf('asked'), corrected: biasOf('corrected'), estimators }
}
