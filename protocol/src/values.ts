/** The checks of single values (SPEC.md, rules W30 to W34): what they refuse comes back alone and closes nothing. */
import {
  AHEAD_MS,
  ASK_OPTIONS,
  COMMENT_CODE_POINTS,
  EARLIEST_AT,
  Kind,
  Refusal,
  SCALE_LEVELS,
  SCALES,
  VALUE_MAX,
  type WireEvent,
} from './client/index.js'

const isTooLong = (text: string): boolean => {
  if (text.length <= COMMENT_CODE_POINTS) return false
  let codePoints = 0
  for (const _ of text) codePoints++
  return codePoints > COMMENT_CODE_POINTS
}

const isLevel = (scale: number, score: number): boolean => {
  const name = SCALES[scale]
  if (name === undefined) return false
  const { first, count } = SCALE_LEVELS[name]
  return Number.isInteger(score) && score >= first && score < first + count
}

/**
 * The first refusal that one event of the wire's grammar earns, 0 for none; time is judged first.
 * @param at the group's `at`, ms since 1970
 * @param now the server's clock, ms since 1970
 */
export const checkEvent = (event: WireEvent, at: number, now: number): Refusal | 0 => {
  const time = at + event[1]
  if (!(Number.isInteger(time) && time >= EARLIEST_AT && time <= now + AHEAD_MS)) return Refusal.badTime
  switch (event[0]) {
    case Kind.goal: {
      const value = event[3]
      return value !== undefined && !(Math.abs(value) <= VALUE_MAX) ? Refusal.badValue : 0
    }
    case Kind.feedback: {
      if (!isLevel(event[3], event[4])) return Refusal.badScore
      const comment = event[5]
      return typeof comment === 'string' && isTooLong(comment) ? Refusal.textTooLong : 0
    }
    case Kind.answer: {
      const answer = event[4]
      if (typeof answer === 'string') return isTooLong(answer) ? Refusal.textTooLong : 0
      return Number.isInteger(answer) && answer >= 0 && answer < ASK_OPTIONS ? 0 : Refusal.badScore
    }
    default:
      return 0
  }
}
