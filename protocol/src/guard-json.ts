/** The fast check of one event as JSON: the same truth as schema/json.ts, in one pass over the event's own keys. */
import { isChannel, isInt, isNumber, isSignal, isStream, isText, isTouchpoint, isVisitor } from './chars.js'
import {
  ASK_CHARS,
  ASK_RESULTS,
  CODE_CHARS,
  COMMENT_CHARS,
  CUSTOMER_CHARS,
  CUT_CHARS,
  CUT_DIMENSIONS,
  type JsonEvent,
  PROOF_CHARS,
  SCALES,
  SEQ_MAX,
} from './client/index.js'

type FieldName = keyof JsonEvent
type Check = (value: unknown) => boolean

const isJsonCuts: Check = cuts => {
  if (typeof cuts !== 'object' || cuts === null || Array.isArray(cuts)) return false
  let count = 0
  for (const dimension in cuts) {
    if (++count > CUT_DIMENSIONS || dimension === '__proto__' || !isText(dimension, 1, CUT_CHARS)) return false
    if (!isText((cuts as Record<string, unknown>)[dimension], 1, CUT_CHARS)) return false
  }
  return true
}

const oneOf = (names: readonly string[]): Check => {
  const known = new Set<unknown>(names)
  return value => known.has(value)
}
const isComment: Check = value => isText(value, 0, COMMENT_CHARS)

const checks: Record<FieldName, Check> = {
  visitor: isVisitor,
  stream: isStream,
  seq: value => isInt(value, 0, SEQ_MAX),
  at: isNumber,
  kind: value => typeof value === 'string',
  touchpoint: isTouchpoint,
  channel: isChannel,
  cuts: isJsonCuts,
  value: isNumber,
  scale: oneOf(SCALES),
  score: value => typeof value === 'string' || isNumber(value),
  option: isNumber,
  text: isComment,
  comment: isComment,
  ask: value => isText(value, 1, ASK_CHARS),
  name: isSignal,
  customer: value => isText(value, 1, CUSTOMER_CHARS),
  code: value => isText(value, 1, CODE_CHARS),
  proof: value => isText(value, 1, PROOF_CHARS),
  result: oneOf(ASK_RESULTS),
}

interface Field {
  readonly bit: number
  readonly check: Check
}
/** Without a prototype, so that a key such as `constructor` is unknown. */
const fields: Record<string, Field | undefined> = Object.assign(
  Object.create(null),
  Object.fromEntries(Object.entries(checks).map(([name, check], index) => [name, { bit: 1 << index, check }])),
)

const bits = (...names: FieldName[]): number => names.reduce((sum, name) => sum | (fields[name]?.bit ?? 0), 0)

const WHO = bits('visitor', 'at', 'kind')
const WHERE = bits('touchpoint')
const MAY = bits('stream', 'seq', 'channel', 'cuts')
const STREAM = bits('stream')
const SEQ = bits('seq')
const SCALE = bits('scale')
const SCORE = bits('score')
const OPTION = bits('option')
const TEXT = bits('text')
const COMMENT = bits('comment')
const ASK = bits('ask')

const has = (seen: number, bit: number): boolean => (seen & bit) !== 0

const isFeedback = (seen: number): boolean => {
  if (has(seen, SCALE) !== has(seen, SCORE)) return false
  if (has(seen, SCALE)) return !has(seen, OPTION | TEXT)
  return has(seen, OPTION) !== has(seen, TEXT) && has(seen, ASK) && !has(seen, COMMENT)
}

interface Form {
  readonly required: number
  readonly allowed: number
  readonly isWhole?: (seen: number) => boolean
}
const form = (required: number, optional: number, isWhole?: Form['isWhole']): Form => ({
  required: WHO | required,
  allowed: WHO | required | optional | MAY,
  ...(isWhole && { isWhole }),
})

const forms = new Map<unknown, Form>([
  ['enter', form(WHERE, 0)],
  ['leave', form(WHERE, 0)],
  ['goal', form(WHERE, bits('value'))],
  ['feedback', form(WHERE, SCALE | SCORE | OPTION | TEXT | COMMENT | ASK, isFeedback)],
  ['signal', form(WHERE | bits('name'), 0)],
  [
    'link',
    form(
      0,
      WHERE | bits('customer', 'code', 'proof'),
      seen => has(seen, bits('customer', 'code')) && (has(seen, WHERE) || !has(seen, bits('channel', 'cuts'))),
    ),
  ],
  ['ask', form(WHERE | ASK | bits('result'), 0)],
])

/** For what JSON.parse returns. */
export const isJsonEvent = (event: unknown): event is JsonEvent => {
  if (typeof event !== 'object' || event === null || Array.isArray(event)) return false
  const form = forms.get((event as { kind?: unknown }).kind)
  if (form === undefined) return false
  let seen = 0
  for (const key in event) {
    const field = fields[key]
    if (field === undefined || !field.check((event as Record<string, unknown>)[key])) return false
    seen |= field.bit
  }
  return (
    (seen & form.required) === form.required &&
    (seen & ~form.allowed) === 0 &&
    has(seen, STREAM) === has(seen, SEQ) &&
    (form.isWhole === undefined || form.isWhole(seen))
  )
}
