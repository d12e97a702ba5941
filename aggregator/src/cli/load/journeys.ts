import type { PulseEvent } from '@pulssi/sdk'

/** Where the visitors of a load walk: names of their own, so that they spoil no figure but the roll-ups. */
const STEPS = ['load.home', 'load.product', 'load.cart', 'load.payment', 'load.thanks'] as const
/** Of so many events at a touchpoint the first enters, one answers, the others are views of the page. */
const EVENTS_A_STEP = 4
const LEVELS = 4

/** The nth event of a visitor: every visitor walks the same way, again and again. */
const eventOf = (visitor: string, n: number): PulseEvent => {
  const touchpoint = STEPS[Math.floor(n / EVENTS_A_STEP) % STEPS.length] ?? STEPS[0]
  if (n % EVENTS_A_STEP === EVENTS_A_STEP - 1) {
    return { visitor, kind: 'feedback', touchpoint, scale: 'smiley', score: 1 + (n % LEVELS) }
  }
  return { visitor, kind: 'enter', touchpoint }
}

/** Takes the visitors of one connection in turn, and each one on by an event. */
export class Journeys {
  readonly #name: string
  readonly #visitors: number
  #made = 0

  /** `name`: the beginning of its visitors' ids, which no other connection and no other run has. */
  constructor(name: string, visitors: number) {
    this.#name = name
    this.#visitors = visitors
  }

  next(): PulseEvent {
    const made = this.#made++
    return eventOf(`${this.#name}-${made % this.#visitors}`, Math.floor(made / this.#visitors))
  }
}
