import { Frame, Kind, SCALE_LEVELS, SCALES } from '@pulssi/protocol/client'
import { touchpoints } from './walk.mjs'

const names = touchpoints(2000)

const wireEvent = ({ kind, afterMs, scale, level, signal }, place) => {
  if (kind === Kind.feedback) return [kind, afterMs, place, scale, level + SCALE_LEVELS[SCALES[scale]].first]
  return kind === Kind.signal ? [kind, afterMs, place, signal] : [kind, afterMs, place]
}

/** A service's batch of one visitor, as the SDK would pack it. `at` is the last event's time, ms. */
export const batchFrame = ({ frame, visitor, seq, at }, events) => {
  const places = [...new Set(events.map(({ place }) => place))]
  const packed = events.map(event => wireEvent(event, places.indexOf(event.place)))
  const first = at - events[events.length - 1].afterMs
  const group = [visitorId(visitor), streamId(visitor), seq, first, packed]
  return [Frame.batch, frame, at, places.map(place => names[place]), [group]]
}

export const visitorId = visitor => `v-${visitor.toString(36).padStart(10, '0')}`
export const streamId = visitor => `s-${visitor.toString(36).padStart(14, '0')}`
