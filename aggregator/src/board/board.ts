import {
  type Detail,
  type EventTotals,
  type Journey,
  type Pulse,
  type PulseRow,
  type Voice,
  WINDOWS,
  type Window,
} from '@pulssi/protocol'
import type { EngineConfig, Figures, Readings, View } from '../engine/index.js'
import type { Bus, Clock } from '../ports.js'
import { PARTIALS, partitionOf } from '../worker/index.js'
import { Absorber } from './absorber.js'
import { Pacer, Slices } from './pacer.js'
import { toRow } from './row.js'
import { type Cell, type Changed, type Moment, Shape, type Subscriber } from './shape.js'

/** What a subscriber wants to see, and may. */
export interface Wish {
  readonly touchpoints: readonly string[]
  /** Indexes into WINDOWS. */
  readonly windows: readonly number[]
  /** Names the permission: those with the same name may see the same. */
  readonly permission: string
  readonly allows: (touchpoint: string) => boolean
}

export interface BoardOptions {
  readonly view: View
  readonly bus: Bus
  readonly clock: Clock
  readonly onError: (error: unknown) => void
}

interface Waiting {
  readonly targets: readonly number[]
  readonly resolve: () => void
}

/** Merges the partials of all partitions and keeps every subscriber at the newest state. */
export class Board {
  readonly #options: BoardOptions
  readonly #shapes = new Map<string, Shape>()
  readonly #shapeOf = new Map<Subscriber, string>()
  readonly #absorber: Absorber
  readonly #unsubscribe: () => void
  readonly #pacer: Pacer
  #waiting: Waiting[] = []
  #changed = false

