import { DEFAULT_CONFIG, type EngineConfig } from './config.js'
import type { Page } from './ledger.js'
import { JourneyMap } from './map.js'
import { Mirror } from './mirror.js'
import { disperse, gather, regather, rollupSpot, type Spot, touchpointSpot } from './spot.js'

export const JOURNEY = '~journey'
export const STAGE = '~stage.'
const CHANNEL = '~channel.'

export const byName = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

/**
 * The touchpoints and roll-ups of all partitions by name, who belongs to whom, and when each changed last. Partials go
 * in here; the mirrors keep each partition's slices, the spots the distinct visitors of all.
 */
export class Spots {
  config: EngineConfig = DEFAULT_CONFIG
  readonly mirrors: readonly Mirror[]
  readonly touchpoints = new Map<string, Spot>()
  readonly rollups = new Map<string, Spot>()
  /** Partitions of which nobody that was seen is known until their next whole partial. */
  readonly lacking = new Set<number>()
  #map = new JourneyMap(DEFAULT_CONFIG)
  #configText = ''
  #stamp = 0
  /** Clock of the partition whose partial is taken in. */
  #clock: () => number = () => 0

  constructor(partitions: number) {
    this.mirrors = Array.from({ length: partitions }, (_, partition) => this.#mirror(partition))
    this.#rollup(JOURNEY)
  }

  *absorb(partition: number, partial: Uint8Array, now: number): Generator<void, Mirror> {
    this.#stamp++
    const mirror = this.mirrors[partition]
    if (mirror === undefined) throw new RangeError(`partition ${partition} of ${this.mirrors.length}`)
    this.#clock = () => mirror.clock
    yield* mirror.absorb(partial, now)
    if (mirror.isWhole) this.lacking.delete(partition)
    return mirror
  }

  #mirror(partition: number): Mirror {
    const known: (Spot | undefined)[] = []
    const at = (name: string, place: number): Spot => {
      const spot = known[place] ?? this.#touchpoint(name)
      known[place] = spot
      return spot
    }
    return new Mirror({
      changed: (name, place) => this.#changed(name, partition, place),
      gone: (name, place) => {
        known[place] = undefined
        this.#gone(name, partition, place)
      },
      seen: (name, place, audience, hi, lo, time) =>
        this.#add(at(name, place), one => one.crowds[audience].add(hi, lo, time)),
      rank: (name, place, audience, register, rank, time) =>
        this.#add(at(name, place), one => one.crowds[audience].addRank(register, rank, time)),
      backed: (name, place, audience, hi, lo, time) =>
        this.#add(at(name, place), one => one.quorums[audience].add(hi, lo, time)),
      answered: (name, place, hi, lo, time, value, more) =>
        this.#add(at(name, place), one => one.answered.add(hi, lo, time, value, more) > 0),
      erased: (hi, lo, byHi, byLo) => this.#erased(hi, lo, byHi, byLo),
      missed: () => this.#missed(),
      configured: config => this.#configured(config),
    })
  }

  /** Counts the partials taken in. */
  get stamp(): number {
    return this.#stamp
  }

  get journey(): Spot {
    return this.#rollup(JOURNEY)
  }

  named(name: string): Spot {
    const spot = this.touchpoints.get(name) ?? this.rollups.get(name)
    if (spot === undefined) throw new RangeError(`unknown touchpoint ${name}`)
    return spot
  }

  /** Names that match, sorted. `prefix*` matches touchpoints by their start, and roll-ups where it starts with `~`. */
  select(patterns: readonly string[]): string[] {
    const names = new Set<string>()
    for (const pattern of patterns) {
      if (!pattern.endsWith('*')) {
        if (this.touchpoints.has(pattern) || this.rollups.has(pattern)) names.add(pattern)
        continue
      }
      const prefix = pattern.slice(0, -1)
      const pool = prefix.startsWith('~') ? this.rollups : this.touchpoints
      for (const [name, spot] of pool) if (name.startsWith(prefix) && this.#inUse(spot)) names.add(name)
    }
    return [...names].sort(byName)
  }

  /** A roll-up that everybody left is listed no more; the journey and the stages of the map always are. */
  #inUse({ name, members, stage }: Spot): boolean {
    if (members === null || members.size > 0 || name === JOURNEY) return true
    return stage !== null && this.config.stages.includes(stage)
  }

