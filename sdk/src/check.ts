import {
  ASK_CHARS,
  ASK_RESULTS,
  CHANNEL,
  CODE_CHARS,
  COMMENT_CHARS,
  CUSTOMER_CHARS,
  CUT_CHARS,
  CUT_DIMENSIONS,
  KINDS,
  PROOF_CHARS,
  SCALES,
  SEQ_MAX,
  SIGNAL,
  STREAM,
  TOUCHPOINT,
  VISITOR,
} from '@pulssi/protocol/client'
import type { PulseEvent } from './types.js'

type Test = (value: never) => unknown

const like =
  (form: RegExp): Test =>
  (value: unknown) =>
    typeof value === 'string' && form.test(value)
const text = (maxChars: number, minChars = 1): Test => like(RegExp(`^[^]{${minChars},${maxChars}}$`))
const among =
  (list: readonly unknown[]): Test =>
  (value: unknown) =>
    list.includes(value)
const isCut = text(CUT_CHARS) as (value: unknown) => unknown

/** The fields of an event that breaks no frame. */
const TESTS: Record<string, Test> = {
  visitor: like(VISITOR),
  stream: like(STREAM),
  seq: (seq: number) => (seq & SEQ_MAX) === seq,
  at: Number.isFinite,
  kind: among(KINDS),
  touchpoint: like(TOUCHPOINT),
  channel: like(CHANNEL),
  cuts: (cuts: object) => {
    const pairs = Object.entries(cuts ?? { '': '' })
    return pairs.length <= CUT_DIMENSIONS && pairs.flat().every(isCut)
  },
  value: Number.isFinite,
  scale: among(SCALES),
  score: (score: unknown) => typeof score === 'string' || Number.isFinite(score),
  option: Number.isFinite,
  text: text(COMMENT_CHARS, 0),
  comment: text(COMMENT_CHARS, 0),
  ask: text(ASK_CHARS),
  name: like(SIGNAL),
  customer: text(CUSTOMER_CHARS),
  code: text(CODE_CHARS),
  proof: text(PROOF_CHARS),
  result: among(ASK_RESULTS),
}

/** What this kind can't do without; one of those that `|` joins. */
const needs = ({ kind, scale, seq }: PulseEvent): string => {
  const own = {
    enter: '',
    leave: '',
    goal: '',
    feedback: scale ? 'score' : 'ask option|text',
    signal: 'name',
    link: 'customer|code',
    ask: 'ask result',
  }[kind]
  return `${own}${kind === 'link' ? '' : ' touchpoint'}${seq === undefined ? '' : ' stream'}`.trim()
}

/**
 * Names the field that would break the grammar of the whole frame; undefined if none does. A value that the server refuses alone, such
 * as a score outside its scale, is no fault here: the server counts it and says so.
 */
export const faultOf = (event: PulseEvent): string | undefined => {
  const present = Object.entries(event).filter(([, value]) => value !== undefined)
  const names = present.map(([name]) => name)
  const [bad] = present.find(([name, value]) => !TESTS[name]?.(value as never)) ?? []
  const fault =
    bad ??
    needs(event)
      .split(' ')
      .find(need => need && !need.split('|').some(name => names.includes(name)))
  return fault && `${event.kind}: not a good ${fault}`
}

/** Throws what is wrong with an event, in words. */
export const check = (event: PulseEvent): void => {
  const fault = faultOf(event)
  if (fault) throw fault
}
