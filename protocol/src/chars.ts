/** Character checks of the hot path: the regular expressions of limits.ts, read off a table of classes. */
import {
  CHANNEL_CHARS,
  SIGNAL_CHARS,
  STREAM_CHARS,
  TOUCHPOINT_CHARS,
  TOUCHPOINT_PART_CHARS,
  VISITOR_CHARS,
} from './client/index.js'

const LOWER_OR_DIGIT = 1
const UPPER = 2
const DASH = 4
const UNDERSCORE = 8
const DOT = 16
const NAME = LOWER_OR_DIGIT | DASH | UNDERSCORE
const ID = NAME | UPPER | DOT
const SIGNAL_NAME = LOWER_OR_DIGIT | DASH

const classes = new Uint8Array(128)
const mark = (chars: string, type: number) => {
  for (const char of chars) classes[char.charCodeAt(0)] = type
}
mark('abcdefghijklmnopqrstuvwxyz0123456789', LOWER_OR_DIGIT)
mark('ABCDEFGHIJKLMNOPQRSTUVWXYZ', UPPER)
mark('-', DASH)
mark('_', UNDERSCORE)
mark('.', DOT)

const classAt = (text: string, at: number): number => {
  const code = text.charCodeAt(at)
  return code < 128 ? (classes[code] as number) : 0
}

const consistsOf = (value: unknown, mask: number, maxChars: number): value is string => {
  if (typeof value !== 'string' || value.length === 0 || value.length > maxChars) return false
  for (let at = 0; at < value.length; at++) if ((classAt(value, at) & mask) === 0) return false
  return true
}

export const isVisitor = (value: unknown): value is string => consistsOf(value, ID, VISITOR_CHARS)
export const isStream = (value: unknown): value is string => consistsOf(value, ID, STREAM_CHARS)
export const isChannel = (value: unknown): value is string => consistsOf(value, NAME, CHANNEL_CHARS)
export const isSignal = (value: unknown): value is string => consistsOf(value, SIGNAL_NAME, SIGNAL_CHARS)

export const isTouchpoint = (value: unknown): value is string => {
  if (typeof value !== 'string' || value.length > TOUCHPOINT_CHARS) return false
  let partChars = 0
  for (let at = 0; at < value.length; at++) {
    const type = classAt(value, at)
    if ((type & NAME) !== 0) {
      if (++partChars > TOUCHPOINT_PART_CHARS) return false
    } else if (type === DOT && partChars > 0) partChars = 0
    else return false
  }
  return partChars > 0
}

/** A string of `minChars` to `maxChars` UTF-16 code units. */
export const isText = (value: unknown, minChars: number, maxChars: number): value is string =>
  typeof value === 'string' && value.length >= minChars && value.length <= maxChars

/** A name of a touchpoint or roll-up, or a beginning of one with `*` after it. */
export const isPattern = (value: unknown, maxChars: number): value is string => {
  if (!isText(value, 1, maxChars)) return false
  const star = value.indexOf('*')
  return star === -1 || star === value.length - 1
}

/** An integer within [min, max]; both must be safe. −0 counts as 0. */
export const isInt = (value: unknown, min: number, max: number): value is number =>
  Number.isInteger(value) && (value as number) >= min && (value as number) <= max

export const isNumber = (value: unknown): value is number => typeof value === 'number' && value - value === 0
