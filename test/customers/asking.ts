import { type EngineConfig, readSayingId, type Saying, View } from '@pulssi/aggregator/engine'
import { ASK_FORMS, ASK_RESULTS, Kind, type Pulse, SCALES, type Window } from '@pulssi/protocol/client'
import { chances, figuresOf } from '../../aggregator/src/asks/policy.js'
import { type Answer, answerOf, Customers, levelOf, THINKS_MS } from './customers.js'
import { HOUR_MS, MINUTE_MS } from './limits.js'
import type { Heard } from './policies.js'
import { type Faults, System } from './system.js'
import type { Visit, World } from './world.js'

const START = Date.UTC(2026, 0, 5, 9)
const CSAT = ASK_FORMS.indexOf('csat')
const CSAT_SCALE = SCALES.indexOf('csat')
const SHOWN = ASK_RESULTS.indexOf('shown')
const DISMISSED = ASK_RESULTS.indexOf('dismissed')
/** What holds of the time between two policies before figures are judged, when nobody looks. */
const UNHURRIED = 5

export interface AskingOptions {
  readonly partitions: number
  /** From one policy to the next. */
  readonly policyMs: number
  readonly budget?: EngineConfig['budget']
  readonly faults?: Faults
  /** Hears what is put, linked and told, as an auditor at the door would. */
  readonly witness?: Witness
  /** Sees all `1h` pulses at each of its times. */
  readonly look?: { readonly everyMs: number; readonly at: (atMs: number, pulses: readonly Pulse[]) => void }
}

export interface Witness {
  put(at: number, visitor: string, id: string): void
  linked(at: number, visitor: string, customer: string): void
  came(at: number, visitor: string): void
  answered(at: number, visitor: string): void
  dismissed(at: number, visitor: string): void
}

interface Plan {
  readonly at: number
  readonly act: () => void
}

export const nameOf = (touchpoint: number): string => `t${touchpoint}`
export const placeOf = (name: string): number => Number(name.slice(1))
const visitorOf = ({ person, device }: Visit): string => `p${person}.${device}`

/** Both words of a hash but its last bits: in 52 bits of a number no two visitors of a run meet. */
const keyOf = ([hi, lo]: readonly [number, number]): number => hi * 2 ** 20 + (lo >>> 12)

/** Pulssi's own engine, view and policy, asked and answered in a world. */
export class AskingRun {
  readonly answers: Answer[] = []
  readonly questions: number[] = []
  readonly system: System
  readonly #world: World
  readonly #options: AskingOptions
  readonly #customers: Customers
  readonly #view: View
  /** Chance in force by touchpoint. */
  #chances = new Map<string, number>()
  /** Who is there, by both words of its hash. */
  readonly #there = new Map<number, Visit>()
  /** What visitors are about to do, by time. */
  readonly #soon: Plan[] = []
  readonly #put = new Set<string>()
  #said: Saying[] = []

  constructor(world: World, options: AskingOptions) {
    this.#world = world
    this.#options = options
    this.#customers = new Customers(world)
    this.#view = new View(options.partitions)
    const asks = [{ id: 'mood', touchpoints: ['*'], form: CSAT, options: 0, reason: false, trigger: 'sample' as const }]
    const config = {
      asks: asks.map(ask => ({ ...ask, dwellMs: 0, signals: [], validMs: 10 * MINUTE_MS })),
      ...(options.budget && { budget: options.budget }),
    }
    const hear = (said: Saying) => this.#said.push(said)
    this.system = new System(config, options.partitions, START, hear, options.faults ?? null)
  }

  run(): Heard {
    const { look } = this.#options
    let [nextPolicy, nextLook] = [0, look?.everyMs ?? Number.POSITIVE_INFINITY]
    for (const visit of this.#world.visits) {
      for (; nextPolicy <= visit.at; nextPolicy += this.#stepAt(nextPolicy)) {
        this.#actUntil(nextPolicy)
        this.#decide(nextPolicy)
        for (; nextLook <= nextPolicy; nextLook += look?.everyMs ?? 0) look?.at(nextLook, this.pulses('1h'))
      }
      this.#actUntil(visit.at)
      this.#come(visit)
    }
    return { answers: this.answers, questions: this.questions }
  }

