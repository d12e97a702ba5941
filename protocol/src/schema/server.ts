/** Every frame that the server sends (SPEC.md, part 2). */
import { z } from 'zod'
import {
  ASK_CHARS,
  ASK_FORMS,
  ASK_LANGUAGES,
  ASK_OPTIONS,
  ASK_TEXT_CHARS,
  BATCH_EVENTS,
  ESTIMATORS,
  Frame,
  INCIDENT_STATES,
  SCALES,
  SEQ_MAX,
  WINDOWS,
} from '../client/index.js'
import { channelSchema, indexSchema, seqSchema, textSchema, touchpointSchema, visitorSchema } from './names.js'

const countSchema = z.int().min(0)
const figureSchema = z.number().nullable()
const clockSchema = z.number()

export const welcomeSchema = z.tuple([
  z.literal(Frame.welcome),
  visitorSchema.nullable(),
  clockSchema,
  countSchema,
  countSchema,
  z.number().min(0),
  countSchema,
])

export const ackSchema = z.tuple([
  z.literal(Frame.ack),
  seqSchema,
  z.array(z.tuple([seqSchema, indexSchema(BATCH_EVENTS), countSchema])),
])

export const errorSchema = z.tuple([
  z.literal(Frame.error),
  countSchema,
  z.string(),
  countSchema.nullable(),
  seqSchema.nullable(),
  indexSchema(BATCH_EVENTS).nullable(),
])

export const heartbeatSchema = z.tuple([z.literal(Frame.heartbeat), clockSchema])

export const pulseRowSchema = z.tuple([
  z.string().min(1),
  channelSchema.nullable(),
  z.string().nullable(),
  indexSchema(WINDOWS.length),
  // entered, views, active, completed, progressed, switched, dropped, unseen, recovered, troubled
  ...(Array.from({ length: 10 }, () => countSchema) as Ten<typeof countSchema>),
  // drop-off: rate, low, high, n, believed, baseline
  figureSchema,
  figureSchema,
  figureSchema,
  countSchema,
  z.boolean(),
  figureSchema,
  // sentiment: score, low, high, n, visitors, believed, baseline, scales
  figureSchema,
  figureSchema,
  figureSchema,
  countSchema,
  countSchema,
  z.boolean(),
  figureSchema,
  z.array(countSchema),
  // friction: rate, low, high, n, believed, baseline, signals
  figureSchema,
  figureSchema,
  figureSchema,
  countSchema,
  z.boolean(),
  figureSchema,
  z.array(z.union([z.string(), countSchema])),
  // dwell p50, p90, p99
  figureSchema,
  figureSchema,
  figureSchema,
  // visitors, late, pulse
  countSchema,
  countSchema,
  figureSchema,
  // corrected score, low, high, estimator, concentration
  figureSchema,
  figureSchema,
  figureSchema,
  indexSchema(ESTIMATORS.length),
  figureSchema,
  // asks shown, dismissed, answered, expired, response rate, saved
  countSchema,
  countSchema,
  countSchema,
  countSchema,
  figureSchema,
  countSchema,
])
type Ten<T> = [T, T, T, T, T, T, T, T, T, T]

const changesSchema = z.array(z.unknown()).refine(pairs => {
  const indexes = pairs.filter((_, at) => at % 2 === 0)
  return (
    pairs.length % 2 === 0 &&
    indexes.every(
      index => Number.isInteger(index) && Number(index) >= 0 && Number(index) < pulseRowSchema.def.items.length,
    )
  )
}, 'must be pairs of a field of the row and its value')

const pulseHead = [z.literal(Frame.pulse), seqSchema, z.int().min(0).max(SEQ_MAX)] as const
const pulseTail = [clockSchema, z.number().min(0), z.array(countSchema)] as const

/** `base` null: all rows, whole. */
export const fullPulseSchema = z.tuple([...pulseHead, z.null(), ...pulseTail, z.array(pulseRowSchema)])
export const pulseChangeSchema = z.tuple([
  ...pulseHead,
  countSchema,
  ...pulseTail,
  z.array(z.tuple([countSchema, z.union([pulseRowSchema, changesSchema])])),
])
export const pulseSchema = z.union([fullPulseSchema, pulseChangeSchema])

export const incidentSchema = z.tuple([
  z.literal(Frame.incident),
  z.string().min(1),
  z.string().min(1),
  z.string().min(1),
  indexSchema(INCIDENT_STATES.length),
  clockSchema,
])

const askIdSchema = textSchema(1, ASK_CHARS)
/** Pairs of a language and a text. */
const wordsSchema = z
  .array(textSchema(1, ASK_TEXT_CHARS))
  .min(2)
  .max(2 * ASK_LANGUAGES)
  .refine(words => words.length % 2 === 0, 'a language without a text')

export const askSchema = z.tuple([
  z.literal(Frame.ask),
  askIdSchema,
  touchpointSchema,
  indexSchema(ASK_FORMS.length),
  wordsSchema,
  z.array(wordsSchema).max(ASK_OPTIONS),
  z.boolean(),
  countSchema,
])
export const nudgeSchema = z.tuple([
  z.literal(Frame.nudge),
  askIdSchema,
  touchpointSchema,
  wordsSchema,
  z.tuple([z.string().min(1), wordsSchema]).nullable(),
  countSchema,
])
export const replySchema = z.tuple([
  z.literal(Frame.reply),
  askIdSchema,
  touchpointSchema,
  textSchema(1, ASK_TEXT_CHARS),
  countSchema,
])
export const voiceSchema = z.tuple([
  z.literal(Frame.voice),
  z.string().min(1),
  z.string().min(1),
  clockSchema,
  indexSchema(SCALES.length).nullable(),
  z.union([z.number(), z.string()]).nullable(),
  z.string(),
])

export const serverFrameSchema = z.union([
  welcomeSchema,
  ackSchema,
  errorSchema,
  heartbeatSchema,
  pulseSchema,
  incidentSchema,
  askSchema,
  nudgeSchema,
  replySchema,
  voiceSchema,
])
