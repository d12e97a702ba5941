/** Names, numbers and texts that the frames and the JSON event share. */
import { z } from 'zod'
import {
  CHANNEL,
  COMMENT_CHARS,
  CUT_CHARS,
  CUT_DIMENSIONS,
  SEQ_MAX,
  SIGNAL,
  STREAM,
  TOUCHPOINT,
  TOUCHPOINT_CHARS,
  VISITOR,
} from '../client/index.js'

export const visitorSchema = z.string().regex(VISITOR, 'not [A-Za-z0-9_.-]{1,64}')
export const streamSchema = z.string().regex(STREAM, 'not [A-Za-z0-9_.-]{1,64}')
export const channelSchema = z.string().regex(CHANNEL, 'not [a-z0-9_-]{1,32}')
export const touchpointSchema = z
  .string()
  .regex(TOUCHPOINT, 'not [a-z0-9_-]{1,32} joined by dots, 64 characters at most')
export const signalSchema = z.string().regex(SIGNAL, 'not [a-z0-9-]{1,24}')
/** Lengths are UTF-16 code units, as every runtime's `length` has them; the schema's own `max` counts code points. */
export const textSchema = (minChars: number, maxChars: number) =>
  z
    .string()
    .refine(
      text => text.length >= minChars && text.length <= maxChars,
      `not ${minChars} to ${maxChars} UTF-16 code units long`,
    )
/** A pattern may be a whole touchpoint with the star after it. */
export const patternSchema = textSchema(1, TOUCHPOINT_CHARS + 1).regex(/^[^*]*\*?$/, '* may stand at the end only')
/** A longer text that is still within the grammar is refused alone, as a value. */
export const commentSchema = textSchema(0, COMMENT_CHARS)
export const numberSchema = z.number()
export const seqSchema = z.int().min(0).max(SEQ_MAX)

/** Index into a table of `count` entries. */
export const indexSchema = (count: number) =>
  z
    .int()
    .min(0)
    .max(count - 1)

export const cutsSchema = z
  .array(textSchema(1, CUT_CHARS))
  .max(2 * CUT_DIMENSIONS)
  .refine(cuts => cuts.length % 2 === 0, 'a dimension without a value')
  .refine(cuts => {
    const dimensions = cuts.filter((_, index) => index % 2 === 0)
    return new Set(dimensions).size === dimensions.length
  }, 'a dimension is named twice')
