import { ASK_FORMS, ASK_RESULTS, Kind } from '@pulssi/protocol/client'
import type { Asking } from './asking.js'
import type { Comer } from './comer.js'
import { fieldsOf } from './fields.js'
import { AskCell, Cell, CHANCE_CLASSES, SCORE_VALUES, SLICE_MS } from './limits.js'
import { isLinked, type Person } from './people.js'
import { readSayingId } from './saying.js'
import { scoreValue } from './score-values.js'
import type { State } from './state.js'
import { Flag } from './visitors.js'
import type { Visits } from './visits.js'

const CHOICE = ASK_FORMS.indexOf('choice')
const TEXT = ASK_FORMS.indexOf('text')

/** What an event says to an ask, beside what it counts for anyway. */
export interface Answer {
  /** The event's `ask`, and its own form: scale and level, or option, or text. */
  readonly ask: string
  readonly scale: number
  readonly level: number
  readonly option: number
}

/** JSON of an event's detail. */
interface AskDetail {
  readonly ask?: unknown
  readonly option?: unknown
}

const NONE = -1

/** Reads what a feedback or answer says of an ask; null: nothing. */
export function answerIn(kind: Kind, scale: number, level: number, detail: string): Answer | null {
  if (detail === '' || !detail.includes('"ask"')) return null
  const fields = fieldsOf(detail) as AskDetail
  if (typeof fields.ask !== 'string') return null
  const option = typeof fields.option === 'number' ? fields.option : NONE
  const isScored = kind === Kind.feedback
  return { ask: fields.ask, scale: isScored ? scale : NONE, level, option }
}

/** The ask that an `ask` event is about; '': none. */
export function askIn(detail: string): string {
  const { ask } = fieldsOf(detail) as AskDetail
  return typeof ask === 'string' ? ask : ''
}

/** What visitors say of the asks that were put to them (N51 to N53). */
export class Answering {
  readonly #state: State
  readonly #asking: Asking
  readonly #visits: Visits

  constructor(state: State, asking: Asking, visits: Visits) {
    this.#state = state
    this.#asking = asking
    this.#visits = visits
  }

  /** Whether it names one of the server's asks that this visitor can't answer, or not so. */
  isDenied({ hi, lo }: Pick<Comer, 'hi' | 'lo'>, answer: Answer): boolean {
    const id = readSayingId(answer.ask)
    if (id === null || !this.#state.askRules.has(id.rule)) return false
    const pending = this.#state.people.find(hi, lo)?.pending ?? null
    if (pending === null || pending.number !== id.number || pending.rule !== id.rule) return true
    if (pending.until < this.#state.clock) return true
    if (answer.scale !== NONE) return pending.form !== answer.scale
    return answer.option === NONE ? pending.form !== TEXT : pending.form !== CHOICE || answer.option >= pending.options
  }

  /** Somebody answered: an ask of the server's, unless denied, or by itself. `at`: the event's own time. */
  answered(comer: Comer, answer: Answer | null, place: number, at: number): void {
    const { people, askRules, clock } = this.#state
    const id = answer === null ? null : readSayingId(answer.ask)
    const known = people.find(comer.hi, comer.lo)
    if (answer !== null && id !== null && askRules.has(id.rule) && known?.pending?.number === id.number) {
      return this.#close(known, answer, place, at)
    }
    if (askRules.isEmpty) return
    const person = people.of(comer.hi, comer.lo)
    if (person === null) return
    this.#visits.mark(Flag.known)
    people.touch(person)
    if (isLinked(person) && clock - person.answeredAt >= SLICE_MS[2]) this.#asking.tell(person, { op: 'answered' })
    person.answeredAt = clock
  }

  /** A page says what became of an ask or of a reply. */
  resulted(comer: Comer, ask: string, result: number, place: number, at: number): void {
    if (ASK_RESULTS[result] === 'wanted') return this.#asking.moment(comer, 'host', ask, place, at)
    const { people, clock } = this.#state
    const person = people.find(comer.hi, comer.lo)
    if (person === null) return
    const replies = person.replies.filter(reply => reply.id !== ask)
    if (replies.length < person.replies.length) people.touch(person).replies = replies
    const id = readSayingId(ask)
    const { pending } = person
    if (pending === null || id?.number !== pending.number || id.rule !== pending.rule || pending.until < clock) return
    if (ASK_RESULTS[result] === 'shown') this.#asking.shown(person, at)
    else this.#asking.close(person, AskCell.dismissed, at)
  }

  #close(person: Person, { scale, level, option }: Answer, place: number, at: number): void {
    const { rule, reason, chanceClass, isFloor } = this.#asking.close(person, AskCell.answered, at)
    const { ledger, places } = this.#state
    if (reason && option !== NONE) this.#visits.giveReason(place, places.reasons.place(`${rule}.${option}`))
    if (scale === NONE || chanceClass < 0) return
    const classes = isFloor ? CHANCE_CLASSES : 0
    const key = Cell.asked + (classes + chanceClass) * SCORE_VALUES + scoreValue(scale, level)
    ledger.add(place, Math.floor(at / SLICE_MS[0]), key, 1)
  }
}
