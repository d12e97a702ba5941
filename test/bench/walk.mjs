import { Kind, SCALE_LEVELS, SCALES } from '@pulssi/protocol/client'
import { Random, zipf } from './random.mjs'

/** Events of one batch, as many as the SDK gathers on a busy page. */
export const BATCH = 20

/** Between two events of a batch, unless told, ms: what a busy client gathers in a second. */
const STEP_MS = 50
const CSAT = SCALES.indexOf('csat')
const SIGNALS = ['rage', 'dead', 'slow', 'back']

/** Names as a shop has them; the first ones are the busy ones. */
export const touchpoints = count => {
  const areas = ['shop', 'checkout', 'account', 'support', 'search', 'mail', 'store']
  return Array.from({ length: count }, (_, index) => `${areas[index % areas.length]}.page-${index}`)
}

/**
 * What visitors do, as events `{kind, place, afterMs, scale, level, signal}`; `place` is an index of
 * `touchpoints`. The objects are used again by the next call.
 */
export class Walk {
  #random
  #draw
  #count
  #events
  #stepMs

  constructor(touchpointCount, seed, stepMs = STEP_MS) {
    this.#stepMs = stepMs
    this.#random = new Random(seed)
    this.#draw = zipf(touchpointCount)
    this.#count = touchpointCount
    this.#events = Array.from({ length: BATCH }, () => ({
      kind: 0,
      place: 0,
      afterMs: 0,
      scale: CSAT,
      level: 0,
      signal: '',
    }))
  }

  /** A short visit: some touchpoints, the popular ones more often; views, answers and signals there; a leave. */
  next() {
    const events = this.#events
    let place = this.#draw(this.#random)
    events.forEach((event, index) => {
      if (index > 0 && this.#random.once(5)) {
        place = this.#draw(this.#random)
        this.#set(event, index, Kind.enter, place)
      } else this.#set(event, index, index === 0 ? Kind.enter : this.#stay(), place)
    })
    events[BATCH - 1].kind = Kind.leave
    return events
  }

  /** One event of a visitor that nobody can foresee. */
  single() {
    const event = this.#events[0]
    this.#set(event, 0, this.#random.once(3) ? this.#stay() : Kind.enter, this.#draw(this.#random))
    return event
  }

  /** The hardest batch: each event at another touchpoint, all of them as likely. */
  scattered() {
    const events = this.#events
    events.forEach((event, index) => {
      this.#set(event, index, this.#random.once(2) ? Kind.enter : this.#stay(), this.#random.below(this.#count))
    })
    return events
  }

  #stay() {
    const drawn = this.#random.below(20)
    if (drawn < 15) return Kind.enter
    if (drawn < 17) return Kind.feedback
    return drawn < 19 ? Kind.signal : Kind.goal
  }

  #set(event, index, kind, place) {
    event.kind = kind
    event.place = place
    event.afterMs = index * this.#stepMs
    event.scale = CSAT
    event.level = this.#random.below(SCALE_LEVELS.csat.count)
    event.signal = SIGNALS[this.#random.below(SIGNALS.length)]
  }
}