  constructor(options: BoardOptions) {
    this.#options = options
    this.#absorber = new Absorber({ ...options, onAbsorbed: isNew => this.#absorbed(isNew) })
    this.#unsubscribe = options.bus.subscribe(PARTIALS, (bytes, subject) => {
      this.#absorber.put(partitionOf(subject), bytes)
    })
    this.#pacer = new Pacer(slices => this.#update(slices), options.onError)
  }

  get clock(): number {
    return this.#view.clock
  }

  stale(): number[] {
    return this.#view.stale()
  }

  /** Of the oldest figures shown, ms. */
  get ageMs(): number {
    return this.#view.ageMs(this.#options.clock.now())
  }

  get subscribers(): number {
    return this.#shapeOf.size
  }

  /** Events of all partitions since their logs began. */
  totals(): EventTotals {
    return this.#view.totals()
  }

  /** Touchpoints and roll-ups that match, as far as they may be seen. */
  select(touchpoints: readonly string[], allows: (touchpoint: string) => boolean): string[] {
    return this.#view.select(touchpoints).filter(allows)
  }

  pulse(touchpoint: string, window: Window): Pulse {
    return this.#view.pulse(touchpoint, window, this.#options.clock.now())
  }

  journey(window: Window): Journey {
    return this.#view.journey(window, this.#options.clock.now())
  }

  /** The journey map that the figures are counted with. */
  get map(): EngineConfig {
    return this.#view.config
  }

  /** The touchpoints of a roll-up, or the touchpoint itself. */
  members(name: string): string[] {
    return this.#view.members(name)
  }

  /** Newest first; of a touchpoint that few stand behind, none. */
  voices(touchpoint: string): Voice[] {
    return this.#view.voices(touchpoint)
  }

  /** What a pulse doesn't say of a touchpoint or roll-up; gives way to sockets. */
  detail(touchpoint: string, window: Window): Promise<Detail> {
    return this.#stepwise(view => view.detail(touchpoint, window))
  }

  /** The figures that have an interval, as a rule judges them. */
  readings(touchpoint: string, window: Window): Readings {
    return this.#view.readings(touchpoint, window)
  }

  /** Beginning of the first of the bad minutes that lead up to now; gives way to sockets. ms since 1970 */
  firstMinute(touchpoint: string, window: Window, isBad: (figures: Figures) => boolean | null): Promise<number | null> {
    return this.#stepwise(view => view.firstMinute(touchpoint, window, isBad))
  }

  /** Looks at the board between two partials, so that none has to be taken in at once for it. */
  async between<T>(look: () => T): Promise<T> {
    await this.#absorber.hold()
    try {
      return look()
    } finally {
      this.#absorber.goOn()
    }
  }

  /** Lets somebody read the view piece by piece while nothing is taken in. */
  async still<T>(read: (view: View) => Promise<T>): Promise<T> {
    await this.#absorber.hold()
    try {
      return await read(this.#view)
    } finally {
      this.#absorber.goOn()
    }
  }

  /** Resolves with true once the entries up to `targets`, by partition, are in what the board shows; false: too late. */
  async reached(targets: readonly number[], withinMs: number): Promise<boolean> {
    if (this.#absorber.has(targets)) return true
    return new Promise(resolve => {
      const waiting: Waiting = {
        targets,
        resolve: () => {
          clearTimeout(timer)
          resolve(true)
        },
      }
      const timer = setTimeout(() => {
        this.#waiting = this.#waiting.filter(other => other !== waiting)
        resolve(false)
      }, withinMs)
      this.#waiting.push(waiting)
    })
  }

  /** The subscriber gets everything at the next update, and changes from then on. */
  subscribe(subscriber: Subscriber, wish: Wish): void {
    this.unsubscribe(subscriber)
    const patterns = [...new Set(wish.touchpoints)].sort()
    const windows = [...new Set(wish.windows)].sort((a, b) => a - b)
    const key = JSON.stringify([patterns, windows, wish.permission])
    let shape = this.#shapes.get(key)
    if (shape === undefined) {
      const names = windows.flatMap(index => WINDOWS[index] ?? [])
      shape = new Shape(patterns, names, wish.allows)
      this.#shapes.set(key, shape)
      this.#changed = true
    }
    shape.add(subscriber)
    this.#shapeOf.set(subscriber, key)
    this.#pacer.wake()
  }

  unsubscribe(subscriber: Subscriber): void {
    const key = this.#shapeOf.get(subscriber)
    if (key === undefined) return
    this.#shapeOf.delete(subscriber)
    const shape = this.#shapes.get(key)
    shape?.remove(subscriber)
    if (shape?.empty === true) this.#shapes.delete(key)
  }

  close(): void {
    this.#pacer.close()
    this.#unsubscribe()
    this.#absorber.close()
  }

  #absorbed(isNew: boolean): void {
    if (isNew) {
      this.#changed = true
      if (this.#shapes.size > 0) this.#pacer.wake()
    }
    const reached = this.#waiting.filter(({ targets }) => this.#absorber.has(targets))
    if (reached.length === 0) return
    this.#waiting = this.#waiting.filter(waiting => !reached.includes(waiting))
    for (const { resolve } of reached) resolve()
  }

  /** Takes steps that nothing may be absorbed between. */
  async #stepwise<T>(begin: (view: View) => Generator<void, T>): Promise<T> {
    const slices = new Slices()
    await this.#absorber.hold()
    try {
      const steps = begin(this.#view)
      for (;;) {
        const step = steps.next()
        if (step.done === true) return step.value
        await slices.pause()
      }
    } finally {
      this.#absorber.goOn()
    }
  }

  /** As it is between two partials. */
  get #view(): View {
    this.#absorber.finish()
    return this.#options.view
  }

  /** Resolves with true where a subscriber could not be sent to. */
  async #update(slices: Slices): Promise<boolean> {
    await this.#absorber.hold()
    try {
      return await this.#deliver(slices)
    } finally {
      this.#absorber.goOn()
    }
  }

  async #deliver(slices: Slices): Promise<boolean> {
    const changed = this.#changed
    this.#changed = false
    /** Rows of this update, for shapes that overlap. */
    const fresh = new Map<string, PulseRow>()
    let isBehind = false
    for (const shape of [...this.#shapes.values()]) {
      if (changed) await this.#refresh(shape, fresh, slices)
      shape.deliver()
      isBehind ||= shape.behind
      await slices.pause()
    }
    return isBehind
  }

  /** Makes anew what may have changed of a shape, and nothing else. */
  async #refresh(shape: Shape, fresh: Map<string, PulseRow>, slices: Slices): Promise<void> {
    const { clock } = this.#options
    const view = this.#view
    const changed: Changed[] = []
    const added: Cell[] = []
    for (const [index, cell] of shape.cells.entries()) {
      const version = view.version(cell.touchpoint, cell.window)
      if (version === cell.version) continue
      cell.version = version
      changed.push({ index, row: this.#row(cell.touchpoint, cell.window, version, fresh) })
      await slices.pause()
    }
    for (const touchpoint of this.select(shape.patterns, shape.allows)) {
      if (shape.knows(touchpoint)) continue
      for (const window of shape.windows) {
        const version = view.version(touchpoint, window)
        added.push({ touchpoint, window, version, row: this.#row(touchpoint, window, version, fresh) })
      }
      await slices.pause()
    }
    const moment: Moment = { clock: view.clock, ageMs: view.ageMs(clock.now()), stale: view.stale() }
    shape.update(changed, added, moment)
  }

  #row(touchpoint: string, window: Window, version: number, fresh: Map<string, PulseRow>): PulseRow {
    const key = `${touchpoint} ${window} ${version}`
    const known = fresh.get(key)
    if (known !== undefined) return known
    const row = toRow(this.pulse(touchpoint, window))
    fresh.set(key, row)
    return row
  }
}
