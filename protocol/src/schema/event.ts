/** One event on the wire, its place and its group (SPEC.md, part 2). */
import { z } from 'zod'
import {
  ASK_CHARS,
  ASK_RESULTS,
  BATCH_EVENTS,
  CODE_CHARS,
  CUSTOMER_CHARS,
  Kind,
  PROOF_CHARS,
  SCALES,
  SEQ_MAX,
} from '../client/index.js'
import {
  channelSchema,
  commentSchema,
  cutsSchema,
  indexSchema,
  numberSchema,
  seqSchema,
  signalSchema,
  streamSchema,
  textSchema,
  touchpointSchema,
  visitorSchema,
} from './names.js'

export const placeSchema = z.union([
  touchpointSchema,
  z.tuple([touchpointSchema, channelSchema.nullable(), cutsSchema]),
])

const dt = numberSchema
/** Whether the frame has a place of this index is the batch's matter. */
const place = z.int().min(0)

const linkSchema = z
  .tuple([
    z.literal(Kind.link),
    dt,
    place.nullable(),
    textSchema(1, CUSTOMER_CHARS).nullable(),
    textSchema(1, CODE_CHARS).nullable(),
    textSchema(1, PROOF_CHARS).nullable(),
  ])
  .refine(event => event[3] !== null || event[4] !== null, 'a link needs a customer or a code')

/** By kind, so that a refusal can be explained by the schema of the kind that was meant. */
export const eventSchemas = {
  [Kind.enter]: z.tuple([z.literal(Kind.enter), dt, place]),
  [Kind.leave]: z.tuple([z.literal(Kind.leave), dt, place]),
  [Kind.goal]: z.tuple([z.literal(Kind.goal), dt, place, z.exactOptional(numberSchema)]),
  [Kind.feedback]: z.tuple([
    z.literal(Kind.feedback),
    dt,
    place,
    indexSchema(SCALES.length),
    numberSchema,
    z.exactOptional(commentSchema.nullable()),
    z.exactOptional(textSchema(1, ASK_CHARS)),
  ]),
  [Kind.answer]: z.tuple([
    z.literal(Kind.answer),
    dt,
    place,
    textSchema(1, ASK_CHARS),
    z.union([numberSchema, commentSchema]),
  ]),
  [Kind.signal]: z.tuple([z.literal(Kind.signal), dt, place, signalSchema]),
  [Kind.link]: linkSchema,
  [Kind.ask]: z.tuple([z.literal(Kind.ask), dt, place, textSchema(1, ASK_CHARS), indexSchema(ASK_RESULTS.length)]),
} as const

export const eventSchema = z.union([
  eventSchemas[Kind.enter],
  eventSchemas[Kind.leave],
  eventSchemas[Kind.goal],
  eventSchemas[Kind.feedback],
  eventSchemas[Kind.answer],
  eventSchemas[Kind.signal],
  eventSchemas[Kind.link],
  eventSchemas[Kind.ask],
])

export const groupSchema = z
  .tuple([
    visitorSchema.nullable(),
    streamSchema.nullable(),
    seqSchema,
    numberSchema,
    z.array(eventSchema).min(1).max(BATCH_EVENTS),
  ])
  .refine(group => group[2] + group[4].length - 1 <= SEQ_MAX, 'its sequence numbers pass 2^31 − 1')
