import {
  ASK_RESULTS,
  type AskResult,
  type BatchFrame,
  EMOTIONS,
  type Emotion,
  Frame,
  type Group,
  KINDS,
  type Place,
  SCALES,
  type WireEvent,
} from '@pulssi/protocol/client'
import type { Entry } from './outbox.js'
import type { PulseEvent } from './types.js'

/** What is no score of its scale's kind becomes −1, which the server refuses. */
const scoreOf = ({ scale, score }: PulseEvent): number => {
  if (scale === 'emotion') return EMOTIONS.indexOf(score as Emotion)
  return typeof score === 'number' ? score : -1
}

/** What follows kind, dt and place. An undefined is written as nil, at the end it is left out. */
const detailOf = (event: PulseEvent): unknown[] => {
  const { kind, scale, ask } = event
  switch (kind) {
    case 'goal':
      return [event.value]
    case 'feedback':
      return scale ? [SCALES.indexOf(scale), scoreOf(event), event.comment, ask] : [ask, event.option ?? event.text]
    case 'signal':
      return [event.name]
    case 'link':
      return [event.customer, event.code, event.proof ?? null]
    case 'ask':
      return [ask, ASK_RESULTS.indexOf(event.result as AskResult)]
    default:
      return []
  }
}

/** `event` has passed `faultOf`, so that what its kind needs is there. */
const wireEvent = (event: PulseEvent, dt: number, place: number | null): WireEvent => {
  const kind = event.kind === 'feedback' && !event.scale ? 'answer' : event.kind
  const wire = [KINDS.indexOf(kind), dt, place, ...detailOf(event)]
  while (wire.at(-1) === undefined) wire.pop()
  return wire as unknown as WireEvent
}

/**
 * Packs the events of a frame, each visitor's together. `stream`: the one that this connection's hello named, left
 * out of its groups.
 */
export const pack = (entries: readonly Entry[], stream: string, sentAt: number | null): BatchFrame => {
  const places: Place[] = []
  const keys: string[] = []
  const indexOf = ({ touchpoint, channel, cuts = {} }: PulseEvent): number | null => {
    if (touchpoint === undefined) return null
    const pairs = Object.entries(cuts).flat()
    const place: Place = channel || pairs[0] ? [touchpoint, channel ?? null, pairs] : touchpoint
    const key = JSON.stringify(place)
    if (!keys.includes(key)) places[keys.push(key) - 1] = place
    return keys.indexOf(key)
  }
  const groups: Group[] = []
  let events: WireEvent[] = []
  let last: Entry | undefined
  let base = 0
  for (const entry of entries) {
    const { visitor, seq, at } = entry
    if (!last || last.visitor !== visitor || last.stream !== entry.stream || last.seq + 1 !== seq) {
      events = []
      base = at
      groups.push([visitor, entry.stream === stream ? null : entry.stream, seq, at, events])
    }
    events.push(wireEvent(entry.event, at - base, indexOf(entry.event)))
    last = entry
  }
  return [Frame.batch, last?.frame ?? 0, sentAt, places, groups]
}
