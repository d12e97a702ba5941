import { HABITS, type Habits } from '../../examples/visitors/customer.js'

export const MINUTE_MS = 60_000
export const HOUR_MS = 60 * MINUTE_MS
export const DAY_MS = 24 * HOUR_MS

/** What a world is made of. Fixed before any policy was tuned; each number with its reason. */
export interface Terms {
  readonly touchpoints: number
  /** Over all touchpoints. */
  readonly visitsPerHour: number
  readonly daysBefore: number
  readonly days: number
  readonly drops: number
  readonly habits: Habits
}

export const TERMS: Terms = {
  touchpoints: 20,
  // Half a million visits in four days: the busiest touchpoint has 1,668 an hour, the quietest 83.
  visitsPerHour: 6_000,
  // Until as many customers were asked lately as ever are.
  daysBefore: 2,
  days: 4,
  drops: 3,
  habits: HABITS,
}

/** Traffic of the touchpoint at rank k is as 1 / k^ZIPF. */
export const ZIPF = 1

/** Customers come back within a day or so, two thirds of them after each time: three times each on average. */
export const RETURNS = 2 / 3
export const AWAY_LEAST_MS = 60 * MINUTE_MS
export const AWAY_MS = 23 * HOUR_MS
/** Each time they meet so many touchpoints, all counts as likely. */
export const MOST_TOUCHPOINTS = 8
/** A minute at each, with a long tail: idle times are no part of this world. */
export const STAY_LEAST_MS = 5_000
export const STAY_MS = 55_000
/** So many customers use two devices by turns, and half of these sign in on both. */
export const TWO_DEVICES = 0.25
export const SIGN_IN = 0.5

/** A touchpoint's own mood: most companies' customers are rather content. */
export const MOOD_LEAST = -0.2
export const MOOD_MOST = 0.6
/** Moods sway with the time of the day. */
export const SWAY = 0.1
/** Some people like everything, and some nothing: spread of their own part of each opinion. */
export const PERSON_SPREAD = 0.3
/** Spread from one visit to the next. Together the two leave an opinion within half a point of four. */
export const VISIT_SPREAD = 0.4

/** Something breaks for some hours: what half of the customers notice, or all of them. */
export const DROP_LEAST = 0.4
export const DROP_MOST = 0.8
export const DROP_MS = 6 * HOUR_MS
