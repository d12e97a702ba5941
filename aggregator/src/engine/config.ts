/** What the engine knows of the project's configuration. It enters through the log, as a `config` record. */
export interface EngineConfig {
  /** Times in ms. */
  idleMs: number
  /** Grace after a `leave` on `web` and `app`; elsewhere a visit keeps its idle time. */
  graceMs: number
  horizonMs: number
  stages: string[]
  channels: Record<string, { idleMs?: number; graceMs?: number }>
  /** The map. The longest matching pattern wins and holds whole; a full name beats a pattern. */
  touchpoints: TouchpointRule[]
  /** What happens to a touchpoint that the map doesn't know once their places are taken. */
  overflow: 'other' | 'refuse'
  /** Parts of the pulse 0–100; they need not sum to 1. */
  weights: { sentiment: number; dropOff: number; friction: number }
}

export interface TouchpointRule {
  /** A touchpoint's name, or the start of one followed by `*`. */
  pattern: string
  stage?: string
  channel?: string
  idleMs?: number
  graceMs?: number
  end?: boolean
}

export const DEFAULT_CONFIG: EngineConfig = {
  idleMs: 30 * 60_000,
  graceMs: 30_000,
  horizonMs: 48 * 3_600_000,
  stages: ['attract', 'convert', 'close', 'advocate'],
  channels: {},
  touchpoints: [],
  overflow: 'other',
  weights: { sentiment: 0.5, dropOff: 0.3, friction: 0.2 },
}
