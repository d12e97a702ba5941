import { ByteReader, QUARTER_MS, Tally } from '../engine/index.js'
import { type Steps, stepAt } from './steps.js'

/** Counts by touchpoint or roll-up and step, as they come from here and there. */
export class Gathering {
  readonly steps: Steps
  readonly #tallies: (Tally | undefined)[][]
  /** The names that each touchpoint counts for, by their place in the list. */
  readonly #places = new Map<string, number[]>()
  readonly #lost: boolean[] = []

  /** `membersOf`: the touchpoints of a roll-up, or the touchpoint itself. */
  constructor(names: readonly string[], steps: Steps, membersOf: (name: string) => readonly string[]) {
    this.steps = steps
    this.#tallies = names.map(() => [])
    names.forEach((name, place) => {
      for (const touchpoint of membersOf(name)) {
        const places = this.#places.get(touchpoint) ?? []
        this.#places.set(touchpoint, places)
        places.push(place)
      }
    })
  }

  get touchpoints(): IterableIterator<string> {
    return this.#places.keys()
  }

  wants(touchpoint: string): boolean {
    return this.#places.has(touchpoint)
  }

  /** Where what a touchpoint counted in an hour or slice goes. `at`: any instant of it, ms since 1970. */
  at(touchpoint: string, at: number): Tally[] {
    const step = stepAt(this.steps, at)
    return step < 0 ? [] : (this.#places.get(touchpoint) ?? []).map(place => this.#tally(place, step))
  }

  /** Adds a Tally's bytes. */
  add(touchpoint: string, at: number, counts: Uint8Array): void {
    for (const tally of this.at(touchpoint, at)) tally.read(new ByteReader(counts))
  }

  /** What was counted in [from, to), ms since 1970, can't be known: steps that reach into it have no rows. */
  lose(from: number, to: number): void {
    const { begins, end } = this.steps
    begins.forEach((begin, step) => {
      if (begin < to && (begins[step + 1] ?? end) > from) this.#lost[step] = true
    })
  }

  /** Of one name, by time; a step in which nothing was counted has none. */
  *rows(place: number): Generator<{ from: number; to: number; tally: Tally }> {
    const { begins, end } = this.steps
    for (const [step, from] of begins.entries()) {
      const tally = this.#tallies[place]?.[step]
      if (tally === undefined || tally.isEmpty || this.#lost[step] === true) continue
      yield { from, to: begins[step + 1] ?? end, tally }
    }
  }

  #tally(place: number, step: number): Tally {
    const ofName = this.#tallies[place] as (Tally | undefined)[]
    const known = ofName[step] ?? new Tally()
    ofName[step] = known
    return known
  }
}

/** ms since 1970 at which a 15 min slice begins. */
export const beginOfQuarter = (quarter: number): number => quarter * QUARTER_MS