  /** Of all touchpoints that were met, as they were at the last policy. */
  pulses(window: Window): Pulse[] {
    return this.#view.select(['t*']).map(name => this.#view.pulse(name, window, this.system.clock))
  }

  #decide(at: number): void {
    this.system.tick(START + at)
    for (const [index, engine] of this.system.engines.entries()) {
      const partial = engine.partial()
      if (partial !== null) this.#view.absorb(index, partial, this.system.clock)
    }
    const made = chances(this.pulses('1h').map(pulse => figuresOf(pulse, { isIncident: false, isWorse: false })))
    this.#chances = new Map(made.map(({ touchpoint, chanceClass }) => [touchpoint, 2 ** -chanceClass]))
    this.system.all(out => out.policy(this.system.clock, this.#stepAt(at) + 1, made))
  }

  #stepAt(at: number): number {
    return this.#options.policyMs * (at < this.#world.judgedFrom - HOUR_MS ? UNHURRIED : 1)
  }

  #actUntil(at: number): void {
    while ((this.#soon[0]?.at ?? Number.POSITIVE_INFINITY) <= at) {
      const next = this.#soon.shift() as Plan
      this.system.clock = START + next.at
      next.act()
      this.#settle(next.at)
    }
  }

  #come(visit: Visit): void {
    const { witness } = this.#options
    const visitor = visitorOf(visit)
    const touchpoint = nameOf(visit.touchpoint)
    this.system.clock = START + visit.at
    this.#there.set(keyOf(this.system.wordsOf(visitor)), visit)
    if (visit.signsIn) {
      const customer = `c${visit.person}`
      const person = this.system
        .wordsOf(customer)
        .map(word => word.toString(16).padStart(8, '0'))
        .join('')
      witness?.linked(visit.at, visitor, customer)
      this.system.tell({ visitor, kind: Kind.link, detail: JSON.stringify({ person }) })
    }
    witness?.came(visit.at, visitor)
    this.system.tell({ visitor, kind: Kind.enter, touchpoint })
    const isAsked = this.#settle(visit.at)
    if (isAsked || !this.#customers.speaks(visit)) return
    this.#later(visit.at, () => {
      this.answers.push(answerOf(visit, null))
      this.system.tell({ visitor, kind: Kind.feedback, touchpoint, a: CSAT_SCALE, b: levelOf(visit) - 1 })
    })
  }

  #later(at: number, act: () => void): void {
    this.#soon.push({ at: at + THINKS_MS, act })
  }

  /** Brings letters, and lets visitors hear what their pages are told. Whether somebody answers. */
  #settle(at: number): boolean {
    this.system.deliver()
    const said = this.#said
    if (said.length === 0) return false
    this.#said = []
    return said.filter(saying => this.#hear(at, saying)).length > 0
  }

  #hear(at: number, { id, visitorHi, visitorLo, touchpoint }: Saying): boolean {
    const visit = this.#there.get(keyOf([visitorHi, visitorLo]))
    if (visit === undefined) throw new Error(`${id} is said to nobody`)
    const visitor = visitorOf(visit)
    const key = `${visitor} ${id}`
    if (readSayingId(id) === null || this.#put.has(key)) return false
    this.#put.add(key)
    this.questions.push(at)
    this.#options.witness?.put(at, visitor, id)
    if (visit.touchpoint !== placeOf(touchpoint)) return false
    const ask = JSON.stringify({ ask: id })
    const tell = (kind: Kind, a: number, b = 0) => this.system.tell({ visitor, kind, touchpoint, a, b, detail: ask })
    tell(Kind.ask, SHOWN)
    const response = this.#customers.ask(visit)
    if (response === 'ignores') return false
    const chance = this.#chances.get(touchpoint) ?? 1
    this.#later(at, () => {
      const [answers, dismisses] = [response === 'answers', response === 'dismisses']
      if (dismisses) {
        this.#options.witness?.dismissed(at + THINKS_MS, visitor)
        tell(Kind.ask, DISMISSED)
      } else if (answers) {
        this.#options.witness?.answered(at + THINKS_MS, visitor)
        this.answers.push(answerOf(visit, chance))
        tell(Kind.feedback, CSAT_SCALE, levelOf(visit) - 1)
      }
    })
    return response === 'answers'
  }
}