  /** The pages of a touchpoint in the partitions that know it. */
  eachPage(spot: Spot, visit: (mirror: Mirror, page: Page) => void): void {
    spot.parts.forEach((part, partition) => {
      const mirror = this.mirrors[partition] as Mirror
      if (part >= 0) visit(mirror, mirror.ledger.page(part))
    })
  }

  #touchpoint(name: string): Spot {
    const known = this.touchpoints.get(name)
    if (known !== undefined) return known
    const spot = touchpointSpot(name, this.mirrors.length)
    this.touchpoints.set(name, spot)
    this.#join(spot, this.#rollup(JOURNEY))
    return spot
  }

  #rollup(name: string): Spot {
    const known = this.rollups.get(name)
    if (known !== undefined) return known
    const rollup = rollupSpot(name)
    if (name.startsWith(STAGE)) rollup.stage = name.slice(STAGE.length)
    if (name.startsWith(CHANNEL)) rollup.channel = name.slice(CHANNEL.length)
    this.rollups.set(name, rollup)
    return rollup
  }

  /** Adds who was seen at a touchpoint to it and its roll-ups; `add` returns whether it changed anything. */
  #add(spot: Spot, add: (one: Spot) => boolean): void {
    let isNew = add(spot)
    for (const rollup of spot.rollups) isNew = add(rollup) || isNew
    if (isNew) this.#mark(spot)
  }

  /** Nobody can be taken out of a crowd whose hash isn't known: all crowds begin anew, from whole partials. */
  #missed(): void {
    for (const spot of [...this.touchpoints.values(), ...this.rollups.values()]) {
      disperse(spot)
      spot.stamp = this.#stamp
    }
    this.mirrors.forEach((mirror, partition) => {
      mirror.forgetAnswered()
      if (mirror.at > 0) this.lacking.add(partition)
    })
  }

  #gone(name: string, partition: number, place: number): void {
    const spot = this.touchpoints.get(name)
    if (spot?.parts[partition] !== place) return
    spot.parts[partition] = -1
    this.#place(spot)
    this.#mark(spot)
  }

  #erased(hi: number, lo: number, byHi: number, byLo: number): void {
    for (const { crowds, quorums, answered } of [...this.touchpoints.values(), ...this.rollups.values()]) {
      for (const holder of [...crowds, ...quorums, answered]) if (holder.has(hi, lo)) holder.replace(hi, lo, byHi, byLo)
    }
  }

  #changed(name: string, partition: number, place: number): void {
    const listed = this.mirrors[partition]?.ledger.page(place).listed === true
    if (!listed && !this.touchpoints.has(name)) return
    const spot = this.#touchpoint(name)
    spot.parts[partition] = place
    this.#place(spot)
    this.#mark(spot)
  }

  #mark(spot: Spot): void {
    const clock = this.#clock()
    for (const one of [spot, ...spot.rollups]) {
      one.stamp = this.#stamp
      one.countedBy = Math.max(one.countedBy, clock)
    }
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
    rollup.countedBy = Math.max(rollup.countedBy, spot.countedBy)
  }

  #onlyChannel(spot: Spot): string | null {
    const seen = new Set<string>()
    this.eachPage(spot, (mirror, page) => {
      mirror.names.channels.forEach((name, i) => {
        if ((page.channels & (1 << i)) !== 0) seen.add(name)
      })
    })
    const [only] = seen
    return seen.size === 1 ? (only as string) : null
  }

  #configured(text: string): void {
    if (text === this.#configText) return
    this.#configText = text
    const config = JSON.parse(text) as EngineConfig
    this.config = config
    this.#map = new JourneyMap(config)
    for (const stage of config.stages) this.#rollup(STAGE + stage)
    for (const spot of this.touchpoints.values()) {
      this.#place(spot)
      this.#mark(spot)
    }
  }
}
