import { ASK_RESULTS, Kind, SCALE_LEVELS, SCALES, type WireEvent } from '@pulssi/protocol'
import type { IdHash } from '../engine/index.js'
import { scrub } from './scrub.js'

/** What an event has beside its kind, place and time, in the form that the engine's records keep it. */
export interface Detail {
  a: number
  b: number
  /** '' for none */
  text: string
}

const json = (fields: Record<string, unknown>): string => {
  const text = JSON.stringify(fields)
  return text === '{}' ? '' : text
}

const scrubbed = (comment: string | null | undefined): string | undefined =>
  comment === null || comment === undefined ? undefined : scrub(comment)

/** Whether an event brings words of the visitor's own. */
export const hasText = (event: WireEvent): boolean => {
  const text = event[0] === Kind.feedback ? event[5] : event[0] === Kind.answer ? event[4] : null
  return typeof text === 'string' && text !== ''
}

const HEX = 16
const HEX_DIGITS = 8
const digitsOf = (word: number): string => word.toString(HEX).padStart(HEX_DIGITS, '0')

/** Sixteen hex digits, in whose place a compaction can write zeros. */
const personOf = (customer: string, hash: IdHash): string => {
  const { hi, lo } = hash.of(customer)
  return digitsOf(hi) + digitsOf(lo)
}

/**
 * Fills `into` from an event whose values are checked: feedback: a = scale, b = level index; ask: a = result; a
 * signal's text is its name, every other text a JSON object of what no count needs. What a visitor wrote is scrubbed here,
 * before anything is stored. Of a link's customer the hash alone is kept, as `person`; `hash` holds its words
 * afterwards. A link's proof is left out: it is checked at the door and no business of the log. `keepsText` false: what the
 * visitor wrote is left out, too.
 */
export const fillDetail = (event: WireEvent, into: Detail, hash: IdHash, keepsText = true): void => {
  into.a = 0
  into.b = 0
  into.text = ''
  switch (event[0]) {
    case Kind.enter:
    case Kind.leave:
      return
    case Kind.goal:
      if (event[3] !== undefined) into.text = json({ value: event[3] })
      return
    case Kind.feedback: {
      const scale = SCALES[event[3]]
      into.a = event[3]
      into.b = scale === undefined ? 0 : event[4] - SCALE_LEVELS[scale].first
      if (event.length > 5) into.text = json({ comment: keepsText ? scrubbed(event[5]) : undefined, ask: event[6] })
      return
    }
    case Kind.answer:
      into.text = json(
        typeof event[4] === 'number'
          ? { ask: event[3], option: event[4] }
          : { ask: event[3], text: keepsText ? scrub(event[4]) : '' },
      )
      return
    case Kind.signal:
      into.text = event[3]
      return
    case Kind.link:
      into.text = json({
        person: event[3] === null ? undefined : personOf(event[3], hash),
        code: event[4] ?? undefined,
      })
      return
    case Kind.ask:
      into.a = event[4] < ASK_RESULTS.length ? event[4] : 0
      into.text = json({ ask: event[3] })
      return
    default:
      event satisfies never
  }
}
