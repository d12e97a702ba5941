import { type Incident, WINDOWS } from '@pulssi/protocol/client'
import type { Board } from '../board/index.js'
import type { Rule } from '../config/index.js'
import type { Readings } from '../engine/index.js'
import { ended, type Moment, type Open, step } from './life.js'
import { BOARD_AGE_MS, INCIDENTS, SLICE_MS, UNSEEN_MS } from './limits.js'
import { judge } from './verdict.js'

/** What is looked at. */
export type Watched = Pick<Board, 'clock' | 'stale' | 'ageMs' | 'select' | 'readings' | 'between'>

/** An incident in a new state; `rule`: undefined where it is gone from the configuration. */
export interface Changed {
  readonly incident: Incident
  readonly rule: Rule | undefined
}

export interface WatchOptions {
  readonly board: Watched
  readonly newId: () => string
  /** Engine time between two looks beyond which what lay between is unknown; infinite where old data is run. */
  readonly unseenMs?: number
}

/** Readings of one touchpoint, by the index of their window. */
type Known = (Readings | undefined)[]

/** Judges each rule at each touchpoint that it is for, and keeps the incidents that are open. */
export class Watch {
  readonly #options: WatchOptions
  /** By rule, then by touchpoint. */
  readonly #open = new Map<string, Map<string, Open>>()
  #rules: readonly Rule[] = []
  #lastSeen: number | null = null
  /** How often an incident could not open because too many were. */
  notOpened = 0

  constructor(options: WatchOptions) {
    this.#options = options
  }

  get open(): Incident[] {
    return [...this.#all()].map(({ incident }) => incident)
  }

  replace(rules: readonly Rule[]): void {
    this.#rules = rules
  }

  /** Whether one is open for the same rule and touchpoint. */
  has({ rule, touchpoint }: Incident): boolean {
    return this.#of(rule).has(touchpoint)
  }

  /** Takes up an incident of an earlier life. */
  resume(incident: Incident): void {
    this.#of(incident.rule).set(incident.touchpoint, { incident, calmSince: null })
  }

  find(id: string): Open | undefined {
    for (const open of this.#all()) if (open.incident.id === id) return open
    return undefined
  }

  /** Puts an open incident in the place of itself. */
  update(open: Open): void {
    const { id, rule, touchpoint } = open.incident
    const here = this.#of(rule)
    if (here.get(touchpoint)?.incident.id === id) here.set(touchpoint, open)
  }

  /** Resolves with what has another state now, in pieces that give way to sockets; with nothing while the board is old. */
  async look(): Promise<Changed[]> {
    const { board, unseenMs = UNSEEN_MS } = this.#options
    if (board.stale().length > 0 || board.ageMs > BOARD_AGE_MS) return []
    const now = board.clock
    if (now === this.#lastSeen) return []
    const isGap = this.#lastSeen === null || now - this.#lastSeen > unseenMs
    const changes: Changed[] = []
    const steps = this.#survey({ now, isGap }, changes)
    const piece = (): boolean => {
      const until = performance.now() + SLICE_MS
      while (performance.now() < until) if (steps.next().done === true) return true
      return false
    }
    while (!(await board.between(piece))) {
      await new Promise<void>(resolve => {
        setImmediate(resolve)
      })
    }
    this.#lastSeen = now
    return changes
  }

  *#survey(moment: Moment, changes: Changed[]): Generator<void> {
    const { board } = this.#options
    const names = new Map<string, ReadonlySet<string>>()
    const known = new Map<string, Known>()
    for (const rule of this.#rules) {
      const pattern = rule.touchpoint
      const matching = names.get(pattern) ?? new Set(board.select([pattern], () => true))
      names.set(pattern, matching)
      yield
      const open = this.#of(rule.name)
      for (const touchpoint of matching) {
        const readings: Known = known.get(touchpoint) ?? []
        known.set(touchpoint, readings)
        this.#judge(rule, touchpoint, open, readings, moment, changes)
        yield
      }
    }
    const rules = new Map(this.#rules.map(rule => [rule.name, rule.touchpoint]))
    for (const open of [...this.#all()]) {
      const { rule, touchpoint } = open.incident
      if (names.get(rules.get(rule) ?? '')?.has(touchpoint) === true) continue
      this.#of(rule).delete(touchpoint)
      changes.push({ incident: ended(open, moment.now), rule: undefined })
    }
  }

  #judge(
    rule: Rule,
    touchpoint: string,
    here: Map<string, Open>,
    known: Known,
    moment: Moment,
    changes: Changed[],
  ): void {
    const { board, newId } = this.#options
    const before = here.get(touchpoint) ?? null
    const verdict = judge(rule, window => (known[WINDOWS.indexOf(window)] ??= board.readings(touchpoint, window)))
    if (before === null && verdict.type !== 'bad') return
    if (before === null && this.#size >= INCIDENTS) {
      this.notOpened++
      return
    }
    const { open, changed } = step(before, verdict, { rule, touchpoint, newId }, moment)
    if (open === null) here.delete(touchpoint)
    else here.set(touchpoint, open)
    if (changed !== null) changes.push({ incident: changed, rule })
  }

  get #size(): number {
    let size = 0
    for (const here of this.#open.values()) size += here.size
    return size
  }

  *#all(): Generator<Open> {
    for (const here of this.#open.values()) yield* here.values()
  }

  #of(rule: string): Map<string, Open> {
    const here = this.#open.get(rule) ?? new Map<string, Open>()
    this.#open.set(rule, here)
    return here
  }
}
