/** Chances are 2^−class, of so many classes: none is smaller than 1 in 128. */
export { CHANCE_CLASSES } from '../engine/index.js'

/** Two-sided 95 % of the normal distribution, by which intervals are drawn. */
export const Z = 1.959964
/**
 * So many questions for each visit, a touchpoint's even share of them, and what each touchpoint gets at least where few
 * come. Of these, budgets let about three in four be put.
 */
export const QUESTIONS_PER_VISIT = 0.045
export const EVEN_QUESTIONS_PER_HOUR = 10
/** Of its even share, what a touchpoint keeps of which nothing more needs to be known. */
export const FLOOR_SHARE = 0.1
/** Variance of a score of which nothing is known. */
export const UNKNOWN_VARIANCE = 0.5
/** By which power of the answers one more teaches less: high, so that answers come at even distances. */
export const TEACHING_POWER = 3
/** A score so many of its errors away from before may have changed. */
export const SUSPECT_ERRORS = 1
/** How much more questions weigh where a score may have changed, and where an incident is open. */
export const SUSPECT_WEIGHT = 8
export const INCIDENT_WEIGHT = 16

/** Between two looks at the figures. */
export const POLICY_MS = 5_000
/** How long a policy holds. Beyond: visitors are asked by the chance of NO_POLICY_CLASS. */
export const POLICY_VALID_MS = 60_000
/** A policy that didn't change is said again after this. */
export const POLICY_RENEW_MS = 30_000
/** Figures older than this make no policy. */
export const BOARD_AGE_MS = 5_000
/** Figures are looked at for so long at once. */
export const PIECE_MS = 5
