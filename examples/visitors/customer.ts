/** How customers treat questions. Shares are from 0 to 1. */
export interface Habits {
  /** Of those with the strongest opinions, never asked of late, so many answer. */
  readonly answers: number
  /** What of that is left of a customer with no opinion either way; 1: the moderate speak like everybody. */
  readonly moderate: number
  /** Each question of late leaves so much of the readiness to answer. */
  readonly fatigue: number
  /** How long a question is felt, ms. */
  readonly memoryMs: number
  /** Of those who don't answer, so many close the question rather than let it be; more with each question of late. */
  readonly dismisses: number
  readonly dismissesMore: number
  /** An opinion at least this strong is now and then told unasked. */
  readonly moved: number
  readonly unasked: number
}

export const HABITS: Habits = {
  // Questions of one tap on a page are answered by a tenth to a third of those who see them.
  answers: 0.35,
  // Who has nothing to tell answers less than half as often as who is furious or delighted: the U of every review site.
  moderate: 0.4,
  // A second question in a week is answered by two thirds of those who would have answered it as the first.
  fatigue: 0.65,
  memoryMs: 7 * 24 * 3_600_000,
  // One in four closes what it doesn't answer at first; who has been asked three times mostly does.
  dismisses: 0.25,
  dismissesMore: 0.15,
  // Feedback buttons live on the ends of the scale, and few press them: about one visit in a thousand.
  moved: 0.8,
  unasked: 0.01,
}

/** `opinion`: −1 to 1. `askedLately`: questions put to this customer within `memoryMs`. */
export const chanceOfAnswer = (habits: Habits, opinion: number, askedLately: number): number =>
  habits.answers * (habits.moderate + (1 - habits.moderate) * Math.abs(opinion)) * habits.fatigue ** askedLately

/** Of a customer who doesn't answer. */
export const chanceOfDismissal = (habits: Habits, askedLately: number): number =>
  Math.min(1, habits.dismisses + habits.dismissesMore * askedLately)

export type Response = 'answers' | 'dismisses' | 'ignores'

/** `draw`: from 0 up to, not including, 1; the same draw answers the more readily the readier the customer is. */
export function respond(habits: Habits, opinion: number, askedLately: number, draw: number): Response {
  const answer = chanceOfAnswer(habits, opinion, askedLately)
  if (draw < answer) return 'answers'
  return draw < answer + (1 - answer) * chanceOfDismissal(habits, askedLately) ? 'dismisses' : 'ignores'
}

/** Whether a customer speaks unasked. */
export const speaksUnasked = (habits: Habits, opinion: number, draw: number): boolean =>
  Math.abs(opinion) >= habits.moved && draw < habits.unasked

/** The level of `csat` nearest to an opinion, 1 to 5. */
export const csatOf = (opinion: number): number => 3 + Math.round(2 * Math.max(-1, Math.min(1, opinion)))

/** The score of a level of `csat`, −1 to 1. */
export const scoreOfCsat = (level: number): number => (level - 3) / 2
