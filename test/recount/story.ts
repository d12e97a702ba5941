import { DEFAULT_CONFIG, type EngineConfig } from '@pulssi/aggregator/engine'
import type { EventItem, LogItem } from './items.js'
import { Recount } from './recount.js'

/** 2025-01-06T00:00:00Z: a multiple of every slice. */
export const T0 = Date.UTC(2025, 0, 6)
export const SECOND = 1_000
export const MINUTE = 60 * SECOND
export const HOUR = 60 * MINUTE

export type Told = Partial<Omit<EventItem, 'type' | 'at' | 'receivedAt'>> & {
  /** ms after T0. */
  readonly at: number
  /** ms after T0; at once if not said. */
  readonly received?: number
}

/** One event of a hand-written log: `enter` at `a` by visitor `v` unless told otherwise. */
export const told = ({ at, received = at, ...rest }: Told): EventItem => ({
  type: 'event',
  visitor: 'v',
  stream: null,
  seq: null,
  kind: 'enter',
  touchpoint: 'a',
  channel: null,
  scale: null,
  level: null,
  name: null,
  comment: null,
  page: false,
  bot: false,
  refused: false,
  ...rest,
  at: T0 + at,
  receivedAt: T0 + received,
})

export const erase = (at: number, visitor = 'v'): LogItem => ({ type: 'erase', visitor, at: T0 + at, noise: [0, at] })

export const tick = (at: number): LogItem => ({ type: 'tick', at: T0 + at })

/** Idle 10 min, grace 1 min, horizon 1 h. */
export const CONFIG: EngineConfig = { ...DEFAULT_CONFIG, idleMs: 10 * MINUTE, graceMs: MINUTE, horizonMs: HOUR }

export const recountOf = (log: readonly (Told | LogItem)[], config: Partial<EngineConfig> = {}): Recount =>
  new Recount(
    log.map(item => ('type' in item ? item : told(item))),
    { config: { ...CONFIG, ...config } },
  )

/** Visits of one touchpoint over `total`, those that are 0 left out. */
export const visitsAt = (recount: Recount, touchpoint = 'a'): Record<string, number> => {
  const [pulse] = recount.pulses([touchpoint], 'total')
  return Object.fromEntries(Object.entries(pulse?.visits ?? {}).filter(([, n]) => n > 0))
}
