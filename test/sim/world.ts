import type { EngineConfig, TouchpointRule } from '@pulssi/aggregator/engine'
import type { Random } from './random.js'

const SECOND = 1_000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE

const EARLIEST_START = Date.UTC(2020, 0, 1)
const LATEST_START = Date.UTC(2026, 0, 1)

export const CHANNELS = ['web', 'app', 'phone', 'email', 'store'] as const

/** Which cap a run reaches, if any. */
export const Cap = { none: 'none', touchpoints: 'touchpoints', refuse: 'refuse', successors: 'successors' } as const
export type Cap = (typeof Cap)[keyof typeof Cap]

/** What stays the same through one run. Times in ms. */
export interface World {
  readonly config: EngineConfig
  readonly touchpoints: readonly string[]
  readonly dataClock: boolean
  readonly partitions: number
  readonly cap: Cap
  readonly startsAt: number
  /** Times are multiples of this: a coarse one makes events meet deadlines and the ends of slices exactly. */
  readonly grainMs: number
  /** Whether the whole log ticks before every event, so that no partition's clock is ever behind. */
  readonly evenClocks: boolean
}

/** Enough to fill 200 places, or 256 successors of one touchpoint, in two partitions. */
const CROWDED_TOUCHPOINTS = 560
const CAP_SHARE = 0.09

export const randomWorld = (random: Random): World => {
  const cap = random.chance(CAP_SHARE) ? random.pick([Cap.touchpoints, Cap.refuse, Cap.successors]) : Cap.none
  const dataClock = random.chance(0.1)
  const grainMs = random.pick([1, 1, 1, SECOND, 5 * SECOND, MINUTE])
  const start = random.int(EARLIEST_START, LATEST_START)
  return {
    config: randomConfig(random, cap, grainMs),
    touchpoints: touchpointsOf(random, cap),
    dataClock,
    partitions: cap === Cap.none ? random.int(1, 8) : random.int(1, 2),
    cap,
    startsAt: start - (start % (15 * MINUTE)),
    grainMs,
    evenClocks: random.chance(0.4),
  }
}

const touchpointsOf = (random: Random, cap: Cap): string[] => {
  if (cap !== Cap.none) return Array.from({ length: CROWDED_TOUCHPOINTS }, (_, i) => `crowd.t${i}`)
  const count = random.int(2, 9)
  return Array.from({ length: count }, (_, i) => `${random.pick(['shop', 'desk', 'mail'])}.t${i}`)
}

const onGrain = (ms: number, grainMs: number): number => Math.max(grainMs, Math.round(ms / grainMs) * grainMs)

const randomConfig = (random: Random, cap: Cap, grainMs: number): EngineConfig => {
  const idleMs = onGrain(random.magnitude(5 * SECOND, 4 * HOUR), grainMs)
  const around = (least: number, most: number) => onGrain(idleMs * (least + random.next() * (most - least)), grainMs)
  const maybe = <T>(probability: number, value: T): T | undefined => (random.chance(probability) ? value : undefined)
  const allowances = () => ({
    ...defined('idleMs', maybe(0.4, around(0.3, 3))),
    ...defined('graceMs', maybe(0.4, around(0.01, 0.5))),
  })
  const stages = ['attract', 'convert', 'close']
  const rule = (pattern: string): TouchpointRule => ({
    pattern,
    ...defined('stage', maybe(0.7, random.pick(stages))),
    ...defined('channel', maybe(0.3, random.pick(CHANNELS))),
    ...defined('end', maybe(0.2, true)),
    ...allowances(),
  })
  const names = Array.from({ length: 9 }, (_, i) => ['shop', 'desk', 'mail'].map(part => `${part}.t${i}`)).flat()
  const patterns = ['shop.*', 'desk.t*', '*', 'mail.*', ...names]
  const touchpoints = patterns.filter(() => random.chance(0.3)).map(rule)
  return {
    idleMs,
    graceMs: around(0.01, 0.5),
    horizonMs: onGrain(random.magnitude(idleMs, Math.min(20 * idleMs, 48 * HOUR)), grainMs),
    stages,
    channels: Object.fromEntries(CHANNELS.filter(() => random.chance(0.3)).map(name => [name, allowances()])),
    touchpoints: cap === Cap.none ? touchpoints : crowdRules(cap),
    overflow: cap === Cap.refuse ? 'refuse' : 'other',
    weights: random.chance(0.7)
      ? { sentiment: 0.5, dropOff: 0.3, friction: 0.2 }
      : { sentiment: random.int(1, 5), dropOff: random.int(0, 5), friction: random.int(0, 5) },
    asks: [],
    nudges: [],
    budget: { sessionMs: 1, everyMs: 1, afterAnswerMs: 1, afterDismissalMs: 1, mostMs: 1 },
  }
}

/** Successors are many only where touchpoints are known to the map; the other caps need unknown ones. */
const crowdRules = (cap: Cap): TouchpointRule[] => (cap === Cap.successors ? [{ pattern: 'crowd.*' }] : [])

const defined = <K extends string, T>(key: K, value: T | undefined): { [P in K]?: T } =>
  value === undefined ? {} : ({ [key]: value } as { [P in K]: T })
