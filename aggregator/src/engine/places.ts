import type { EngineConfig, TouchpointRule } from './config.js'
import { CHANNELS, MAPPED_TOUCHPOINTS, OTHER, REASONS, SIGNALS, TOUCHPOINTS, UNMAPPED_TOUCHPOINTS } from './limits.js'
import { JourneyMap } from './map.js'
import { Names } from './names.js'

export const REFUSED_PLACE = -1
const SLOTS = 8_192
const WEB = 'web'

/**
 * Touchpoints, channels and signals by number. A touchpoint's name is found by its bytes, so that a known one costs no
 * string; beyond the bounds a name stands for `~other`, or has no place if the map says refuse.
 */
export class Places {
  map: JourneyMap
  readonly touchpoints = new Names(TOUCHPOINTS)
  readonly channels = new Names(CHANNELS)
  readonly signals = new Names(SIGNALS)
  /** Why visitors said that they left: `ask.option`. */
  readonly reasons = new Names(REASONS)
  rules: (TouchpointRule | null)[] = []
  /** The map's channel of each touchpoint, or −1. */
  mapChannel: number[] = []
  #mapped = 0
  #unmapped = 0
  readonly #bytes: Uint8Array[] = []
  readonly #slots = new Int16Array(SLOTS).fill(-1)

  constructor(config: EngineConfig) {
    this.map = new JourneyMap(config)
    this.channels.place(WEB)
  }

  /** Takes a new map; touchpoints keep their places. */
  configure(config: EngineConfig): void {
    this.map = new JourneyMap(config)
    this.rules = []
    this.mapChannel = []
    this.#mapped = 0
    this.#unmapped = 0
    for (const name of this.touchpoints.list) this.#rule(name)
  }

  /** Number of the touchpoint whose name stands in these bytes, or REFUSED_PLACE. */
  find(bytes: Uint8Array, start: number, length: number): number {
    let hash = length
    for (let i = 0; i < length; i++) hash = (Math.imul(hash, 31) + bytes[start + i]) | 0
    let slot = (hash ^ (hash >>> 13)) & (SLOTS - 1)
    for (; ; slot = (slot + 1) & (SLOTS - 1)) {
      const place = this.#slots[slot]
      if (place < 0) break
      if (same(this.#bytes[place], bytes, start, length)) return place
    }
    let name = ''
    for (let i = 0; i < length; i++) name += String.fromCharCode(bytes[start + i])
    return this.#admit(name, slot)
  }

  /** Number of a touchpoint by name, given a place whatever the bounds (an image or a partial says so). */
  restore(name: string): number {
    const known = this.touchpoints.find(name)
    if (known >= 0) return known
    let hash = name.length
    for (let i = 0; i < name.length; i++) hash = (Math.imul(hash, 31) + name.charCodeAt(i)) | 0
    let slot = (hash ^ (hash >>> 13)) & (SLOTS - 1)
    while (this.#slots[slot] >= 0) slot = (slot + 1) & (SLOTS - 1)
    return this.#add(name, slot)
  }

  /** Number of a touchpoint by name, within the bounds. */
  admit(name: string): number {
    const place = this.find(
      Uint8Array.from(name, char => char.charCodeAt(0)),
      0,
      name.length,
    )
    return place === REFUSED_PLACE ? this.other() : place
  }

  other(): number {
    return this.restore(OTHER)
  }

  #admit(name: string, slot: number): number {
    const mapped = this.map.rule(name) !== null
    const full = mapped ? this.#mapped >= MAPPED_TOUCHPOINTS : this.#unmapped >= UNMAPPED_TOUCHPOINTS
    // Maps that change can fill both again and again: the last number is ~other's.
    const { list } = this.touchpoints
    const most = this.touchpoints.find(OTHER) < 0 ? TOUCHPOINTS - 1 : TOUCHPOINTS
    if (!full && list.length < most) return this.#add(name, slot)
    return this.map.config.overflow === 'refuse' ? REFUSED_PLACE : this.other()
  }

  #add(name: string, slot: number): number {
    const place = this.touchpoints.add(name)
    this.#bytes.push(Uint8Array.from(name, char => char.charCodeAt(0)))
    this.#slots[slot] = place
    this.#rule(name)
    return place
  }

  #rule(name: string): void {
    const rule = name === OTHER ? null : this.map.rule(name)
    this.rules.push(rule)
    this.mapChannel.push(rule?.channel === undefined ? -1 : this.channels.place(rule.channel))
    if (rule !== null) this.#mapped++
    else if (name !== OTHER) this.#unmapped++
  }
}

function same(name: Uint8Array, bytes: Uint8Array, start: number, length: number): boolean {
  if (name.length !== length) return false
  for (let i = 0; i < length; i++) if (name[i] !== bytes[start + i]) return false
  return true
}
