import type { EngineConfig } from '@pulssi/aggregator/engine'
import type { Journey, Pulse, Window } from '@pulssi/protocol/client'
import {
  dropOffSum,
  frictionSum,
  NO_ASKS,
  percentile,
  pulledToward,
  pulseNumber,
  rate,
  type Sum,
  scoreSum,
  sentiment,
} from './figures.js'
import type { LogItem } from './items.js'
import { JourneyMap } from './map.js'
import { inBaseline, inWindow, Tally, type Within } from './tally.js'
import { Judge, type Judged } from './verdicts.js'
import { type Fact, VisitorReplay } from './visits.js'

/** A sum of floats this close below a half is the half. */
const TIE = 1e-9

export interface RecountOptions {
  readonly config: EngineConfig
  readonly dataClock?: boolean
  /** Partitions differ in nothing but their clocks, which decide what is late and which stream is forgotten. */
  readonly partitionOf?: (visitor: string) => number
}

/**
 * Counts a log anew, in two passes over plain lists, by the rules of NUMBERS.md. Assumes that no cap is reached.
 * Distinct visitors and dwell are exact always.
 */
export class Recount {
  readonly judged: Judged
  /** How many outcomes the clock had decided before a later event took them back. */
  readonly takenBack: number
  /** How many visits were open when their visitor was erased. */
  readonly cutOff: number
  readonly map: JourneyMap
  readonly #facts = new Map<string, Fact[]>()
  readonly #active = new Map<string, number>()
  readonly #late = new Map<string, number>()
  readonly #channels = new Map<string, Set<string>>()

  constructor(items: readonly LogItem[], { config, dataClock = false, partitionOf = () => 0 }: RecountOptions) {
    this.map = new JourneyMap(config)
    this.judged = new Judge(dataClock, partitionOf).all(items)
    const replays = new Map<string, VisitorReplay>()
    const ended: VisitorReplay[] = []
    let cutOff = 0
    for (const told of this.judged.story) {
      const visitor = 'erased' in told ? told.erased : told.event.visitor
      const replay = replays.get(visitor)
      if ('erased' in told) {
        // N21: whoever comes under this id from now on is somebody else.
        if (replay?.erase(told.clock)) cutOff++
        if (replay) ended.push(replay)
        replays.delete(visitor)
        this.#silence(visitor)
        continue
      }
      const own = replay ?? new VisitorReplay(this.map, fact => this.#keep(fact), `${visitor} ${ended.length}`)
      replays.set(visitor, own)
      own.event(told)
    }
    for (const replay of replays.values()) {
      const open = replay.end(this.judged.clock)
      if (open !== null) this.#active.set(open, (this.#active.get(open) ?? 0) + 1)
    }
    this.takenBack = [...replays.values(), ...ended].reduce((sum, replay) => sum + replay.takenBack, 0)
    this.cutOff = cutOff
  }

  #keep(fact: Fact): void {
    const { touchpoint } = fact
    if (fact.what === 'named') {
      // N20: from now on it is listed.
      if (!this.#facts.has(touchpoint)) this.#facts.set(touchpoint, [])
      this.#channels.set(touchpoint, (this.#channels.get(touchpoint) ?? new Set()).add(fact.channel))
      if (fact.late) this.#late.set(touchpoint, (this.#late.get(touchpoint) ?? 0) + 1)
    }
    this.#facts.get(touchpoint)?.push(fact)
  }

  /** N23: what an erased visitor wrote goes with it. */
  #silence(visitor: string): void {
    for (const [touchpoint, facts] of this.#facts) {
      const kept = facts.filter(fact => fact.what !== 'spoken' || fact.visitor !== visitor)
      this.#facts.set(touchpoint, kept)
    }
  }

  /** What is to be counted at a touchpoint, in no order. */
  facts(touchpoint: string): readonly Fact[] {
    return this.#facts.get(touchpoint) ?? []
  }

