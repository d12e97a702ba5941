import type { Scale } from '@pulssi/protocol/client'
import type { Arrival, EventItem } from './items.js'
import type { JourneyMap } from './map.js'

export const OUTCOMES = ['completed', 'progressed', 'switched', 'dropped', 'unseen'] as const
export type Outcome = (typeof OUTCOMES)[number]
export type Counter = 'entered' | 'views' | Outcome | 'recovered' | 'troubled'

/** One thing to count at a touchpoint, in the slices of `time`. */
export type Fact = { readonly touchpoint: string; readonly time: number } & (
  | { readonly what: 'count'; readonly counter: Counter }
  | { readonly what: 'dwell'; readonly ms: number }
  | { readonly what: 'answer'; readonly scale: Scale; readonly level: number; readonly visitor: string }
  | { readonly what: 'signal'; readonly name: string }
  | { readonly what: 'named'; readonly visitor: string; readonly channel: string; readonly late: boolean }
  | { readonly what: 'transition'; readonly to: string }
  | { readonly what: 'left'; readonly signal: string | null }
  | { readonly what: 'returned'; readonly channel: string }
  | { readonly what: 'spoken'; readonly visitor: string; readonly scale: Scale | null; readonly text: string }
)

interface Visit {
  readonly touchpoint: string
  readonly channel: string
  /** Event time of the entering event: the slice of `entered` and `troubled`. */
  readonly enterTime: number
  /** Visitor's time when it opened: where dwell begins. */
  readonly openedAt: number
  lastActivity: number
  deadline: number
  troubled: boolean
  lastSignal: string | null
}

/**
 * The second pass: one visitor's accepted events in their order of arrival, through N10 to N18. What the clock alone
 * decided is taken back by an event within the deadline and judged again (N14), so that in the end only the visitor's
 * own next event and the last clock decide: nothing here is ever taken back.
 */
export class VisitorReplay {
  readonly #map: JourneyMap
  readonly #fact: (fact: Fact) => void
  /** Who it is among the distinct visitors. */
  readonly #name: string
  #page = true
  #time = Number.NEGATIVE_INFINITY
  #visit: Visit | null = null
  /** The last visit, while it was dropped and no other was opened since. */
  #drop: { touchpoint: string; deadline: number } | null = null
  /** How many outcomes the clock had decided before an event of this visitor took them back. */
  takenBack = 0

  constructor(map: JourneyMap, fact: (fact: Fact) => void, name: string) {
    this.#map = map
    this.#fact = fact
    this.#name = name
  }

  event({ event, time, clockBefore, late }: Arrival): void {
    this.#page &&= event.page
    // N10: time first, then the deadline, then the event.
    this.#time = Math.max(this.#time, time)
    if (this.#visit && clockBefore > this.#visit.deadline && this.#time <= this.#visit.deadline) this.takenBack++
    this.#settle(this.#time)
    if (event.touchpoint !== null) this.#act(event, event.touchpoint, time, late)
  }

  /** Judges the open visit by the last clock; answers the touchpoint of the visit that is still open. */
  end(clock: number): string | null {
    this.#settle(clock)
    return this.#visit?.touchpoint ?? null
  }

  /** N21: what is still open resolves as `unseen`; answers whether anything was. */
  erase(clock: number): boolean {
    this.#time = Math.max(this.#time, clock)
    this.#settle(this.#time)
    const visit = this.#visit
    if (visit) this.#resolve(visit, 'unseen', this.#time, this.#time)
    return visit !== null
  }

  /** N14: past its deadline a visit resolves at the deadline. */
  #settle(now: number): void {
    const visit = this.#visit
    if (!visit || visit.deadline >= now) return
    const outcome = this.#map.isEnd(visit.touchpoint) ? 'completed' : this.#page ? 'unseen' : 'dropped'
    this.#resolve(visit, outcome, visit.deadline, visit.lastActivity)
    if (outcome !== 'dropped') return
    // N22
    const { touchpoint, deadline, lastSignal } = visit
    this.#fact({ touchpoint, time: deadline, what: 'left', signal: lastSignal })
    this.#drop = { touchpoint, deadline }
  }

