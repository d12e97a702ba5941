import type { AskRule, EngineConfig, NudgeRule, Trigger } from './config.js'

const matches = (patterns: readonly string[], touchpoint: string): boolean =>
  patterns.some(pattern =>
    pattern.endsWith('*') ? touchpoint.startsWith(pattern.slice(0, -1)) : pattern === touchpoint,
  )

const takes = (signals: readonly string[], signal: string): boolean => signals.length === 0 || signals.includes(signal)

/** The rules of a touchpoint, in the configuration's order. */
export interface RulesHere {
  readonly asks: readonly AskRule[]
  readonly nudges: readonly NudgeRule[]
  /** Of the first rule for a long visit, ms; 0: there is none. */
  readonly dwellMs: number
}

const NOTHING: RulesHere = { asks: [], nudges: [], dwellMs: 0 }

/** Which rule holds at which moment. */
export class AskRules {
  /** Nobody is ever asked or nudged. */
  isEmpty = true
  #asks: readonly AskRule[] = []
  #nudges: readonly NudgeRule[] = []
  readonly #names = new Set<string>()
  readonly #here: RulesHere[] = []

  configure({ asks, nudges }: EngineConfig): void {
    this.#asks = asks
    this.#nudges = nudges
    this.isEmpty = asks.length + nudges.length === 0
    this.#here.length = 0
    this.#names.clear()
    for (const { id } of asks) this.#names.add(id)
  }

  /** Whether it is the id of an ask's rule. */
  has(rule: string): boolean {
    return this.#names.has(rule)
  }

  at(place: number, touchpoints: readonly string[]): RulesHere {
    if (this.isEmpty) return NOTHING
    const known = this.#here[place]
    if (known !== undefined) return known
    const name = touchpoints[place] as string
    const asks = this.#asks.filter(rule => matches(rule.touchpoints, name))
    const nudges = this.#nudges.filter(rule => matches(rule.touchpoints, name))
    const dwellMs = asks.find(({ trigger }) => trigger === 'dwell')?.dwellMs ?? 0
    const here = { asks, nudges, dwellMs }
    this.#here[place] = here
    return here
  }
}

/** The first rule that fits; `detail`: a signal's name, or the id of the ask that the host wants. */
export function ruleFor({ asks }: RulesHere, trigger: Trigger, detail: string): AskRule | null {
  for (const rule of asks) {
    if (trigger === 'host' ? rule.id === detail : rule.trigger === trigger && fits(rule, detail)) return rule
  }
  return null
}

const fits = ({ trigger, signals }: AskRule, detail: string): boolean => trigger !== 'signal' || takes(signals, detail)

export const nudgeFor = ({ nudges }: RulesHere, signal: string): NudgeRule | null =>
  nudges.find(({ signals }) => takes(signals, signal)) ?? null
