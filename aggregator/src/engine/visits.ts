import type { Ledger, Page } from './ledger.js'
import { Cell, NudgeCell, SLICE_MS } from './limits.js'
import type { Places } from './places.js'
import { remember, trailOf } from './trail.js'
import {
  Flag,
  REASON_BITS,
  REASON_SHIFT,
  ROW_WORDS,
  SIGNAL_BITS,
  SIGNAL_SHIFT,
  Time,
  VISIT_FLAGS,
  type Visitors,
  VisitState,
  Word,
} from './visitors.js'

const SLICE = SLICE_MS[0]
const PLACE_BITS = 0xffff
const STATE_SHIFT = 24
const OUTCOME: Record<2 | 3 | 4, number> = {
  [VisitState.dropped]: Cell.dropped,
  [VisitState.unseen]: Cell.unseen,
  [VisitState.completed]: Cell.completed,
}

/** Bucket of a dwell time: 32 steps an octave, by the place of the highest bit. ms ≥ 0, below 2³². */
export function dwellBucket(ms: number): number {
  const value = Math.min(ms, 0xffffffff) >>> 0
  if (value < 32) return value
  const shift = 26 - Math.clz32(value)
  return shift * 32 + (value >>> shift)
}

/** The middle of a bucket, ms: at most 1.6 % from any time in it. */
export function dwellMs(bucket: number): number {
  if (bucket < 64) return bucket
  const shift = (bucket >> 5) - 1
  return (bucket - shift * 32 + 0.5) * 2 ** shift
}

/**
 * The rules of visits, on one visitor's row at a time. `t` is the visitor's time, `own` the event's own time; both in
 * ms since 1970. The number behind each method's text is its rule in NUMBERS.md.
 */
