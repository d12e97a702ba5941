import type { EngineConfig, TouchpointRule } from './config.js'

/** The journey map, made ready for look-ups: full names first, then patterns by length, longest first. */
export class JourneyMap {
  readonly config: EngineConfig
  readonly #exact = new Map<string, TouchpointRule>()
  readonly #prefixes: { prefix: string; rule: TouchpointRule }[] = []

  constructor(config: EngineConfig) {
    this.config = config
    for (const rule of config.touchpoints) {
      if (rule.pattern.endsWith('*')) this.#prefixes.push({ prefix: rule.pattern.slice(0, -1), rule })
      else this.#exact.set(rule.pattern, rule)
    }
    this.#prefixes.sort((a, b) => b.prefix.length - a.prefix.length)
  }

  rule(touchpoint: string): TouchpointRule | null {
    const exact = this.#exact.get(touchpoint)
    if (exact !== undefined) return exact
    for (const { prefix, rule } of this.#prefixes) if (touchpoint.startsWith(prefix)) return rule
    return null
  }

  /** Idle time of a visit: its touchpoint's, else its channel's, else the journey's. ms */
  idleMs(rule: TouchpointRule | null, channel: string): number {
    return rule?.idleMs ?? this.config.channels[channel]?.idleMs ?? this.config.idleMs
  }

  /** Grace after a leave. On channels without pages nobody says goodbye at once: there it is the idle time. ms */
  graceMs(rule: TouchpointRule | null, channel: string): number {
    const own = rule?.graceMs ?? this.config.channels[channel]?.graceMs
    if (own !== undefined) return own
    return channel === 'web' || channel === 'app' ? this.config.graceMs : this.idleMs(rule, channel)
  }

  /** The longest time that any visit can stay open without activity. ms */
  longestMs(): number {
    const { idleMs, graceMs, channels, touchpoints } = this.config
    let longest = Math.max(idleMs, graceMs)
    for (const rule of [...Object.values(channels), ...touchpoints]) {
      longest = Math.max(longest, rule.idleMs ?? 0, rule.graceMs ?? 0)
    }
    return longest
  }
}
