import type { Pulse } from '@pulssi/protocol/client'
import type { Chance } from '../engine/index.js'
import {
  CHANCE_CLASSES,
  EVEN_QUESTIONS_PER_HOUR,
  FLOOR_SHARE,
  INCIDENT_WEIGHT,
  QUESTIONS_PER_VISIT,
  SUSPECT_ERRORS,
  SUSPECT_WEIGHT,
  TEACHING_POWER,
  UNKNOWN_VARIANCE,
  Z,
} from './limits.js'

/** What is known of a touchpoint when it is decided by what chance its visitors are asked. */
export interface TouchpointFigures {
  readonly touchpoint: string
  /** Visits of the last hour. */
  readonly entered: number
  /** Answers of the last hour; their score and its error (a standard deviation), null where there are none. */
  readonly n: number
  readonly score: number | null
  readonly error: number | null
  /** The score as it was the day before; null: nothing is known of it. */
  readonly baseline: number | null
  readonly isIncident: boolean
  /** It is getting worse: visitors in trouble there are nudged. */
  readonly isWorse: boolean
}

export interface Pace {
  /** Questions for each visit, over all touchpoints: about so many, budgets allowing. */
  readonly questionsPerVisit: number
  /** Of a touchpoint, at least, where there are visits for them. */
  readonly evenQuestionsPerHour: number
}

export const PACE: Pace = {
  questionsPerVisit: QUESTIONS_PER_VISIT,
  evenQuestionsPerHour: EVEN_QUESTIONS_PER_HOUR,
}

/** From a pulse of `1h`. */
export const figuresOf = (
  { touchpoint, visits, sentiment }: Pulse,
  { isIncident, isWorse }: Pick<TouchpointFigures, 'isIncident' | 'isWorse'>,
): TouchpointFigures => {
  const { n, score, low, high, baseline } = sentiment
  // An interval is clipped where it leaves the scale: its longer side is the whole one.
  const half = score === null || low === null || high === null ? null : Math.max(score - low, high - score)
  const error = half === null ? null : half / Z
  return { touchpoint, entered: visits.entered, n, score, error, baseline, isIncident, isWorse }
}

/** Whether drop-off's or friction's whole interval lies above what it was before, or sentiment's whole below. */
export const isGettingWorse = ({ dropOff, friction, sentiment }: Pulse): boolean =>
  [dropOff, friction].some(
    ({ low, baseline, believed }) => believed && low !== null && baseline !== null && low > baseline,
  ) ||
  (sentiment.believed && sentiment.high !== null && sentiment.baseline !== null && sentiment.high < sentiment.baseline)

/**
 * By what chance visitors are asked, so that so many questions teach the most: they go where the score is least certain,
 * where something is open, and where it may have changed, up or down, which a look at one side alone would bias. Each
 * touchpoint keeps a tenth of an even share, so that a change is noticed everywhere. Chances are powers of two.
 */
export const chances = (all: readonly TouchpointFigures[], pace: Pace = PACE): Chance[] => {
  const visits = total(all.map(({ entered }) => entered))
  const even = Math.max(pace.evenQuestionsPerHour, (pace.questionsPerVisit * visits) / Math.max(1, all.length))
  const weights = all.map(weightOf)
  const sum = total(weights)
  return all.map(({ touchpoint, entered, isWorse }, i) => {
    const questions = (even * all.length * (weights[i] as number)) / sum
    return { touchpoint, chanceClass: classOf(Math.max(questions, FLOOR_SHARE * even) / Math.max(1, entered)), isWorse }
  })
}

const total = (list: readonly number[]): number => list.reduce((sum, x) => sum + x, 0)

/** The class of the power of two nearest to a chance. */
const classOf = (chance: number): number =>
  Math.max(0, Math.min(CHANCE_CLASSES - 1, Math.round(-Math.log2(Math.min(1, chance)))))

/** How much the next answer would teach. */
const weightOf = (figures: TouchpointFigures): number => {
  const { n, error, isIncident } = figures
  const variance = error === null ? UNKNOWN_VARIANCE : error * error
  const urgency = isIncident ? INCIDENT_WEIGHT : isSuspect(figures) ? SUSPECT_WEIGHT : null
  // Counted as intervals are: with an answer more at each end, and the next one.
  const taught = variance / (n + 3) ** TEACHING_POWER
  return urgency === null ? taught : taught * urgency * (n + 3)
}

const isSuspect = ({ score, error, baseline }: TouchpointFigures): boolean =>
  score !== null && error !== null && baseline !== null && Math.abs(score - baseline) > SUSPECT_ERRORS * error
