import type { EngineConfig, TouchpointRule } from '@pulssi/aggregator/engine'

const matches = (rule: TouchpointRule, touchpoint: string): boolean =>
  rule.pattern.endsWith('*') ? touchpoint.startsWith(rule.pattern.slice(0, -1)) : touchpoint === rule.pattern

/** The journey map, asked touchpoint by touchpoint. A full name beats a pattern, a longer pattern a shorter one. */
export class JourneyMap {
  readonly config: EngineConfig
  readonly #rules = new Map<string, TouchpointRule | null>()

  constructor(config: EngineConfig) {
    this.config = config
  }

  rule(touchpoint: string): TouchpointRule | null {
    let rule = this.#rules.get(touchpoint)
    if (rule === undefined) {
      const found = this.config.touchpoints.filter(candidate => matches(candidate, touchpoint))
      const weight = (r: TouchpointRule) => (r.pattern.endsWith('*') ? r.pattern.length : Number.POSITIVE_INFINITY)
      rule = found.sort((a, b) => weight(b) - weight(a))[0] ?? null
      this.#rules.set(touchpoint, rule)
    }
    return rule
  }

  stage(touchpoint: string): string | null {
    return this.rule(touchpoint)?.stage ?? null
  }

  isEnd(touchpoint: string): boolean {
    return this.rule(touchpoint)?.end ?? false
  }

  /** N13: the map's for the touchpoint, else the entering event's, else `web`. */
  visitChannel(touchpoint: string, channel: string | null): string {
    return this.rule(touchpoint)?.channel ?? channel ?? 'web'
  }

  /** N13: the touchpoint's, else its visit channel's, else the journey's. */
  idleMs(touchpoint: string, visitChannel: string): number {
    return this.rule(touchpoint)?.idleMs ?? this.config.channels[visitChannel]?.idleMs ?? this.config.idleMs
  }

  /** N13: the touchpoint's, else the channel's, else the journey's on `web` and `app`, else idle. */
  graceMs(touchpoint: string, visitChannel: string): number {
    const set = this.rule(touchpoint)?.graceMs ?? this.config.channels[visitChannel]?.graceMs
    if (set !== undefined) return set
    const browsed = visitChannel === 'web' || visitChannel === 'app'
    return browsed ? this.config.graceMs : this.idleMs(touchpoint, visitChannel)
  }
}
