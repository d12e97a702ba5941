import { nudgeFor, type RulesHere, ruleFor } from './ask-rules.js'
import { hear, isForgettable, mayAsk, tellAgainMs } from './budget.js'
import { draw } from './chances.js'
import { type Comer, comerAt } from './comer.js'
import type { AskRule, Trigger } from './config.js'
import { AskCell, Cell, FLOOR_CLASS, SECOND_MS, SLICE_MS, WANT_MS } from './limits.js'
import type { Told, Wanted } from './outbox.js'
import { isLinked, type Pending, type Person, withReply } from './people.js'
import type { ReplyRecord } from './record.js'
import { type Saying, sayingId } from './saying.js'
import type { State } from './state.js'
import { Flag, Word } from './visitors.js'
import type { Visits } from './visits.js'
import { Wheel } from './wheel.js'

/** No chance decided about it. */
const CERTAIN = -1
/** Triggers by which whoever comes is as good as any other: a chance decides. By the others somebody is picked out. */
const CHANCED: ReadonlySet<Trigger> = new Set(['sample', 'dwell', 'leave', 'goal'])

const sliceOf = (at: number): number => Math.floor(at / SLICE_MS[0])

/** What is to be said, but for whom and when. */
type Words = Pick<Saying, 'kind' | 'id' | 'touchpoint' | 'validMs' | 'text'>

/** By what chance an ask is put. */
type How = Omit<Wanted, 'rule' | 'touchpoint'>

/**
 * Decides who is asked what, and who is nudged, and keeps count of it (N50 to N57). What pages are to be told stands in
 * `said` until the next entry; what other partitions are to be told, in the state's outbox.
 */
export class Asking {
  said: Saying[] = []
  /** Asks that are out, by the row of the person, at the second after their end. */
  #wheel = new Wheel()
  readonly #state: State
  readonly #visits: Visits

  constructor(state: State, visits: Visits) {
    this.#state = state
    this.#visits = visits
  }

  /** Whether there is anything to do for an event. */
  get isOn(): boolean {
    const { askRules, people, dataClock } = this.#state
    return !dataClock && (!askRules.isEmpty || people.count > 0)
  }

  rulesAt(place: number): RulesHere {
    return this.#state.askRules.at(place, this.#state.places.touchpoints.list)
  }

  /** Somebody of whom more is known was heard. */
  heard(comer: Comer, isEntering: boolean): void {
    const { people, clock, config } = this.#state
    const person = people.find(comer.hi, comer.lo)
    if (person === null) return
    this.#hear(person, comer)
    if (isLinked(person) && clock - person.toldAt >= tellAgainMs(config.budget) && this.tell(person, { op: 'touch' })) {
      person.toldAt = clock
    }
    if (isEntering) this.#sayAgain(person)
  }

  /** A trigger's moment has come, at event time `at`; the visitor's row is at hand in Visits. */
  moment(comer: Comer, trigger: Trigger, detail: string, place: number, at: number): void {
    if (comer.isPage && trigger !== 'host') return
    const rule = ruleFor(this.rulesAt(place), trigger, detail)
    if (rule === null) return
    const { people, asking } = this.#state
    const chance = this.#chance(comer, trigger, place)
    asking.moments++
    const person = chance === null ? null : people.of(comer.hi, comer.lo)
    if (person !== null) this.#visits.mark(Flag.known)
    if (chance === null || person === null || !this.#ask(person, comer, rule, { ...chance, place })) {
      this.#count(place, at, AskCell.saved)
    }
  }

