import type { Asking } from './asking.js'
import { hear, join, mayAsk } from './budget.js'
import type { Comer } from './comer.js'
import { fieldsOf } from './fields.js'
import type { Letter, Told, Wanted } from './outbox.js'
import { isLinked, type Person, withReply } from './people.js'
import type { State } from './state.js'

const HASH_HEX = /^[0-9a-f]{16}$/
const WORD_HEX = 8

/** The words of a customer's hash as a link's detail has them; null: it has none, or no more. */
export function personIn(detail: string): readonly [hi: number, lo: number] | null {
  const { person } = fieldsOf(detail) as { readonly person?: unknown }
  if (typeof person !== 'string' || !HASH_HEX.test(person)) return null
  const hi = Number.parseInt(person.slice(0, WORD_HEX), 16) | 0
  const lo = Number.parseInt(person.slice(WORD_HEX), 16) | 0
  return hi === 0 && lo === 0 ? null : [hi, lo]
}

/**
 * One person behind several visitors (N56): the customer's partition keeps the budget, each visitor's partition its asks.
 * Both tell each other through the logs of both, so that each log alone makes its engine's state.
 */
export class Kin {
  readonly #state: State
  readonly #asking: Asking

  constructor(state: State, asking: Asking) {
    this.#state = state
    this.#asking = asking
  }

  /** The visitor whose event is at hand is this customer. Whether it is remembered. */
  link({ hi, lo }: Comer, [personHi, personLo]: readonly [number, number]): boolean {
    const { people, clock, outbox } = this.#state
    if (hi === personHi && lo === personLo) return false
    const person = people.of(hi, lo)
    if (person === null) return false
    if (person.personHi === personHi && person.personLo === personLo) return true
    const { isAsked, heardAt, askedAt, answeredAt, dismissedAt, dismissals } = person
    const bounds = { isAsked, heardAt, askedAt, answeredAt, dismissedAt, dismissals }
    if (!outbox.put(clock, [hi, lo], [personHi, personLo], { op: 'link', bounds })) return true
    Object.assign(people.touch(person), { personHi, personLo, toldAt: clock, wantedAt: 0, heardAt: clock })
    return true
  }

  /** Another partition, or this one, tells something. A number that was taken before does nothing. */
  take(source: number, letter: Letter): void {
    const { toldBy, people } = this.#state
    if (letter.number <= (toldBy.get(source) ?? 0)) return
    toldBy.set(source, letter.number)
    const { told, visitor, person: customer } = letter
    const [hi, lo] = told.op === 'grant' || told.op === 'pass' ? visitor : customer
    const person = people.of(hi, lo)
    if (person === null) return
    people.touch(person)
    this.#asking.know(person)
    if (told.op === 'grant') this.#granted(person, told)
    else if (told.op === 'pass') this.#passed(person, told)
    else this.#heardOf(person, letter, told)
  }

  /** A visitor or customer is erased: nobody is linked to it any more, and nothing is told of it. */
  erase(hi: number, lo: number): void {
    const { people, outbox } = this.#state
    const person = people.find(hi, lo)
    if (person !== null) people.remove(person)
    for (const other of people) {
      if (other.personHi !== hi || other.personLo !== lo) continue
      Object.assign(people.touch(other), { personHi: 0, personLo: 0, toldAt: 0, wantedAt: 0 })
    }
    outbox.erase(hi, lo)
  }

  #heardOf(person: Person, letter: Letter, told: Exclude<Told, { op: 'grant' | 'pass' }>): void {
    const { clock, config, outbox } = this.#state
    // This partition may not have been told the time since.
    const now = Math.max(clock, letter.at)
    person.isTold = true
    switch (told.op) {
      case 'link':
        join(person, told.bounds)
        return this.#pass(person, letter)
      case 'touch':
        hear(person, now, config.budget)
        return this.#pass(person, letter)
      case 'want': {
        hear(person, now, config.budget)
        if (!mayAsk(person, now, config.budget) || person.pending !== null) return
        if (!outbox.put(clock, letter.visitor, letter.person, { ...told, op: 'grant' })) return
        person.isAsked = true
        person.askedAt = now
        return
      }
      case 'answered':
        person.answeredAt = now
        person.dismissals = 0
        return
      case 'dismissed':
        person.dismissedAt = now
        person.dismissals++
        return
      default:
        told satisfies never
    }
  }

  /** What waits for the customer goes to where it is now. */
  #pass(person: Person, { visitor, person: customer }: Letter): void {
    const { outbox, clock, places } = this.#state
    const { pending, replies } = person
    const isWaiting = pending !== null && !pending.isShown && pending.until >= clock
    if (!isWaiting && replies.length === 0) return
    const touchpoint = isWaiting ? (places.touchpoints.list[pending.place] as string) : ''
    const ask = isWaiting ? { ...pending, touchpoint } : null
    if (!outbox.put(clock, visitor, customer, { op: 'pass', ask: ask && askOf(ask), replies })) return
    if (isWaiting) person.pending = null
    person.replies = []
  }

  #granted(person: Person, wanted: Wanted): void {
    const rule = this.#ruleOf(wanted)
    person.wantedAt = 0
    if (rule === null || person.pending !== null || !isLinked(person)) return
    this.#asking.put(person, rule, this.#placeOf(wanted), wanted, this.#state.clock + rule.validMs)
  }

  #passed(person: Person, { ask, replies }: Extract<Told, { op: 'pass' }>): void {
    for (const reply of replies) {
      person.replies = withReply(person.replies, reply)
      this.#asking.sayReply(person, reply)
    }
    const rule = ask === null ? null : this.#ruleOf(ask)
    if (ask === null || rule === null || person.pending !== null || ask.until < this.#state.clock) return
    this.#asking.put(person, rule, this.#placeOf(ask), ask, ask.until, false)
  }

  #ruleOf({ rule }: Wanted) {
    return this.#state.config.asks.find(({ id }) => id === rule) ?? null
  }

  #placeOf({ touchpoint }: Wanted): number {
    const { places, ledger } = this.#state
    const place = places.admit(touchpoint)
    ledger.page(place)
    return place
  }
}

const askOf = ({ rule, touchpoint, chanceClass, isFloor, until }: Wanted & { until: number }) => ({
  rule,
  touchpoint,
  chanceClass,
  isFloor,
  until,
})
