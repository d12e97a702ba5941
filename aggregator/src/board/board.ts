import { type Detail, type EventTotals, type Journey, type Pulse, WINDOWS, type Window } from '@pulssi/protocol'
import type { EngineConfig, Figures, Readings, Spoken, View } from '../engine/index.js'
import type { Bus, Clock } from '../ports.js'
import { PARTIALS, partitionOf, wantSubject } from '../worker/index.js'
import { Absorber } from './absorber.js'
import { Arrivals } from './arrivals.js'
import { Followed, type PartitionState } from './followed.js'
import { SILENCE_LOOK_MS } from './limits.js'
import { Pacer, Slices } from './pacer.js'
import { Rows, refresh } from './refresh.js'
import { type Moment, Shape, type Subscriber } from './shape.js'

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
  /** A partition of which nothing is heard for so long is stale; left out, or infinite: however long. */
  readonly silentMs?: number
}

/** What subscribers were not told yet. */
type News = 'none' | 'age' | 'figures'

const NO_BYTES = new Uint8Array(0)

/** Merges the partials of all partitions and keeps every subscriber at the newest state. */
export class Board {
  readonly #options: BoardOptions
  readonly #shapes = new Map<string, Shape>()
  readonly #shapeOf = new Map<Subscriber, string>()
  readonly #silentMs: number
  readonly #followed: Followed
  readonly #arrivals: Arrivals
  readonly #absorber: Absorber
  readonly #unsubscribe: () => void
  readonly #pacer: Pacer
  #news: News = 'none'
  /** Looks for silence, while there are subscribers. */
  #looking: NodeJS.Timeout | undefined
  #wasStale = false

  constructor(options: BoardOptions) {
    this.#options = options
    const { view, bus, clock, silentMs = Number.POSITIVE_INFINITY } = options
    const ask = (partition: number): void => bus.publish(wantSubject(partition), NO_BYTES)
    const followed = new Followed({ partitions: view.partitions, clock, silentMs, ask })
    this.#silentMs = silentMs
    this.#followed = followed
    this.#arrivals = new Arrivals(followed)
    this.#absorber = new Absorber({ ...options, followed, onAbsorbed: isNew => this.#absorbed(isNew) })
    this.#unsubscribe = options.bus.subscribe(PARTIALS, (bytes, subject) => {
      this.#absorber.put(partitionOf(subject), bytes)
    })
    this.#pacer = new Pacer(slices => this.#update(slices), options.onError)
    followed.askAll()
  }

  get clock(): number {
    return this.#view.clock
  }

  /** Partitions of which what is shown may be old or missing: behind the others, silent, or never heard of. */
  stale(): number[] {
    const view = this.#view
    const behind = new Set(view.stale())
    return this.#partitions.filter(
      partition => behind.has(partition) || view.lacking.has(partition) || this.#followed.isSilent(partition),
    )
  }

  /** What the board has of each partition, by its number. */
  partitions(): PartitionState[] {
    return this.#followed.states(new Set(this.stale()))
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

  /** Comments with who said them, newest first; of a touchpoint that few stand behind, none. */
  spoken(touchpoint: string): readonly Spoken[] {
    return this.#view.spoken(touchpoint)
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
    return await this.#arrivals.until(targets, withinMs)
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
      this.#news = 'figures'
    }
    shape.add(subscriber)
    this.#shapeOf.set(subscriber, key)
    this.#pacer.wake()
    // Who hears itself hears no silence.
    if (Number.isFinite(this.#silentMs)) this.#looking ??= setInterval(() => this.#look(), SILENCE_LOOK_MS)
  }

  unsubscribe(subscriber: Subscriber): void {
    const key = this.#shapeOf.get(subscriber)
    if (key === undefined) return
    this.#shapeOf.delete(subscriber)
    const shape = this.#shapes.get(key)
    shape?.remove(subscriber)
    if (shape?.empty === true) this.#shapes.delete(key)
    if (this.#shapes.size === 0) this.#lookNoMore()
  }

  close(): void {
    this.#lookNoMore()
    this.#pacer.close()
    this.#unsubscribe()
    this.#absorber.close()
  }

  #absorbed(isNew: boolean): void {
    if (isNew) {
      this.#news = 'figures'
      if (this.#shapes.size > 0) this.#pacer.wake()
    }
    this.#arrivals.look()
  }

  get #partitions(): number[] {
    return Array.from({ length: this.#options.view.partitions }, (_, partition) => partition)
  }

  /** Silence is told though nothing comes that could be a reason to, and its end too. */
  #look(): void {
    const isStale = this.stale().length > 0
    if (!isStale && !this.#wasStale) return
    this.#wasStale = isStale
    if (this.#news === 'none') this.#news = 'age'
    this.#pacer.wake()
  }

  #lookNoMore(): void {
    clearInterval(this.#looking)
    this.#looking = undefined
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
    const news = this.#news
    this.#news = 'none'
    const view = this.#view
    const now = this.#options.clock.now()
    const moment: Moment = { clock: view.clock, ageMs: view.ageMs(now), stale: this.stale() }
    const rows = new Rows(view, now)
    let isBehind = false
    for (const shape of [...this.#shapes.values()]) {
      if (news === 'figures') await refresh(shape, view, rows, moment, slices)
      else if (news === 'age') shape.update([], [], moment)
      shape.deliver()
      isBehind ||= shape.behind
      await slices.pause()
    }
    return isBehind
  }
}