  /** A visitor gave a signal: whether it is told something that may help. */
  trouble(comer: Comer, signal: string, place: number): void {
    const { askRules, chances, clock, asking, places, people } = this.#state
    if (comer.isPage || askRules.isEmpty || !this.#visits.isAt(place)) return
    const touchpoint = places.touchpoints.list[place] as string
    if ((this.#visits.flags & (Flag.nudged | Flag.control)) !== 0 || !chances.isWorse(touchpoint, clock)) return
    const rule = nudgeFor(this.rulesAt(place), signal)
    if (rule === null || (people.find(comer.hi, comer.lo)?.pending ?? null) !== null) return
    const isHeldOut = draw(comer.hi, comer.lo, asking.moments++) < rule.holdout
    this.#visits.mark(isHeldOut ? Flag.control : Flag.nudged)
    if (isHeldOut) return
    const id = sayingId(rule.id, ++asking.number)
    this.#say(comer, comer, { kind: 'nudge', id, touchpoint, validMs: rule.validMs, text: '' })
  }

  /** Puts an ask to a visitor. `isNew`: nobody put it before, in another partition. */
  put(person: Person, rule: AskRule, place: number, how: How, until: number, isNew = true): void {
    const { people, asking } = this.#state
    const { id, form, options, reason } = rule
    const { chanceClass, isFloor } = how
    people.touch(person).pending = {
      ...{ number: ++asking.number, rule: id, place, form, options, reason, until },
      ...{ chanceClass, isFloor, isShown: false },
    }
    this.attend(person)
    if (isNew) this.#count(place, this.#state.clock, AskCell.sent)
    this.sayPending(person)
  }

  /** Sees to it that an ask ends in its time. */
  attend(person: Person): void {
    if (person.pending !== null) this.#wheel.put(person.row, Math.floor(person.pending.until / SECOND_MS) + 1)
  }

  /** The state was read back. */
  rebuild(second: number): void {
    this.#wheel = new Wheel()
    this.#wheel.second = second
    for (const person of this.#state.people) this.attend(person)
  }

  /** Forgets people of whom nothing needs to be known any more. */
  sweep(): void {
    const { people, clock, config } = this.#state
    for (const person of people) if (isForgettable(person, clock, config.budget)) people.remove(person)
  }

  /** The clock has come to a later second: asks that nobody answered end. */
  moveTo(second: number): void {
    if (second <= this.#wheel.second) return
    this.#wheel.due(second)
    const { people, clock } = this.#state
    for (const row of this.#wheel.rows) {
      const person = people.rows[row] ?? null
      if (person?.pending == null) continue
      if (person.pending.until >= clock) this.attend(person)
      else this.#end(people.touch(person), AskCell.expired, person.pending.until)
    }
  }

  /** Tells the visitor's page of the ask that is out, if it was not seen. */
  sayPending(person: Person): void {
    const { pending } = person
    const { clock, places } = this.#state
    if (pending === null || pending.isShown || pending.until < clock) return
    const touchpoint = places.touchpoints.list[pending.place] as string
    const id = sayingId(pending.rule, pending.number)
    this.#say(person, person, { kind: 'ask', id, touchpoint, validMs: pending.until - clock, text: '' })
  }

  sayReply(person: Person, { id, touchpoint, text, until }: Person['replies'][number]): void {
    const { clock } = this.#state
    if (until >= clock) this.#say(person, person, { kind: 'reply', id, touchpoint, validMs: until - clock, text })
  }

  /** Somebody answers a comment of the visitor's: said at once, and again when it enters, until it was seen. */
  replied({ at, visitor, validMs, id, touchpoint, text }: ReplyRecord): void {
    const { people } = this.#state
    const person = people.of(visitor[0], visitor[1])
    if (person === null) return
    const reply = { id, touchpoint, text, until: at + validMs }
    people.touch(person).replies = withReply(person.replies, reply)
    this.know(person)
    this.sayReply(person, reply)
  }

  /** Sees to it that the visitor's next event finds the person, and that its page is found now. */
  know(person: Person): void {
    const { visitors } = this.#state
    const row = visitors.find(person.hi, person.lo)
    if (row < 0) return
    const { streamHi, streamLo } = comerAt(this.#state, row)
    Object.assign(person, { streamHi, streamLo })
    ;(visitors.page(row)[visitors.at(row) + Word.flags] as number) |= Flag.known
  }

  /** The ask that is out has come to its end: it was answered, dismissed, or neither, at event time `at`. */
  close(person: Person, became: typeof AskCell.answered | typeof AskCell.dismissed, at: number): Pending {
    const { clock } = this.#state
    const pending = person.pending as Pending
    this.#state.people.touch(person)
    if (!pending.isShown) this.#count(pending.place, at, AskCell.shown)
    this.#end(person, became, at)
    if (became === AskCell.answered) {
      person.answeredAt = clock
      person.dismissals = 0
      if (isLinked(person)) this.tell(person, { op: 'answered' })
    } else {
      person.dismissedAt = clock
      person.dismissals++
      if (isLinked(person)) this.tell(person, { op: 'dismissed' })
    }
    return pending
  }

  shown(person: Person, at: number): void {
    const pending = person.pending as Pending
    if (pending.isShown) return
    this.#state.people.touch(person).pending = { ...pending, isShown: true }
    this.#count(pending.place, at, AskCell.shown)
  }

  #sayAgain(person: Person): void {
    this.sayPending(person)
    for (const reply of person.replies) this.sayReply(person, reply)
  }

  /** null: chance is against it. */
  #chance({ hi, lo }: Comer, trigger: Trigger, place: number): How | null {
    if (!CHANCED.has(trigger)) return { chanceClass: CERTAIN, isFloor: false }
    const { chances, clock, asking, places } = this.#state
    const chanceClass = Math.min(chances.classAt(places.touchpoints.list[place] as string, clock), FLOOR_CLASS)
    const drawn = draw(hi, lo, asking.moments)
    return drawn < 2 ** -chanceClass ? { chanceClass, isFloor: drawn < 2 ** -FLOOR_CLASS } : null
  }

  /** Whether the visitor is asked, or somebody else is asked whether it may be. */
  #ask(person: Person, comer: Comer, rule: AskRule, how: How & { place: number }): boolean {
    const { clock, config, places } = this.#state
    if (person.pending !== null) return false
    this.#hear(person, comer)
    const { place, chanceClass, isFloor } = how
    if (isLinked(person)) {
      if (person.wantedAt > 0 && clock - person.wantedAt < WANT_MS) return false
      const touchpoint = places.touchpoints.list[place] as string
      const isTold = this.tell(person, { op: 'want', rule: rule.id, touchpoint, chanceClass, isFloor })
      if (isTold) person.wantedAt = clock
      return isTold
    }
    if (!mayAsk(person, clock, config.budget)) return false
    person.isAsked = true
    person.askedAt = clock
    this.put(person, rule, place, how, clock + rule.validMs)
    return true
  }

  /** Who comes by no stream, through a service, leaves the page that is open as it is. */
  #hear(person: Person, { streamHi, streamLo }: Comer): void {
    const { people, clock, config } = this.#state
    hear(people.touch(person), clock, config.budget)
    if (streamHi !== 0 || streamLo !== 0) Object.assign(person, { streamHi, streamLo })
  }

  #end(person: Person, became: number, at: number): void {
    const { place } = person.pending as Pending
    person.pending = null
    this.#count(place, at, became)
  }

  /** Tells the partition of the customer that a visitor is linked to. Whether there was room. */
  tell({ hi, lo, personHi, personLo }: Person, told: Told): boolean {
    const { outbox, clock } = this.#state
    return outbox.put(clock, [hi, lo], [personHi, personLo], told)
  }

  #say(
    { hi, lo }: { readonly hi: number; readonly lo: number },
    { streamHi, streamLo }: { readonly streamHi: number; readonly streamLo: number },
    what: Words,
  ): void {
    const words = { visitorHi: hi >>> 0, visitorLo: lo >>> 0, streamHi: streamHi >>> 0, streamLo: streamLo >>> 0 }
    this.said.push({ ...what, ...words, at: this.#state.clock })
  }

  #count(place: number, at: number, cell: number): void {
    this.#state.ledger.add(place, sliceOf(at), Cell.asks + cell, 1)
  }
}
