import type { EventTotals, Journey, Pulse, Window } from '@pulssi/protocol/client'
import { DEFAULT_CONFIG, type EngineConfig } from './config.js'
import { shrunk } from './figures.js'
import { Cell, SECOND_MS } from './limits.js'
import { JourneyMap } from './map.js'
import { Mirror } from './mirror.js'
import { type Baselines, pulse } from './pulse.js'
import { type Counted, gather, regather, rollupSpot, type Spot, touchpointSpot } from './spot.js'
import type { Audience } from './state.js'
import { addBaseline, baselineSums, noBaseline, Sums } from './sums.js'
import { baselineOf, eachSpan, rangeOf, sinceOf } from './windows.js'

const STALE_MS = 3 * SECOND_MS
export const JOURNEY = '~journey'
const STAGE = '~stage.'
const CHANNEL = '~channel.'

const byName = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

/**
 * Merges the partials of all partitions and answers for any touchpoint, roll-up and window. Pure: the time by which
 * the age of the data is judged is passed in.
 */
export class View {
  config: EngineConfig = DEFAULT_CONFIG
  readonly #mirrors: Mirror[]
  readonly #spots = new Map<string, Spot>()
  readonly #rollups = new Map<string, Spot>()
  #map = new JourneyMap(DEFAULT_CONFIG)
  #stamp = 0
  #clock = 0

