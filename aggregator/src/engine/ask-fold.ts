import { Kind } from '@pulssi/protocol/client'
import { type Answer, Answering, answerIn, askIn } from './answering.js'
import type { Asking } from './asking.js'
import type { Comer } from './comer.js'
import { type Kin, personIn } from './kin.js'
import { EventFlag } from './record.js'
import type { State } from './state.js'
import { Flag } from './visitors.js'
import type { Visits } from './visits.js'

type Writable<T> = { -readonly [Key in keyof T]: T[Key] }

/** An accepted event, after it was counted. */
export interface Counted {
  readonly kind: Kind
  /** Of an `ask` event: its result. */
  readonly a: number
  readonly place: number
  /** The event's own time, ms since 1970. */
  readonly at: number
  /** Of an `enter`: whether a visit began. */
  readonly isBeginning: boolean
}

/** What the events of a record mean for who is asked. The visitor's row is at hand in Visits. */
export class AskFold {
  readonly #asking: Asking
  readonly #answering: Answering
  readonly #kin: Kin
  readonly #visits: Visits
  readonly #comer: Writable<Comer> = { hi: 0, lo: 0, streamHi: 0, streamLo: 0, isPage: false }
  /** Of the event at hand: its detail, and what it says to an ask. */
  #detail = ''
  #answer: Answer | null = null

  constructor(state: State, asking: Asking, kin: Kin, visits: Visits) {
    this.#asking = asking
    this.#answering = new Answering(state, asking, visits)
    this.#kin = kin
    this.#visits = visits
  }

  /** The `events` record at `at` comes. Whether there is anything to do for its events. */
  comes(view: DataView, at: number): boolean {
    if (!this.#asking.isOn) return false
    const comer = this.#comer
    const flags = view.getUint8(at + 5)
    const hasStream = (flags & EventFlag.stream) !== 0
    comer.hi = view.getInt32(at + 24, true)
    comer.lo = view.getInt32(at + 28, true)
    comer.streamHi = hasStream ? view.getInt32(at + 32, true) : 0
    comer.streamLo = hasStream ? view.getInt32(at + 36, true) : 0
    comer.isPage = (flags & EventFlag.page) !== 0
    return true
  }

  /** Takes the event at `o` at hand. Whether it answers what it can't (N51). */
  denies(view: DataView, o: number, detail: string): boolean {
    const kind = view.getUint8(o) as Kind
    const isAnswer = kind === Kind.feedback || kind === Kind.answer
    this.#detail = detail
    this.#answer = isAnswer ? answerIn(kind, view.getUint8(o + 2), view.getUint8(o + 3), detail) : null
    return this.#answer !== null && this.#answering.isDenied(this.#comer, this.#answer)
  }

  /** The event at hand was accepted. */
  after({ kind, a, place, at, isBeginning }: Counted): void {
    const comer = this.#comer
    const asking = this.#asking
    const detail = this.#detail
    if ((this.#visits.flags & Flag.known) !== 0) asking.heard(comer, kind === Kind.enter)
    switch (kind) {
      case Kind.enter:
        return isBeginning ? asking.moment(comer, 'sample', '', place, at) : undefined
      case Kind.leave:
        return this.#visits.isAt(place) ? asking.moment(comer, 'leave', '', place, at) : undefined
      case Kind.goal:
        return asking.moment(comer, 'goal', '', place, at)
      case Kind.signal:
        asking.moment(comer, 'signal', detail, place, at)
        return asking.trouble(comer, detail, place)
      case Kind.feedback:
      case Kind.answer:
        return this.#answering.answered(comer, this.#answer, place, at)
      case Kind.ask:
        return this.#answering.resulted(comer, askIn(detail), a, place, at)
      case Kind.link: {
        const person = personIn(detail)
        if (person !== null && this.#kin.link(comer, person)) this.#visits.mark(Flag.known)
        return
      }
      default:
        kind satisfies never
    }
  }
}
