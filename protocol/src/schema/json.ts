/** One event as JSON, and the body of POST /v1/events (SPEC.md, part 6). */
import { z } from 'zod'
import {
  ASK_CHARS,
  ASK_RESULTS,
  CODE_CHARS,
  CUSTOMER_CHARS,
  CUT_CHARS,
  CUT_DIMENSIONS,
  IDENTITIES,
  KEY_CHARS,
  PROOF_CHARS,
  SCALES,
} from '../client/index.js'
import {
  channelSchema,
  commentSchema,
  numberSchema,
  seqSchema,
  signalSchema,
  streamSchema,
  textSchema,
  touchpointSchema,
  visitorSchema,
} from './names.js'

/** The record passes over an own key `__proto__` without a word, and so it is refused before. */
const jsonCutsSchema = z
  .custom<object>(
    cuts => typeof cuts === 'object' && cuts !== null && !Object.hasOwn(cuts, '__proto__'),
    'must be an object of dimensions and values',
  )
  .pipe(z.record(textSchema(1, CUT_CHARS), textSchema(1, CUT_CHARS)))
  .refine(cuts => Object.keys(cuts).length <= CUT_DIMENSIONS, `more than ${CUT_DIMENSIONS} dimensions`)

const optional = z.exactOptional

const common = {
  visitor: visitorSchema,
  stream: optional(streamSchema),
  seq: optional(seqSchema),
  at: numberSchema,
  channel: optional(channelSchema),
  cuts: optional(jsonCutsSchema),
}
const at = { ...common, touchpoint: touchpointSchema }
const ask = textSchema(1, ASK_CHARS)

type Numbered = { stream?: string; seq?: number }
const bothOrNeither = [
  (event: Numbered) => (event.stream === undefined) === (event.seq === undefined),
  'stream and seq come both or neither',
] as const

const feedbackSchema = z
  .strictObject({
    ...at,
    kind: z.literal('feedback'),
    scale: optional(z.enum(SCALES)),
    score: optional(z.union([numberSchema, z.string()])),
    comment: optional(commentSchema),
    option: optional(numberSchema),
    text: optional(commentSchema),
    ask: optional(ask),
  })
  .refine(event => [event.scale, event.option, event.text].filter(form => form !== undefined).length === 1, {
    message: 'feedback has one of scale, option and text',
  })
  .refine(event => (event.scale === undefined) === (event.score === undefined), {
    message: 'scale and score come both or neither',
  })
  .refine(event => event.comment === undefined || event.scale !== undefined, {
    message: 'a comment belongs to a score',
  })
  .refine(event => event.scale !== undefined || event.ask !== undefined, {
    message: 'option and text need the ask that they answer',
  })
  .refine(...bothOrNeither)

const linkSchema = z
  .strictObject({
    ...common,
    kind: z.literal('link'),
    touchpoint: optional(touchpointSchema),
    customer: optional(textSchema(1, CUSTOMER_CHARS)),
    code: optional(textSchema(1, CODE_CHARS)),
    proof: optional(textSchema(1, PROOF_CHARS)),
  })
  .refine(event => event.customer !== undefined || event.code !== undefined, 'a link needs a customer or a code')
  .refine(
    event => event.touchpoint !== undefined || (event.channel === undefined && event.cuts === undefined),
    'channel and cuts belong to a touchpoint',
  )
  .refine(...bothOrNeither)

/** By kind, so that a refusal can be explained by the schema of the kind that was meant. */
export const jsonEventSchemas = {
  enter: z.strictObject({ ...at, kind: z.literal('enter') }).refine(...bothOrNeither),
  leave: z.strictObject({ ...at, kind: z.literal('leave') }).refine(...bothOrNeither),
  goal: z.strictObject({ ...at, kind: z.literal('goal'), value: optional(numberSchema) }).refine(...bothOrNeither),
  feedback: feedbackSchema,
  signal: z.strictObject({ ...at, kind: z.literal('signal'), name: signalSchema }).refine(...bothOrNeither),
  link: linkSchema,
  ask: z.strictObject({ ...at, kind: z.literal('ask'), ask, result: z.enum(ASK_RESULTS) }).refine(...bothOrNeither),
} as const

export const jsonEventSchema = z.union([
  jsonEventSchemas.enter,
  jsonEventSchemas.leave,
  jsonEventSchemas.goal,
  jsonEventSchemas.feedback,
  jsonEventSchemas.signal,
  jsonEventSchemas.link,
  jsonEventSchemas.ask,
])

/** Each event is judged by itself: a bad one is refused alone. How many there may be depends on the key. */
export const httpBodySchema = z.strictObject({
  sentAt: optional(z.int().min(0)),
  key: optional(textSchema(1, KEY_CHARS)),
  identity: optional(z.enum(IDENTITIES)),
  visitor: optional(visitorSchema),
  proof: optional(textSchema(1, PROOF_CHARS)),
  events: z.array(z.unknown()),
})