  #act(event: EventItem, touchpoint: string, time: number, late: boolean): void {
    // N18, N19, N8: whoever names it is seen there, by its channel.
    this.#fact({
      touchpoint,
      time,
      what: 'named',
      visitor: this.#name,
      channel: event.channel ?? 'web',
      late,
    })
    const here = this.#visit?.touchpoint === touchpoint
    switch (event.kind) {
      case 'enter':
        this.#enter(event, touchpoint, time)
        break
      case 'goal':
        // N15: elsewhere first all that `enter` does.
        if (!here) this.#enter(event, touchpoint, time)
        if (this.#visit) this.#resolve(this.#visit, 'completed', this.#time, this.#time)
        break
      case 'leave':
        // N12: activity, and the grace from here.
        if (here && this.#visit) this.#active(this.#visit, this.#map.graceMs(touchpoint, this.#visit.channel))
        break
      case 'feedback':
      case 'answer':
        if (event.comment !== null) {
          const { scale, comment: text } = event
          this.#fact({ touchpoint, time, what: 'spoken', visitor: event.visitor, scale, text })
        }
        if (event.scale !== null && event.level !== null) {
          const { scale, level } = event
          this.#fact({ touchpoint, time, what: 'answer', scale, level, visitor: this.#name })
        }
        if (here && this.#visit) this.#active(this.#visit, this.#map.idleMs(touchpoint, this.#visit.channel))
        break
      case 'signal':
        this.#fact({ touchpoint, time, what: 'signal', name: event.name ?? '' })
        if (here && this.#visit) this.#signal(this.#visit, event.name)
        break
      case 'link':
      case 'ask':
        break
    }
  }

  /** N11 */
  #enter(event: EventItem, touchpoint: string, time: number): void {
    const open = this.#visit
    if (open?.touchpoint === touchpoint) {
      this.#count(touchpoint, 'views', time)
      this.#active(open, this.#map.idleMs(touchpoint, open.channel))
      return
    }
    const channel = this.#map.visitChannel(touchpoint, event.channel)
    if (open) {
      const onward = open.channel === channel ? 'progressed' : 'switched'
      const outcome = this.#map.isEnd(open.touchpoint) ? 'completed' : onward
      this.#resolve(open, outcome, this.#time, this.#time)
      this.#fact({ touchpoint: open.touchpoint, time: this.#time, what: 'transition', to: touchpoint })
    }
    this.#count(touchpoint, 'entered', time)
    const drop = this.#drop
    if (drop && this.#time - drop.deadline <= this.#map.config.horizonMs) {
      this.#count(drop.touchpoint, 'recovered', time)
      this.#fact({ touchpoint: drop.touchpoint, time, what: 'returned', channel })
    }
    this.#drop = null
    const deadline = this.#time + this.#map.idleMs(touchpoint, channel)
    const now = this.#time
    this.#visit = {
      touchpoint,
      channel,
      enterTime: time,
      openedAt: now,
      lastActivity: now,
      deadline,
      troubled: false,
      lastSignal: null,
    }
  }

  /** N16 */
  #signal(visit: Visit, name: string | null): void {
    if (!visit.troubled) this.#count(visit.touchpoint, 'troubled', visit.enterTime)
    visit.troubled = true
    visit.lastSignal = name
    this.#active(visit, this.#map.idleMs(visit.touchpoint, visit.channel))
  }

  /** N12: a later activity replaces the deadline, an earlier `leave` included. */
  #active(visit: Visit, allowanceMs: number): void {
    visit.lastActivity = this.#time
    visit.deadline = this.#time + allowanceMs
  }

  /** N17: dwell goes with its outcome. */
  #resolve(visit: Visit, outcome: Outcome, at: number, until: number): void {
    this.#count(visit.touchpoint, outcome, at)
    this.#fact({ touchpoint: visit.touchpoint, time: at, what: 'dwell', ms: until - visit.openedAt })
    this.#visit = null
  }

  #count(touchpoint: string, counter: Counter, time: number): void {
    this.#fact({ touchpoint, time, what: 'count', counter })
  }
}
