import type { Detail, EventTotals, Journey, Pulse, Voice, Window } from '@pulssi/protocol/client'
import type { EngineConfig } from './config.js'
import { detail, transitionsFrom } from './detail.js'
import { SCORE_PARTS, shrunk } from './figures.js'
import { SECOND_MS } from './limits.js'
import { type Nudged, nudgesAt } from './nudged.js'
import { type Baselines, pulse } from './pulse.js'
import { type Figures, firstMinute, type Readings, readings } from './reading.js'
import { addQuarters, firstKept, type TalliesOf } from './recent.js'
import { Silence, type Willingness } from './silence.js'
import type { Counted, Spot } from './spot.js'
import { byName, JOURNEY, Spots, STAGE } from './spots.js'
import { Audience } from './state.js'
import { addBaseline, baselineSums, noBaseline, Sums, sameBaseline } from './sums.js'
import { type Comments, commentsAt, type Spoken, voiceOf } from './voices.js'
import { baselineOf, movesOf, rangeOf, sinceOf } from './windows.js'

const STALE_MS = 3 * SECOND_MS

/**
 * Merges the partials of all partitions and answers for any touchpoint, roll-up and window. Pure: the time by which
 * the age of the data is judged is passed in.
 */
export class View {
  readonly #spots: Spots
  readonly #silence: Silence
  #clock = 0

  constructor(partitions: number) {
    this.#spots = new Spots(partitions)
    this.#silence = new Silence(this.#spots)
  }

  get partitions(): number {
    return this.#spots.mirrors.length
  }

  /** The journey map in force. */
  get config(): EngineConfig {
    return this.#spots.config
  }

  /** `now`: ms since 1970 at which the partial came in. */
  absorb(partition: number, partial: Uint8Array, now: number): void {
    const steps = this.absorbing(partition, partial, now)
    while (steps.next().done !== true);
  }

  /** The same step by step. Nothing may be asked of the view, nor another partial begun, before the last step. */
  *absorbing(partition: number, partial: Uint8Array, now: number): Generator<void> {
    const mirror = yield* this.#spots.absorb(partition, partial, now)
    this.#clock = Math.max(this.#clock, mirror.clock)
  }

  /** A partition says that nothing of it changed. */
  heard(partition: number, now: number): void {
    const mirror = this.#spots.mirrors[partition]
    if (mirror !== undefined && mirror.at > 0) mirror.at = now
  }

  /** Partitions of which a whole partial must come before visitors are counted rightly: erasures were missed. */
  get lacking(): ReadonlySet<number> {
    return this.#spots.lacking
  }

  /** ms since 1970: the greatest clock of the partitions. */
  get clock(): number {
    return this.#clock
  }

  /** Partitions more than 3 s behind the clock. */
  stale(): number[] {
    const least = this.#clock - STALE_MS
    return this.#spots.mirrors.flatMap((mirror, partition) => (mirror.clock < least ? [partition] : []))
  }

  /** Age of the oldest partial merged; 0 with the data clock, and before the first. ms */
  ageMs(now: number): number {
    let oldest = now
    for (const mirror of this.#spots.mirrors) {
      if (mirror.dataClock) return 0
      if (mirror.at > 0) oldest = Math.min(oldest, mirror.at)
    }
    return now - oldest
  }

  /** Names that match, sorted. `prefix*` matches touchpoints by their start, and roll-ups where it starts with `~`. */
  select(patterns: readonly string[]): string[] {
    return this.#spots.select(patterns)
  }

