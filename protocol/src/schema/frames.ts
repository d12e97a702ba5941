/** Every frame that a client sends: the truth that guard.ts checks by hand. */
import { z } from 'zod'
import {
  AGENT_CHARS,
  BATCH_EVENTS,
  FRAME_PLACES,
  Frame,
  IDENTITIES,
  KEY_CHARS,
  PROOF_CHARS,
  SEQ_MAX,
  SUBSCRIPTION_PATTERNS,
  TOKEN_CHARS,
  WINDOWS,
} from '../client/index.js'
import { groupSchema, placeSchema } from './event.js'
import { indexSchema, patternSchema, seqSchema, streamSchema, textSchema, visitorSchema } from './names.js'

export const helloSchema = z.tuple([
  z.literal(Frame.hello),
  textSchema(1, KEY_CHARS).nullable(),
  indexSchema(IDENTITIES.length),
  visitorSchema.nullable(),
  textSchema(1, PROOF_CHARS).nullable(),
  streamSchema.nullable(),
  textSchema(0, AGENT_CHARS),
])

const frameNumberSchema = z.int().min(1).max(SEQ_MAX)

const totalEvents = (groups: readonly z.infer<typeof groupSchema>[]): number =>
  groups.reduce((sum, group) => sum + group[4].length, 0)

export const batchSchema = z
  .tuple([
    z.literal(Frame.batch),
    frameNumberSchema,
    z.int().min(0).nullable(),
    z.array(placeSchema).max(FRAME_PLACES),
    z.array(groupSchema).min(1).max(BATCH_EVENTS),
  ])
  .refine(frame => totalEvents(frame[4]) <= BATCH_EVENTS, { message: 'too many events in all', path: [4] })
  .refine(frame => frame[4].every(group => group[4].every(event => event[2] === null || event[2] < frame[3].length)), {
    message: 'an event names a place that the frame does not have',
    path: [4],
  })

export const subscribeSchema = z.tuple([
  z.literal(Frame.subscribe),
  seqSchema,
  z.array(patternSchema).min(1).max(SUBSCRIPTION_PATTERNS),
  z
    .array(indexSchema(WINDOWS.length))
    .min(1)
    .max(WINDOWS.length)
    .refine(windows => new Set(windows).size === windows.length, 'a window is named twice'),
])

export const unsubscribeSchema = z.tuple([z.literal(Frame.unsubscribe), seqSchema])
export const authSchema = z.tuple([z.literal(Frame.auth), textSchema(1, TOKEN_CHARS)])
export const forgetSchema = z.tuple([z.literal(Frame.forget), frameNumberSchema, visitorSchema.nullable()])

/** By type, so that a refusal can be explained by the schema of the frame that was meant. */
export const clientSchemas = {
  [Frame.hello]: helloSchema,
  [Frame.batch]: batchSchema,
  [Frame.subscribe]: subscribeSchema,
  [Frame.unsubscribe]: unsubscribeSchema,
  [Frame.auth]: authSchema,
  [Frame.forget]: forgetSchema,
} as const

export const clientFrameSchema = z.union([
  helloSchema,
  batchSchema,
  subscribeSchema,
  unsubscribeSchema,
  authSchema,
  forgetSchema,
])