export class Visits {
  readonly #visitors: Visitors
  readonly #ledger: Ledger
  readonly #places: Places
  /** The row at hand. */
  #words: Int32Array = new Int32Array(ROW_WORDS)
  #times: Float64Array = new Float64Array(ROW_WORDS / 2)
  #at = 0
  #timesAt = 0
  readonly #other = (): number => {
    const other = this.#places.other()
    this.#ledger.page(other)
    return other
  }

  constructor(visitors: Visitors, ledger: Ledger, places: Places) {
    this.#visitors = visitors
    this.#ledger = ledger
    this.#places = places
  }

  /** Takes a row at hand. */
  hold(row: number): void {
    this.#words = this.#visitors.page(row)
    this.#times = this.#visitors.pageTimes(row)
    this.#at = this.#visitors.at(row)
    this.#timesAt = this.#visitors.timesAt(row)
  }

  get state(): VisitState {
    return (this.#words[this.#at + Word.visit] >>> STATE_SHIFT) as VisitState
  }

  get deadline(): number {
    return this.#times[this.#timesAt + Time.deadline]
  }

  get visitorTime(): number {
    return this.#times[this.#timesAt + Time.visitor]
  }

  /** Moves the visitor's time, and settles the visit that stood before it (N10, N14). Returns t. */
  arrive(own: number): number {
    const times = this.#times
    const t = Math.max(times[this.#timesAt + Time.visitor], own)
    times[this.#timesAt + Time.visitor] = t
    const state = this.state
    if (state === VisitState.none) return t
    if (t > this.deadline) {
      if (state === VisitState.open) this.expire()
    } else if (state !== VisitState.open) {
      this.#takeBack(state)
    }
    return t
  }

  /** Whether a visit began (N11). */
  enter(place: number, channel: number, page: boolean, own: number, t: number): boolean {
    const words = this.#words
    const visit = words[this.#at + Word.visit]
    const from = visit & PLACE_BITS
    const state = this.state
    remember(this.#words, this.#at, place, t)
    if (state === VisitState.open) {
      if (from === place) {
        this.#count(place, own, Cell.views, 1)
        this.touch(place, t)
        return false
      }
      this.#moveOn(from, (visit >>> 16) & 255, place, channel, t)
    } else if (state === VisitState.dropped && t - this.deadline <= this.#places.map.config.horizonMs) {
      this.#count(from, own, Cell.recovered + channel, 1)
    }
    this.#count(place, own, Cell.entered, 1)
    this.#page(place).active++
    words[this.#at + Word.visit] = place | (channel << 16) | (VisitState.open << STATE_SHIFT)
    words[this.#at + Word.enterLag] = t - own
    const flags = words[this.#at + Word.flags] & ~VISIT_FLAGS
    words[this.#at + Word.flags] = flags | (page ? Flag.page : 0)
    this.#times[this.#timesAt + Time.entered] = t
    this.touch(place, t)
    return true
  }

  /** Activity of the open visit, if it is at this place: its deadline moves (N12). */
  touch(place: number, t: number): boolean {
    const visit = this.#words[this.#at + Word.visit]
    if (this.state !== VisitState.open || (visit & PLACE_BITS) !== place) return false
    this.#times[this.#timesAt + Time.active] = t
    const channel = this.#places.channels.list[(visit >>> 16) & 255] as string
    this.#times[this.#timesAt + Time.deadline] = t + this.#places.map.idleMs(this.#places.rules[place], channel)
    return true
  }

  /** N12 */
  leave(place: number, t: number): void {
    if (!this.touch(place, t)) return
    const channel = this.#places.channels.list[(this.#words[this.#at + Word.visit] >>> 16) & 255] as string
    this.#times[this.#timesAt + Time.deadline] = t + this.#places.map.graceMs(this.#places.rules[place], channel)
  }

  /** N15 */
  goal(place: number, channel: number, page: boolean, own: number, t: number): void {
    const visit = this.#words[this.#at + Word.visit]
    if (this.state !== VisitState.open || (visit & PLACE_BITS) !== place) this.enter(place, channel, page, own, t)
    this.#resolve(place, Cell.completed, t, t, 1)
    this.#setState(VisitState.none)
  }

  /** N16, N22 */
  signal(place: number, signal: number, t: number): void {
    if (!this.touch(place, t)) return
    const flags = (this.#words[this.#at + Word.flags] & ~SIGNAL_BITS) | ((signal + 1) << SIGNAL_SHIFT)
    this.#words[this.#at + Word.flags] = flags
    if ((flags & Flag.troubled) !== 0) return
    this.#words[this.#at + Word.flags] = flags | Flag.troubled
    const entered = this.#times[this.#timesAt + Time.entered] - this.#words[this.#at + Word.enterLag]
    this.#count(place, entered, Cell.troubled, 1)
  }

  /** The visit at hand ends by its deadline (N14). */
  expire(): void {
    const words = this.#words
    const place = words[this.#at + Word.visit] & PLACE_BITS
    const page = (words[this.#at + Word.flags] & Flag.page) !== 0
    const ended = this.#places.rules[place]?.end === true
    const state = ended ? VisitState.completed : page ? VisitState.unseen : VisitState.dropped
    this.#resolve(place, OUTCOME[state], this.deadline, this.#times[this.#timesAt + Time.active], 1)
    this.#setState(state)
  }

  /** The visitor is erased: nobody will ever know how the open visit goes on (N21). */
  erase(t: number): void {
    if (this.state === VisitState.none) return
    const place = this.#words[this.#at + Word.visit] & PLACE_BITS
    if (this.state === VisitState.open) this.#resolve(place, Cell.unseen, t, t, 1)
    this.#setState(VisitState.none)
  }

  #takeBack(state: VisitState): void {
    const place = this.#words[this.#at + Word.visit] & PLACE_BITS
    const outcome = OUTCOME[state as 2 | 3 | 4]
    this.#resolve(place, outcome, this.deadline, this.#times[this.#timesAt + Time.active], -1)
    this.#setState(VisitState.open)
  }

  /** The visit at `from` ends because the visitor went on. */
  #moveOn(from: number, fromChannel: number, to: number, channel: number, t: number): void {
    const ended = this.#places.rules[from]?.end === true
    this.#resolve(from, ended ? Cell.completed : fromChannel === channel ? Cell.progressed : Cell.switched, t, t, 1)
    const at = Math.floor(t / SLICE)
    this.#ledger.add(from, at, this.#ledger.transition(from, to, this.#other), 1)
  }

  /** Counts an outcome with its dwell in the slice of `at`, or takes both back. */
  #resolve(place: number, outcome: number, at: number, until: number, delta: 1 | -1): void {
    const dwell = until - this.#times[this.#timesAt + Time.entered]
    const slice = Math.floor(at / SLICE)
    this.#ledger.add(place, slice, outcome, delta)
    this.#ledger.add(place, slice, Cell.dwell + dwellBucket(dwell), delta)
    if (outcome === Cell.dropped) this.#ledger.add(place, slice, Cell.exit + this.#lastSignal, delta)
    const flags = this.#words[this.#at + Word.flags]
    if ((flags & (Flag.nudged | Flag.control | REASON_BITS)) !== 0) this.#resolveAsked(place, outcome, slice, delta)
    this.#page(place).active -= delta
  }

  /** What asks and nudges have to do with the outcome (N54, N55). */
  #resolveAsked(place: number, outcome: number, slice: number, delta: 1 | -1): void {
    const flags = this.#words[this.#at + Word.flags]
    const isDropped = outcome === Cell.dropped
    const reason = (flags & REASON_BITS) >>> REASON_SHIFT
    if (isDropped && reason > 0) this.#ledger.add(place, slice, Cell.reason + reason - 1, delta)
    const side = (flags & Flag.nudged) !== 0 ? NudgeCell.nudged : NudgeCell.control
    if ((flags & (Flag.nudged | Flag.control)) === 0 || outcome === Cell.unseen) return
    this.#ledger.add(place, slice, Cell.nudged + side, delta)
    if (isDropped) this.#ledger.add(place, slice, Cell.nudged + side + 1, delta)
  }

  /** Whether the open visit is at this place. */
  isAt(place: number): boolean {
    return this.state === VisitState.open && (this.#words[this.#at + Word.visit] & PLACE_BITS) === place
  }

  /** Of the open visit; −1: there is none. */
  get place(): number {
    return this.state === VisitState.open ? this.#words[this.#at + Word.visit] & PLACE_BITS : -1
  }

  get enteredAt(): number {
    return this.#times[this.#timesAt + Time.entered]
  }

  get flags(): number {
    return this.#words[this.#at + Word.flags]
  }

  mark(flag: number): void {
    this.#words[this.#at + Word.flags] |= flag
  }

  /** The visitor says why it leaves; the last word counts. */
  giveReason(place: number, reason: number): void {
    if (!this.isAt(place)) return
    const at = this.#at + Word.flags
    this.#words[at] = (this.#words[at] & ~REASON_BITS) | ((reason + 1) << REASON_SHIFT)
  }

  #count(place: number, at: number, key: number, delta: number): void {
    this.#ledger.add(place, Math.floor(at / SLICE), key, delta)
  }

  #page(place: number): Page {
    return this.#ledger.pages[place] as Page
  }

  #setState(state: VisitState): void {
    const at = this.#at + Word.visit
    this.#words[at] = (this.#words[at] & 0xffffff) | (state << STATE_SHIFT)
  }

  /** 1 + the last signal of the visit at hand; 0: there was none. */
  get #lastSignal(): number {
    return (this.#words[this.#at + Word.flags] & SIGNAL_BITS) >>> SIGNAL_SHIFT
  }

  /** The visit at hand in words, for digests. */
  describe(): string {
    const visit = this.#words[this.#at + Word.visit]
    const place = this.#places.touchpoints.list[visit & PLACE_BITS]
    const channel = this.#places.channels.list[(visit >>> 16) & 255]
    const flags = this.#words[this.#at + Word.flags] & VISIT_FLAGS & ~SIGNAL_BITS
    const times = [Time.entered, Time.active, Time.deadline].map(time => this.#times[this.#timesAt + time])
    const signal = this.#places.signals.list[this.#lastSignal - 1] ?? ''
    return `${place} ${channel} ${visit >>> STATE_SHIFT} ${flags} ${signal} ${this.#words[this.#at + Word.enterLag]} ${times}`
  }

  /** The trail at hand as [place, ms since 1970], within the horizon before the visitor's time. */
  trail(): [place: number, at: number][] {
    return trailOf(this.#words, this.#at, this.visitorTime, this.#places.map.config.horizonMs)
  }
}
