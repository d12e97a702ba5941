import { ASK_RESULTS, type AskResult, EMOTIONS, type Emotion, Frame, Kind, SCALES } from '@pulssi/protocol/client'
import type { Entry } from './outbox.js'
import type { PulseEvent } from './types.js'

/** `[kind, dt, place, …]`. An undefined is written as nil, at the end it is left out. `event` has what its kind needs. */
const wireEvent = (event: PulseEvent, dt: number, place: number | undefined): unknown[] => {
  const { kind, scale, score, ask } = event
  const [number, ...details] = Array.from(
    {
      enter: [Kind.enter],
      leave: [Kind.leave],
      goal: [Kind.goal, event.value],
      feedback: scale
        ? // What is no score of its scale's kind becomes −1, which the server refuses.
          [
            Kind.feedback,
            SCALES.indexOf(scale),
            scale === 'emotion' ? EMOTIONS.indexOf(score as Emotion) : typeof score === 'number' ? score : -1,
            event.comment,
            ask,
          ]
        : [Kind.answer, ask, event.option ?? event.text],
      signal: [Kind.signal, event.name],
      link: [Kind.link, event.customer, event.code, event.proof || null],
      ask: [Kind.ask, ask, ASK_RESULTS.indexOf(event.result as AskResult)],
    }[kind] ?? [],
  )
  const wire = [number, dt, place, ...details]
  while (wire.at(-1) === undefined) wire.pop()
  return wire
}

/** `own`: the stream that this connection's hello named, left out of the frame's groups. May sort `entries`. */
export type Pack = (frame: number, entries: Entry[], own: string, now: number | null) => readonly unknown[]

/** A batch of events, in their order. `sentAt`: now, or null in a replay. */
export const pack: Pack = (frame, entries, own, sentAt) => {
  const places: unknown[] = []
  /** The place of each key in `places`. */
  const known: Record<string, number> = {}
  const groups: unknown[] = []
  let following: string | undefined
  let base = 0
  let group: unknown[] = []
  for (const [event, , key] of entries) {
    const { visitor, stream, seq, at, touchpoint, channel, cuts } = event
    const pairs = Object.entries(cuts ?? {}).flat()
    const place = touchpoint && (channel || pairs[0] ? [touchpoint, channel, pairs] : touchpoint)
    const placeKey = JSON.stringify(place)
    if (place) known[placeKey] ??= places.push(place) - 1
    if (key + seq !== following) {
      base = at
      group = []
      groups.push([visitor, stream === own ? null : stream, seq, at, group])
    }
    group.push(wireEvent(event, at - base, known[placeKey]))
    following = key + (seq + 1)
  }
  return [Frame.batch, frame, sentAt, places, groups]
}