  /** Grows whenever the figures may have changed. */
  version(touchpoint: string, window: Window): number {
    const spot = this.#spots.named(touchpoint)
    // Each of these grows and none goes back.
    const moved = [rangeOf(window, this.#clock), baselineOf(window, this.#clock)]
      .map(range => movesOf(range, spot.countedBy))
      .reduce((sum, moves) => sum + moves, 0)
    this.#willingness(window)
    return Math.max(spot.stamp, this.#widerBaselines(spot, window)) + moved + this.#silence.changes
  }

  /** When a baseline last changed that this one's is drawn toward. */
  #widerBaselines(spot: Spot, window: Window): number {
    if (baselineOf(window, this.#clock) === null) return 0
    const stage = this.#stageOf(spot)
    const ofStage = stage === undefined ? 0 : this.#baselineStamp(stage, window)
    return Math.max(ofStage, this.#baselineStamp(this.#spots.journey, window))
  }

  #baselineStamp(rollup: Spot, window: Window): number {
    const { baseline: sums } = this.#count(rollup, window)
    const known = rollup.baselines.get(window)
    if (known?.sums === sums) return known.stamp
    const isSame = known !== undefined && sameBaseline(known.sums, sums)
    const stamp = isSame ? known.stamp : this.#spots.stamp
    rollup.baselines.set(window, { sums, stamp })
    return stamp
  }

  #stageOf(spot: Spot): Spot | undefined {
    return spot.members === null && spot.stage !== null ? this.#spots.rollups.get(STAGE + spot.stage) : undefined
  }

  /** Throws for a name that `select` doesn't give. */
  pulse(touchpoint: string, window: Window, now: number): Pulse {
    const spot = this.#spots.named(touchpoint)
    const counted = this.#count(spot, window)
    const { channel, stage } = spot
    const head = { touchpoint, channel, stage, window, clock: this.#clock, ageMs: this.ageMs(now) }
    const baselines = this.#baselines(spot, window, counted)
    return pulse(head, counted, baselines, this.#willingness(window), this.config.weights)
  }

  #willingness(window: Window): Willingness | null {
    return this.#silence.at(window === 'total' ? 'total' : '24h', this.#clock)
  }

  /** The figures that have an interval, as a rule judges them. Throws as `pulse`. */
  readings(touchpoint: string, window: Window): Readings {
    return readings(this.#count(this.#spots.named(touchpoint), window))
  }

  /** Since when it has been bad, step by step (see `firstMinute`); nothing may be absorbed in between. */
  firstMinute(
    touchpoint: string,
    window: Window,
    isBad: (figures: Figures) => boolean | null,
  ): Generator<void, number | null> {
    return firstMinute(this.#spots, touchpoint, window, this.#clock, isBad)
  }

  /** Index of the first 15 min slice that a partition still keeps. */
  firstQuarter(partition: number): number {
    return firstKept(this.#spots.mirrors[partition]?.clock ?? 0)
  }

  /** Adds what a touchpoint counted in a partition in each 15 min slice still kept. Throws as `pulse`. */
  addQuarters(touchpoint: string, partition: number, talliesOf: TalliesOf): void {
    addQuarters(this.#spots, touchpoint, partition, talliesOf)
  }

  totals(): EventTotals {
    const sum: EventTotals = { accepted: 0, duplicates: 0, lost: 0, late: 0, tooLate: 0, rejected: 0, bots: 0 }
    for (const { totals } of this.#spots.mirrors)
      for (const key in sum) sum[key as keyof EventTotals] += totals[key as keyof EventTotals]
    return sum
  }

  journey(window: Window, now: number): Journey {
    return {
      clock: this.#clock,
      window,
      events: this.totals(),
      pulses: [...this.#spots.touchpoints.keys()].sort(byName).map(name => this.pulse(name, window, now)),
      transitions: this.#transitions(window),
    }
  }

  /** What a pulse doesn't say, step by step; nothing may be absorbed in between. Throws as `pulse`. */
  detail(touchpoint: string, window: Window): Generator<void, Detail> {
    return detail(this.#spots, touchpoint, window, this.#clock)
  }

  /** The touchpoints of a roll-up, or the touchpoint itself. Throws as `pulse`. */
  members(name: string): string[] {
    return [...(this.#spots.named(name).members ?? [{ name }])].map(({ name }) => name)
  }

  /** The newest comments of a touchpoint, newest first; none where too few stand behind it (N23). */
  voices(touchpoint: string): Omit<Voice, 'id'>[] {
    return this.spoken(touchpoint).map(spoken => ({ touchpoint, ...voiceOf(spoken) }))
  }

  /** The same, with who said it. */
  spoken(touchpoint: string): readonly Spoken[] {
    const comments = this.#comments(this.#spots.named(touchpoint))
    return comments?.isShown === true ? comments.shown() : []
  }

  /** Of every touchpoint that has some, those that are held back too. */
  *comments(): Generator<Comments> {
    for (const spot of this.#spots.touchpoints.values()) {
      const comments = this.#comments(spot)
      if (comments !== null) yield comments
    }
  }

  /** Partitions that something was heard of. */
  get heardPartitions(): ReadonlySet<number> {
    return new Set(this.#spots.mirrors.flatMap(({ at }, partition) => (at > 0 ? [partition] : [])))
  }

  /** What nudges did at a touchpoint. Throws as `pulse`. */
  nudged(touchpoint: string, window: Window): Nudged {
    return nudgesAt(this.#spots, this.#spots.named(touchpoint), rangeOf(window, this.#clock))
  }

  #comments(spot: Spot): Comments | null {
    const isShown = spot.quorums[Audience.all].holds(sinceOf(null))
    return commentsAt(this.#spots.mirrors, spot, isShown, this.#clock)
  }

  #transitions(window: Window): Journey['transitions'] {
    const spots = [...this.#spots.touchpoints.values()].sort((a, b) => byName(a.name, b.name))
    return spots.flatMap(spot =>
      [...transitionsFrom(this.#spots, spot, window, this.#clock)]
        .sort(([a], [b]) => byName(a, b))
        .map(([to, n]) => ({ from: spot.name, to, n })),
    )
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
        this.#spots.eachPage(spot, (mirror, page) => before.addPage(mirror, page, baselineRange))
        before.close()
        addBaseline(baseline, baselineSums(before))
      }
      this.#spots.eachPage(spot, (mirror, page) => sums.addPage(mirror, page, range))
    }
    sums.close()
    const since = sinceOf(range)
    const [all, answerers] = spot.crowds
    const [backers, answerersBackers] = spot.quorums
    const counted: Counted = {
      stamp: spot.stamp,
      last,
      baselineLast,
      sums,
      baseline,
      visitors: all.count(since),
      answerers: answerers.count(since),
      backed: backers.holds(since),
      answerersBacked: answerersBackers.holds(since),
      heard: spot.answered.heard(since),
    }
    spot.counted.set(window, counted)
    return counted
  }

  #baselines(spot: Spot, window: Window, counted: Counted): Baselines {
    const none: Baselines = { dropOff: null, sentiment: null, friction: null }
    if (baselineOf(window, this.#clock) === null) return none
    const whole = this.#count(this.#spots.journey, window).baseline
    const stage = this.#stageOf(spot)
    const middle = stage === undefined ? null : this.#count(stage, window).baseline
    const own = spot.name === JOURNEY ? null : counted.baseline
    const figure = (
      x: 'dropped' | 'troubled' | 'score',
      n: 'resolved' | 'entered' | 'answers',
      parts = 1,
    ): number | null => {
      if (whole[n] === 0) return null
      const journey = whole[x] / (parts * whole[n])
      const toward = middle === null ? journey : shrunk(middle[x] / parts, middle[n], journey)
      return own === null ? journey : shrunk(own[x] / parts, own[n], toward)
    }
    return {
      dropOff: figure('dropped', 'resolved'),
      sentiment: figure('score', 'answers', SCORE_PARTS),
      friction: figure('troubled', 'entered'),
    }
  }
}
