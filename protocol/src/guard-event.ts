/** The hot path's check of one event, its place and its group: the same truth as schema/event.ts, by hand. */
import { isChannel, isInt, isNumber, isPattern, isSignal, isStream, isText, isTouchpoint, isVisitor } from './chars.js'
import {
  ASK_CHARS,
  ASK_RESULTS,
  BATCH_EVENTS,
  CODE_CHARS,
  COMMENT_CHARS,
  CUSTOMER_CHARS,
  CUT_CHARS,
  CUT_DIMENSIONS,
  Kind,
  PROOF_CHARS,
  SCALES,
  SEQ_MAX,
  TOUCHPOINT_CHARS,
} from './client/index.js'

/** A whole touchpoint with the star after it. */
const PATTERN_CHARS = TOUCHPOINT_CHARS + 1

export const isSubscriptionPattern = (value: unknown): value is string => isPattern(value, PATTERN_CHARS)

const orNull = (value: unknown, maxChars: number): boolean => value === null || isText(value, 1, maxChars)

/** Flat pairs of a dimension, each named once, and its value. */
export const isCuts = (cuts: unknown): boolean => {
  if (!Array.isArray(cuts)) return false
  const length = cuts.length
  if (length % 2 !== 0 || length > 2 * CUT_DIMENSIONS) return false
  for (let at = 0; at < length; at++) {
    if (!isText(cuts[at], 1, CUT_CHARS)) return false
    if (at % 2 === 0) for (let other = 0; other < at; other += 2) if (cuts[other] === cuts[at]) return false
  }
  return true
}

export const isPlace = (place: unknown): boolean => {
  if (typeof place === 'string') return isTouchpoint(place)
  return (
    Array.isArray(place) &&
    place.length === 3 &&
    isTouchpoint(place[0]) &&
    (place[1] === null || isChannel(place[1])) &&
    isCuts(place[2])
  )
}

const isFeedback = (event: readonly unknown[], length: number): boolean =>
  length >= 5 &&
  length <= 7 &&
  isInt(event[3], 0, SCALES.length - 1) &&
  isNumber(event[4]) &&
  (length < 6 || event[5] === null || isText(event[5], 0, COMMENT_CHARS)) &&
  (length < 7 || isText(event[6], 1, ASK_CHARS))

const isAnswer = (event: readonly unknown[], length: number): boolean =>
  length === 5 && isText(event[3], 1, ASK_CHARS) && (isNumber(event[4]) || isText(event[4], 0, COMMENT_CHARS))

const isLink = (event: readonly unknown[], length: number): boolean =>
  length === 6 &&
  orNull(event[3], CUSTOMER_CHARS) &&
  orNull(event[4], CODE_CHARS) &&
  orNull(event[5], PROOF_CHARS) &&
  (event[3] !== null || event[4] !== null)

/** `places`: how many places the frame has. */
export const isEvent = (event: unknown, places: number): boolean => {
  if (!Array.isArray(event) || !isNumber(event[1])) return false
  const length = event.length
  const place: unknown = event[2]
  if (!isInt(place, 0, places - 1)) return place === null && event[0] === Kind.link && isLink(event, length)
  switch (event[0]) {
    case Kind.enter:
    case Kind.leave:
      return length === 3
    case Kind.goal:
      return length === 3 || (length === 4 && isNumber(event[3]))
    case Kind.feedback:
      return isFeedback(event, length)
    case Kind.answer:
      return isAnswer(event, length)
    case Kind.signal:
      return length === 4 && isSignal(event[3])
    case Kind.link:
      return isLink(event, length)
    case Kind.ask:
      return length === 5 && isText(event[3], 1, ASK_CHARS) && isInt(event[4], 0, ASK_RESULTS.length - 1)
    default:
      return false
  }
}

/** All of a group but its events; those must be an array of 1 to BATCH_EVENTS, whose numbers end by SEQ_MAX. */
export const isGroupHead = (group: unknown): group is readonly [unknown, unknown, number, number, unknown[]] => {
  if (!Array.isArray(group) || group.length !== 5) return false
  const events: unknown = group[4]
  return (
    (group[0] === null || isVisitor(group[0])) &&
    (group[1] === null || isStream(group[1])) &&
    isNumber(group[3]) &&
    Array.isArray(events) &&
    events.length > 0 &&
    events.length <= BATCH_EVENTS &&
    isInt(group[2], 0, SEQ_MAX - events.length + 1)
  )
}
