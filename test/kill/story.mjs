/** What the visitors of one client do. Each event is `[visitor, stream, seq, touchpoint, kind, detail]`, as it is logged. */

const TOUCHPOINTS = {
  'shop.home': 'web',
  'shop.product': 'web',
  'shop.cart': 'web',
  'shop.payment': 'web',
  'desk.call': 'phone',
  'desk.queue': 'phone',
  'till.counter': 'store',
}
const NAMES = Object.keys(TOUCHPOINTS)
/** Steps of each scale, in the order of their places on the wire. */
const LEVELS = { thumb: 2, smiley: 4, csat: 5, nps: 11, ces: 7, emotion: 9 }
export const SCALES = Object.keys(LEVELS)
const SIGNALS = ['rage', 'dead', 'error', 'slow', 'back', 'form', 'own-signal']
/** How often each kind comes. */
const KINDS = { enter: 8, leave: 2, goal: 3, feedback: 7, signal: 5, link: 1, answer: 1, ask: 1 }
const DRAWN = Object.entries(KINDS).flatMap(([kind, share]) => Array(share).fill(kind))

export const VISITORS = 800
const RUN_EVENTS = 6

/**
 * The journey map of the run. Nothing resolves by time, so that what is counted depends on the order of each visitor's
 * events alone.
 */
export const JOURNEY = {
  idle: '48h',
  grace: '48h',
  touchpoints: Object.fromEntries(Object.entries(TOUCHPOINTS).map(([name, channel]) => [name, { channel }])),
}

export class Story {
  #random
  #visitors

  constructor(random, client) {
    this.#random = random
    this.#visitors = Array.from({ length: VISITORS }, (_, i) => ({
      id: `v-${client}-${i}`,
      stream: `s-${client}`,
      seq: 0,
      at: null,
    }))
  }

  /** The next `count` events, in runs of one visitor. */
  events(count) {
    const events = []
    while (events.length < count) {
      const visitor = this.#visitors[this.#random.below(VISITORS)]
      const run = Math.min(count - events.length, 1 + this.#random.below(RUN_EVENTS))
      for (let i = 0; i < run; i++) events.push(this.#event(visitor))
    }
    return events
  }

  #event(visitor) {
    const drawn = DRAWN[this.#random.below(DRAWN.length)]
    // A goal elsewhere would enter there first; where nothing is open there is none.
    const kind = drawn === 'goal' && visitor.at === null ? 'enter' : drawn
    const elsewhere = kind !== 'goal' && this.#random.once(3)
    const touchpoint = visitor.at === null || elsewhere ? NAMES[this.#random.below(NAMES.length)] : visitor.at
    if (kind === 'enter') visitor.at = touchpoint
    if (kind === 'goal') visitor.at = null
    return [visitor.id, visitor.stream, visitor.seq++, touchpoint, kind, this.#detail(kind)]
  }

  #detail(kind) {
    if (kind === 'signal') return SIGNALS[this.#random.below(SIGNALS.length)]
    if (kind !== 'feedback') return ''
    const scale = SCALES[this.#random.below(SCALES.length)]
    return `${scale}:${this.#random.below(LEVELS[scale])}`
  }
}
