import type { Asking } from './asking.js'
import { HOUR_MS, SECOND_MS, SLICE_MS, STREAM_MEMORY_MS, VISITOR_MEMORY_MS } from './limits.js'
import type { State } from './state.js'
import { Stays } from './stays.js'
import { StreamWord } from './streams.js'
import { VisitState, Word } from './visitors.js'
import type { Visits } from './visits.js'
import { Wheel } from './wheel.js'

const NEVER = -1
/** The clock moves so far at once at most, while there are visitors. */
const STEP_MS = 24 * HOUR_MS

/**
 * What happens because time passes: visits end by their deadlines, streams and visitors are forgotten. Whole seconds
 * are worked off as the clock moves; `settle` brings what is left of the current second up to the millisecond.
 */
export class Timeline {
  readonly wheel = new Wheel()
  /** The visitor whose events are being folded: its row must not be forgotten under them. */
  held = NEVER
  readonly #state: State
  readonly #visits: Visits
  readonly #asking: Asking
  readonly stays: Stays
  #memoryMs = 0

  constructor(state: State, visits: Visits, asking: Asking) {
    this.#state = state
    this.#visits = visits
    this.#asking = asking
    this.stays = new Stays(state, visits, asking)
    this.configured()
  }

  configured(): void {
    const { places, config } = this.#state
    this.#memoryMs = places.map.longestMs() + config.horizonMs + VISITOR_MEMORY_MS
    this.stays.rebuild(this.wheel.second)
  }

  moveTo(clock: number): void {
    const state = this.#state
    if (clock <= state.clock) return
    // Visits that end in a long silence count in the slices of their deadlines, which must be kept until then. Before the
    // first time that it was told, nothing can have begun.
    if (state.clock > 0) {
      while (clock - state.clock > STEP_MS && state.visitors.count > 0) this.#step(state.clock + STEP_MS)
    }
    this.#step(clock)
  }

  #step(clock: number): void {
    const state = this.#state
    const isNewHour = Math.floor(clock / HOUR_MS) !== Math.floor(state.clock / HOUR_MS)
    state.clock = clock
    state.ledger.moveTo(Math.floor(clock / SLICE_MS[0]))
    const second = Math.floor(clock / SECOND_MS)
    if (second <= this.wheel.second) return
    this.wheel.due(second)
    const { rows, seconds } = this.wheel
    for (let i = 0; i < rows.length; i++) this.#look(rows[i] as number, seconds[i] as number)
    this.stays.moveTo(second)
    this.#asking.moveTo(second)
    if (isNewHour) this.#asking.sweep()
  }

  /** Resolves what is due at the clock. */
  settle(): void {
    this.wheel.current(row => {
      if (this.#state.visitors.isFree(row)) return
      this.#visits.hold(row)
      if (this.#visits.state === VisitState.open && this.#visits.deadline < this.#state.clock) this.#visits.expire()
    })
  }

  /** Sees to it that a visitor comes up at its deadline, after an event. The row is at hand in Visits. */
  attend(row: number, words: Int32Array, at: number): void {
    const visits = this.#visits
    const queued = words[at + Word.queued] as number
    if (visits.state === VisitState.open) {
      if (visits.deadline < this.#state.clock) visits.expire()
      const second = Math.floor(visits.deadline / SECOND_MS)
      if (queued === NEVER || second < queued) words[at + Word.queued] = this.wheel.put(row, second)
    } else if (queued === NEVER) {
      words[at + Word.queued] = this.wheel.put(row, this.wheel.second + HOUR_MS / SECOND_MS)
    }
  }

  /** Fills the wheel from the visitors' rows. */
  rebuild(): void {
    const { visitors, clock } = this.#state
    this.#state.ledger.resume(Math.floor(clock / SLICE_MS[0]))
    this.wheel.second = Math.floor(clock / SECOND_MS)
    this.#asking.rebuild(this.wheel.second)
    this.stays.rebuild(this.wheel.second)
    for (let row = 0; row < visitors.rows; row++) {
      if (visitors.isFree(row)) continue
      this.#visits.hold(row)
      visitors.page(row)[visitors.at(row) + Word.queued] = NEVER
      this.attend(row, visitors.page(row), visitors.at(row))
    }
  }

  /** Whether nothing a visitor did can matter any more but its streams. */
  forgettable(visitorTime: number): boolean {
    return visitorTime < this.#state.clock - this.#memoryMs
  }

  /** A visitor's second has come. */
  #look(row: number, second: number): void {
    const { visitors, clock } = this.#state
    const words = visitors.page(row)
    const at = visitors.at(row)
    if (words[at + Word.queued] !== second) return
    const visits = this.#visits
    visits.hold(row)
    if (visits.state === VisitState.open && visits.deadline >= clock) {
      words[at + Word.queued] = this.wheel.put(row, Math.floor(visits.deadline / SECOND_MS))
      return
    }
    if (visits.state === VisitState.open) visits.expire()
    const next = row === this.held ? this.wheel.second : this.#forget(words, at)
    if (next === NEVER) visitors.remove(row)
    else words[at + Word.queued] = this.wheel.put(row, next)
  }

  /** Drops forgotten streams; returns the second to look again, or NEVER when the visitor is forgotten too. */
  #forget(words: Int32Array, at: number): number {
    const { streams, clock } = this.#state
    const first = streams.prune(words[at + Word.streams] as number, clock - STREAM_MEMORY_MS)
    words[at + Word.streams] = first
    const visitorTime = this.#visits.visitorTime
    if (first === -1 && this.forgettable(visitorTime)) return NEVER
    let until = visitorTime + this.#memoryMs
    for (let row = first; row >= 0; row = streams.page(row)[streams.at(row) + StreamWord.next] as number) {
      until = Math.max(until, streams.last(row) + STREAM_MEMORY_MS)
    }
    return Math.floor(until / SECOND_MS) + 1
  }
}
