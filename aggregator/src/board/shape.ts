import { Frame, type PulseChange, type PulseFrame, type PulseRow, type Window } from '@pulssi/protocol'
import { AGE_MS } from './limits.js'
import { PreparedPulse } from './prepared.js'
import { changesOf, sameList } from './row.js'

/** What receives pulse frames: one subscription of one connection. */
export interface Subscriber {
  readonly id: number
  /** Whether its buffer is filled: then it gets nothing now, and the newest state later. */
  readonly congested: boolean
  send(prepared: Uint8Array): void
}

/** What a frame says of the moment it was made. */
export interface Moment {
  readonly clock: number
  readonly ageMs: number
  readonly stale: readonly number[]
}

export interface Cell {
  readonly touchpoint: string
  readonly window: Window
  /** The view's version that `row` was made from. */
  version: number
  row: PulseRow
}

/** A cell's index with the row that it has now. */
export interface Changed {
  readonly index: number
  readonly row: PulseRow
}

const NOTHING_SENT = 0

/**
 * One subscription shape: the same touchpoints, windows and permission. Whoever subscribes to it shares its rows and
 * its encoded frames. Rows keep their place for good; new ones are put behind.
 */
export class Shape {
  readonly patterns: readonly string[]
  readonly windows: readonly Window[]
  readonly allows: (touchpoint: string) => boolean
  readonly cells: Cell[] = []
  readonly #known = new Set<string>()
  /** Each subscriber with the version that it has; 0: none. */
  readonly #subscribers = new Map<Subscriber, number>()
  #version = 0
  #moment: Moment = { clock: 0, ageMs: 0, stale: [] }
  /** Of the newest version. */
  #toldAgeMs = 0
  #full: PreparedPulse | null = null
  #changes: PreparedPulse | null = null

  constructor(patterns: readonly string[], windows: readonly Window[], allows: (touchpoint: string) => boolean) {
    this.patterns = patterns
    this.windows = windows
    this.allows = allows
  }

  get empty(): boolean {
    return this.#subscribers.size === 0
  }

  /** Whether anyone waits for a version that is there. */
  get behind(): boolean {
    for (const version of this.#subscribers.values()) if (version !== this.#version) return true
    return false
  }

  add(subscriber: Subscriber): void {
    this.#subscribers.set(subscriber, NOTHING_SENT)
  }

  remove(subscriber: Subscriber): void {
    this.#subscribers.delete(subscriber)
  }

  knows(touchpoint: string): boolean {
    return this.#known.has(touchpoint)
  }

  /**
   * Makes a new version of what changed: cells whose row differs, those of touchpoints that are new, which partitions
   * are stale, and, while some are, the age.
   */
  update(changed: readonly Changed[], added: readonly Cell[], moment: Moment): void {
    const changes: PulseChange[] = []
    for (const { index, row } of changed) {
      const cell = this.cells[index] as Cell
      const pairs = changesOf(cell.row, row)
      if (pairs.length === 0) continue
      changes.push([index, pairs])
      cell.row = row
    }
    for (const cell of added) {
      this.#known.add(cell.touchpoint)
      changes.push([this.cells.length, cell.row])
      this.cells.push(cell)
    }
    const sameStale = sameList(this.#moment.stale, moment.stale)
    const isAged = moment.stale.length > 0 && Math.abs(moment.ageMs - this.#toldAgeMs) >= AGE_MS
    this.#moment = moment
    if (changes.length === 0 && sameStale && !isAged && this.#version !== 0) return
    this.#toldAgeMs = moment.ageMs
    const base = this.#version
    this.#version++
    this.#full = null
    this.#changes = base === 0 ? null : this.#prepare(base, changes)
  }

  /** Brings everyone who can take it to the newest version. */
  deliver(): void {
    if (this.#version === 0) return
    for (const [subscriber, version] of this.#subscribers) {
      if (version === this.#version || subscriber.congested) continue
      const follows = version !== NOTHING_SENT && version === this.#version - 1
      const prepared = follows && this.#changes !== null ? this.#changes : this.#whole()
      this.#subscribers.set(subscriber, this.#version)
      subscriber.send(prepared.forId(subscriber.id))
    }
  }

  #whole(): PreparedPulse {
    this.#full ??= this.#prepare(
      null,
      this.cells.map(cell => cell.row),
    )
    return this.#full
  }

  #prepare(base: number | null, rows: PulseFrame[7]): PreparedPulse {
    const { clock, ageMs, stale } = this.#moment
    return new PreparedPulse([Frame.pulse, 0, this.#version, base, clock, ageMs, stale, rows])
  }
}