  constructor(partitions: number) {
    this.#mirrors = Array.from({ length: partitions }, (_, partition) => {
      return new Mirror({
        changed: (name, place) => this.#changed(name, partition, place),
        seen: (name, audience, hi, lo, time) => this.#seen(name, audience, hi, lo, time),
        rank: (name, audience, register, rank, time) => {
          const spot = this.#spot(name)
          for (const one of [spot, ...spot.rollups]) one.crowds[audience].addRank(register, rank, time)
        },
        configured: config => this.#configured(config),
      })
    })
    this.#rollup(JOURNEY)
  }

  /** `now`: ms since 1970 at which the partial came in. */
  absorb(partition: number, partial: Uint8Array, now: number): void {
    this.#stamp++
    const mirror = this.#mirrors[partition]
    if (mirror === undefined) throw new RangeError(`partition ${partition} of ${this.#mirrors.length}`)
    mirror.absorb(partial, now)
    this.#clock = Math.max(this.#clock, mirror.clock)
  }

  /** ms since 1970: the greatest clock of the partitions. */
  get clock(): number {
    return this.#clock
  }

  /** Partitions more than 3 s behind the clock. */
  stale(): number[] {
    const least = this.#clock - STALE_MS
    return this.#mirrors.flatMap((mirror, partition) => (mirror.clock < least ? [partition] : []))
  }

  /** Age of the oldest partial merged; 0 with the data clock, and before the first. ms */
  ageMs(now: number): number {
    let oldest = now
    for (const mirror of this.#mirrors) {
      if (mirror.dataClock) return 0
      if (mirror.at > 0) oldest = Math.min(oldest, mirror.at)
    }
    return now - oldest
  }

  /** Names that match, sorted. `prefix*` matches touchpoints by their start, and roll-ups where it starts with `~`. */
  select(patterns: readonly string[]): string[] {
    const names = new Set<string>()
    for (const pattern of patterns) {
      if (!pattern.endsWith('*')) {
        if (this.#spots.has(pattern) || this.#rollups.has(pattern)) names.add(pattern)
        continue
      }
      const prefix = pattern.slice(0, -1)
      const pool = prefix.startsWith('~') ? this.#rollups : this.#spots
      for (const name of pool.keys()) if (name.startsWith(prefix)) names.add(name)
    }
    return [...names].sort(byName)
  }

  /** Grows whenever the figures may have changed. */
  version(touchpoint: string, window: Window): number {
    const range = rangeOf(window, this.#clock)
    const spot = this.#named(touchpoint)
    // Baselines follow the whole journey; its stamp is the greatest of all.
    const stamp = baselineOf(window, this.#clock) === null ? spot.stamp : this.#rollup(JOURNEY).stamp
    return stamp + (range === null ? 0 : range.last)
  }

  /** Throws for a name that `select` doesn't give. */
  pulse(touchpoint: string, window: Window, now: number): Pulse {
    const spot = this.#named(touchpoint)
    const counted = this.#count(spot, window)
    const { channel, stage } = spot
    const head = { touchpoint, channel, stage, window, clock: this.#clock, ageMs: this.ageMs(now) }
    const baselines = this.#baselines(spot, window, counted)
    return pulse(head, counted.sums, counted.visitors, counted.answerers, baselines, this.config.weights)
  }

  totals(): EventTotals {
    const sum: EventTotals = { accepted: 0, duplicates: 0, lost: 0, late: 0, tooLate: 0, rejected: 0, bots: 0 }
    for (const { totals } of this.#mirrors)
      for (const key in sum) sum[key as keyof EventTotals] += totals[key as keyof EventTotals]
    return sum
  }

  journey(window: Window, now: number): Journey {
    return {
      clock: this.#clock,
      window,
      events: this.totals(),
      pulses: [...this.#spots.keys()].sort(byName).map(name => this.pulse(name, window, now)),
      transitions: this.#transitions(window),
    }
  }

  #transitions(window: Window): Journey['transitions'] {
    const range = rangeOf(window, this.#clock)
    const sums = new Map<string, { from: string; to: string; n: number }>()
    for (const spot of this.#spots.values()) {
      this.#mirrors.forEach((mirror, partition) => {
        const part = spot.parts[partition] as number
        if (part < 0) return
        const page = mirror.ledger.page(part)
        eachSpan(page, range, place => {
          const offset = page.offset[place] as number
          const keys = mirror.ledger.spans.keys(offset)
          const counts = mirror.ledger.spans.counts(offset)
          const first = offset & 0xffff
          for (let i = first + (page.length[place] as number) - 1; i >= first; i--) {
            const key = keys[i] as number
            if (key < Cell.transition) break
            const to = mirror.names.touchpoints[key - Cell.transition] as string
            const sum = sums.get(`${spot.name} ${to}`) ?? { from: spot.name, to, n: 0 }
            sum.n += counts[i] as number
            sums.set(`${spot.name} ${to}`, sum)
          }
        })
      })
    }
    return [...sums.values()].sort((a, b) => byName(a.from, b.from) || byName(a.to, b.to))
  }

  #count(spot: Spot, window: Window): Counted {
    const range = rangeOf(window, this.#clock)
    const baselineRange = baselineOf(window, this.#clock)
    const last = range?.last ?? 0
    const baselineLast = baselineRange?.last ?? 0
    const known = spot.counted.get(window)
    if (known?.stamp === spot.stamp && known.last === last && known.baselineLast === baselineLast) return known
    const sums = new Sums()
    const baseline = noBaseline()
    if (spot.members !== null) {
      const parts = [...spot.members].map(member => this.#count(member, window))
      for (const part of parts) {
        sums.addSums(part.sums)
        addBaseline(baseline, part.baseline)
      }
    } else {
      if (baselineRange !== null) {
        const before = new Sums()
        this.#eachPage(spot, (mirror, page) => before.addPage(mirror, page, baselineRange))
        before.close()
        addBaseline(baseline, baselineSums(before))
      }
      this.#eachPage(spot, (mirror, page) => sums.addPage(mirror, page, range))
    }
    sums.close()
    const since = sinceOf(range)
    const [all, answerers] = spot.crowds
    const counted: Counted = {
      stamp: spot.stamp,
      last,
      baselineLast,
      sums,
      baseline,
      visitors: all.count(since),
      answerers: answerers.count(since),
    }
    spot.counted.set(window, counted)
    return counted
  }

  #eachPage(spot: Spot, visit: (mirror: Mirror, page: ReturnType<Mirror['ledger']['page']>) => void): void {
    spot.parts.forEach((part, partition) => {
      const mirror = this.#mirrors[partition] as Mirror
      if (part >= 0) visit(mirror, mirror.ledger.page(part))
    })
  }

  #baselines(spot: Spot, window: Window, counted: Counted): Baselines {
    const none: Baselines = { dropOff: null, sentiment: null, friction: null }
    if (baselineOf(window, this.#clock) === null) return none
    const whole = this.#count(this.#rollup(JOURNEY), window).baseline
    const stage = spot.members === null && spot.stage !== null ? this.#rollups.get(STAGE + spot.stage) : undefined
    const middle = stage === undefined ? null : this.#count(stage, window).baseline
    const own = spot.name === JOURNEY ? null : counted.baseline
    const figure = (x: 'dropped' | 'troubled' | 'score', n: 'resolved' | 'entered' | 'answers'): number | null => {
      if (whole[n] === 0) return null
      const journey = whole[x] / whole[n]
      const toward = middle === null ? journey : shrunk(middle[x], middle[n], journey)
      return own === null ? journey : shrunk(own[x], own[n], toward)
    }
    return {
      dropOff: figure('dropped', 'resolved'),
      sentiment: figure('score', 'answers'),
      friction: figure('troubled', 'entered'),
    }
  }

  #named(name: string): Spot {
    const spot = this.#spots.get(name) ?? this.#rollups.get(name)
    if (spot === undefined) throw new RangeError(`unknown touchpoint ${name}`)
    return spot
  }

  #spot(name: string): Spot {
    const known = this.#spots.get(name)
    if (known !== undefined) return known
    const spot = touchpointSpot(name, this.#mirrors.length)
    this.#spots.set(name, spot)
    this.#join(spot, this.#rollup(JOURNEY))
    return spot
  }

  #rollup(name: string): Spot {
    const known = this.#rollups.get(name)
    if (known !== undefined) return known
    const rollup = rollupSpot(name)
    if (name.startsWith(STAGE)) rollup.stage = name.slice(STAGE.length)
    if (name.startsWith(CHANNEL)) rollup.channel = name.slice(CHANNEL.length)
    this.#rollups.set(name, rollup)
    return rollup
  }

  #seen(name: string, audience: Audience, hi: number, lo: number, time: number): void {
    const spot = this.#spot(name)
    this.#mark(spot)
    spot.crowds[audience].add(hi, lo, time)
    for (const rollup of spot.rollups) rollup.crowds[audience].add(hi, lo, time)
  }

  #changed(name: string, partition: number, place: number): void {
    const listed = this.#mirrors[partition]?.ledger.page(place).listed === true
    if (!listed && !this.#spots.has(name)) return
    const spot = this.#spot(name)
    spot.parts[partition] = place
    this.#place(spot)
    this.#mark(spot)
  }

  #mark(spot: Spot): void {
    spot.stamp = this.#stamp
    for (const rollup of spot.rollups) rollup.stamp = this.#stamp
  }

  /** Finds a touchpoint's channel, stage and roll-ups. */
  #place(spot: Spot): void {
    const rule = this.#map.rule(spot.name)
    const stage = rule?.stage ?? null
    const channel = rule?.channel ?? this.#onlyChannel(spot)
    if (stage === spot.stage && channel === spot.channel) return
    const leaving = spot.rollups.filter(rollup => rollup.name !== JOURNEY)
    spot.rollups = spot.rollups.filter(rollup => rollup.name === JOURNEY)
    for (const rollup of leaving) {
      rollup.members?.delete(spot)
      regather(rollup)
      rollup.stamp = this.#stamp
    }
    spot.stage = stage
    spot.channel = channel
    if (stage !== null) this.#join(spot, this.#rollup(STAGE + stage))
    if (channel !== null) this.#join(spot, this.#rollup(CHANNEL + channel))
  }

  #join(spot: Spot, rollup: Spot): void {
    rollup.members?.add(spot)
    spot.rollups.push(rollup)
    gather(rollup, spot)
    rollup.stamp = this.#stamp
  }

  #onlyChannel(spot: Spot): string | null {
    const seen = new Set<string>()
    this.#eachPage(spot, (mirror, page) => {
      mirror.names.channels.forEach((name, i) => {
        if ((page.channels & (1 << i)) !== 0) seen.add(name)
      })
    })
    const [only] = seen
    return seen.size === 1 ? (only as string) : null
  }

  #configured(config: EngineConfig): void {
    this.config = config
    this.#map = new JourneyMap(config)
    for (const stage of config.stages) this.#rollup(STAGE + stage)
    for (const spot of this.#spots.values()) {
      this.#place(spot)
      this.#mark(spot)
    }
  }
}