  /** Sorted. */
  get touchpoints(): string[] {
    return [...this.#facts.keys()].sort()
  }

  /** Sorted: the whole journey, and each stage and channel that a listed touchpoint belongs to. */
  get rollUps(): string[] {
    const names = new Set(['~journey'])
    for (const touchpoint of this.touchpoints) {
      const channel = this.channel(touchpoint)
      const stage = this.map.stage(touchpoint)
      if (channel !== null) names.add(`~channel.${channel}`)
      if (stage !== null) names.add(`~stage.${stage}`)
    }
    return [...names].sort()
  }

  /** N35 */
  membersOf(rollUp: string): string[] {
    const belongs = (touchpoint: string): boolean =>
      rollUp === '~journey' ||
      rollUp === `~stage.${this.map.stage(touchpoint)}` ||
      rollUp === `~channel.${this.channel(touchpoint)}`
    return this.touchpoints.filter(belongs)
  }

  /** N19: the map's, else the only one seen there, else null. */
  channel(touchpoint: string): string | null {
    const seen = [...(this.#channels.get(touchpoint) ?? [])]
    return this.map.rule(touchpoint)?.channel ?? (seen.length === 1 ? (seen[0] ?? null) : null)
  }

  journey(window: Window): Journey {
    const within = inWindow(window, this.judged.clock)
    return {
      clock: this.judged.clock,
      window,
      events: this.judged.totals,
      pulses: new Board(this, window).pulses(this.touchpoints),
      transitions: this.#transitions(within),
    }
  }

  /** Of touchpoints and roll-ups. */
  pulses(names: readonly string[], window: Window): Pulse[] {
    return new Board(this, window).pulses(names)
  }

  /** N35: sorted by from, then to. */
  #transitions(within: Within): Journey['transitions'] {
    const counts = new Map<string, Map<string, number>>()
    for (const [from, facts] of this.#facts) {
      const onward = new Map<string, number>()
      for (const fact of facts) {
        if (fact.what === 'transition' && within(fact.time)) onward.set(fact.to, (onward.get(fact.to) ?? 0) + 1)
      }
      counts.set(from, onward)
    }
    return this.touchpoints.flatMap(from =>
      [...(counts.get(from) ?? [])].sort(([a], [b]) => (a < b ? -1 : 1)).map(([to, n]) => ({ from, to, n })),
    )
  }

  tally(touchpoint: string, within: Within): Tally {
    const tally = new Tally()
    for (const fact of this.#facts.get(touchpoint) ?? []) if (within(fact.time)) tally.add(fact)
    return tally
  }

  activeAt(touchpoint: string): number {
    return this.#active.get(touchpoint) ?? 0
  }

  lateAt(touchpoint: string): number {
    return this.#late.get(touchpoint) ?? 0
  }
}

type SumOf = (tally: Tally) => Sum

/** The answers of one window at the last clock. */
class Board {
  readonly #recount: Recount
  readonly #window: Window
  /** The touchpoints that stand behind a name. */
  readonly #members = new Map<string, readonly string[]>()
  readonly #now: Map<string, Tally>
  readonly #before: Map<string, Tally> | null

  constructor(recount: Recount, window: Window) {
    this.#recount = recount
    this.#window = window
    const { clock } = recount.judged
    for (const touchpoint of recount.touchpoints) this.#members.set(touchpoint, [touchpoint])
    for (const rollUp of recount.rollUps) this.#members.set(rollUp, recount.membersOf(rollUp))
    const before = inBaseline(window, clock)
    this.#now = this.#tallies(inWindow(window, clock))
    this.#before = before && this.#tallies(before)
  }

  pulses(names: readonly string[]): Pulse[] {
    return names.map(name => this.#pulse(name))
  }

  /** N35: one tally for each touchpoint and each roll-up. */
  #tallies(within: Within): Map<string, Tally> {
    const tallies = new Map<string, Tally>()
    for (const touchpoint of this.#recount.touchpoints) tallies.set(touchpoint, this.#recount.tally(touchpoint, within))
    for (const rollUp of this.#recount.rollUps) {
      const sum = new Tally()
      for (const touchpoint of this.#members.get(rollUp) ?? []) sum.include(tallies.get(touchpoint) ?? new Tally())
      tallies.set(rollUp, sum)
    }
    return tallies
  }

  #pulse(name: string): Pulse {
    const tally = this.#now.get(name) ?? new Tally()
    const members = this.#members.get(name) ?? []
    const total = (of: (touchpoint: string) => number) => members.reduce((sum, member) => sum + of(member), 0)
    const visitors = tally.visitors.size
    const { entered, views, completed, progressed, switched, dropped, unseen, recovered, troubled } = tally.counters
    const active = total(member => this.#recount.activeAt(member))
    const dwell = tally.dwellMs.sort((a, b) => a - b)
    const unrounded = pulseNumber(scoreSum(tally), dropOffSum(tally), frictionSum(tally), this.#weights)
    return {
      touchpoint: name,
      ...this.#whereabouts(name),
      window: this.#window,
      clock: this.#recount.judged.clock,
      ageMs: 0,
      visits: { entered, views, active, completed, progressed, switched, dropped, unseen, recovered, troubled },
      dropOff: rate(dropOffSum(tally), visitors, this.#baseline(name, dropOffSum)),
      sentiment: sentiment(tally, this.#baseline(name, scoreSum)),
      friction: {
        ...rate(frictionSum(tally), visitors, this.#baseline(name, frictionSum)),
        signals: Object.fromEntries([...tally.signals].sort(([a], [b]) => (a < b ? -1 : 1))),
      },
      dwellMs: { p50: percentile(dwell, 50), p90: percentile(dwell, 90), p99: percentile(dwell, 99) },
      visitors,
      // N8: in `total` alone.
      late: this.#window === 'total' ? total(member => this.#recount.lateAt(member)) : 0,
      // Rounded half up; the last bits of a sum must not decide a tie.
      pulse: unrounded === null ? null : Math.floor(unrounded + 0.5 + TIE),
      asks: NO_ASKS,
    }
  }

  get #weights() {
    return this.#recount.map.config.weights
  }

  #whereabouts(name: string): { channel: string | null; stage: string | null } {
    if (name.startsWith('~channel.')) return { channel: name.slice('~channel.'.length), stage: null }
    if (name.startsWith('~stage.')) return { channel: null, stage: name.slice('~stage.'.length) }
    if (name === '~journey') return { channel: null, stage: null }
    return { channel: this.#recount.channel(name), stage: this.#recount.map.stage(name) }
  }

  /** N32 */
  #baseline(name: string, sumOf: SumOf): number | null {
    const before = this.#before
    if (!before) return null
    const sum = (of: string) => sumOf(before.get(of) ?? new Tally())
    const whole = sum('~journey')
    if (whole.n === 0) return null
    const journey = whole.x / whole.n
    if (name === '~journey') return journey
    if (name.startsWith('~')) return pulledToward(sum(name), journey)
    const stage = this.#recount.map.stage(name)
    const wider = stage === null ? journey : pulledToward(sum(`~stage.${stage}`), journey)
    return pulledToward(sum(name), wider)
  }
}
