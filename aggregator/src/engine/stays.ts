import type { Asking } from './asking.js'
import { type Comer, comerAt } from './comer.js'
import { SECOND_MS } from './limits.js'
import type { State } from './state.js'
import { Flag } from './visitors.js'
import type { Visits } from './visits.js'
import { Wheel } from './wheel.js'

/** Visits that may become long enough for somebody to be asked about them, by the second at which they are. */
export class Stays {
  #wheel = new Wheel()
  readonly #state: State
  readonly #visits: Visits
  readonly #asking: Asking

  constructor(state: State, visits: Visits, asking: Asking) {
    this.#state = state
    this.#visits = visits
    this.#asking = asking
  }

  /** A visit began; the row is at hand in Visits. */
  attend(row: number): void {
    const dueAt = this.#dueAt()
    if (dueAt !== null) this.#wheel.put(row, Math.floor(dueAt / SECOND_MS) + 1)
  }

  /** The rules have changed, or the state was read back. */
  rebuild(second: number): void {
    const { visitors, askRules } = this.#state
    this.#wheel = new Wheel()
    this.#wheel.second = second
    if (askRules.isEmpty) return
    for (let row = 0; row < visitors.rows; row++) {
      if (visitors.isFree(row)) continue
      this.#visits.hold(row)
      this.attend(row)
    }
  }

  moveTo(second: number): void {
    if (second <= this.#wheel.second) return
    this.#wheel.due(second)
    // In an order that doesn't depend on when the rows were given out: each moment draws its own lot.
    const due = this.#wheel.rows.map(row => comerAt(this.#state, row)).sort((a, b) => a.hi - b.hi || a.lo - b.lo)
    for (const comer of due) this.#look(comer, second)
  }

  #look(comer: Comer & { readonly row: number }, second: number): void {
    if (this.#state.visitors.isFree(comer.row)) return
    this.#visits.hold(comer.row)
    const dueAt = this.#dueAt()
    if (dueAt === null) return
    if (dueAt >= second * SECOND_MS) return this.attend(comer.row)
    const { place } = this.#visits
    this.#visits.mark(Flag.stayed)
    if (this.#asking.isOn) this.#asking.moment(comer, 'dwell', '', place, dueAt)
  }

  /** When the visit at hand will have been long enough, ms since 1970; null: never, or it was already. */
  #dueAt(): number | null {
    const { place, flags, enteredAt } = this.#visits
    if (place < 0 || (flags & Flag.stayed) !== 0) return null
    const { dwellMs } = this.#asking.rulesAt(place)
    return dwellMs === 0 ? null : enteredAt + dwellMs
  }
}
