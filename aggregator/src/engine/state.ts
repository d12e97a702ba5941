import type { EventTotals } from '@pulssi/protocol/client'
import { Answered } from './answered.js'
import { AskRules } from './ask-rules.js'
import { Chances } from './chances.js'
import { DEFAULT_CONFIG, type EngineConfig } from './config.js'
import { Crowd } from './crowd.js'
import { Ledger } from './ledger.js'
import { SCORE_VALUES } from './limits.js'
import { Outbox } from './outbox.js'
import { People } from './people.js'
import { Places } from './places.js'
import { Quorum } from './quorum.js'
import { REGISTER_REST } from './sketch.js'
import { Streams } from './streams.js'
import { Visitors } from './visitors.js'
import { type Spoken, Voices } from './voices.js'

/** Changes of crowds that a partial carries one by one. Beyond, it carries the whole crowds of changed touchpoints. */
const JOURNAL_ENTRIES = 65_536
export const JOURNAL_WORDS = 5
export const Audience = { all: 0, answerers: 1 } as const
export type Audience = (typeof Audience)[keyof typeof Audience]
/** In a journal, where an audience's number stands: who backs it, not who is in it. */
export const BACKED = 2
/** From here on, in its place: SCORE_VALUES times how often a voice has answered so, and the score. */
export const ANSWERED = 4

/** The hash that went, and the one in its place. */
export type Erasure = readonly [hi: number, lo: number, byHi: number, byLo: number]

/** Who was seen newly or again since the last partial: place, audience, hash, time. */
export class Journal {
  /** Erasures since the last partial. */
  readonly erased: Erasure[] = []
  #words = new Int32Array(64 * JOURNAL_WORDS)
  length = 0
  full = false

  note(place: number, audience: number, hi: number, lo: number, time: number): void {
    if (this.length === this.#words.length && !this.#grow()) return
    const words = this.#words
    words[this.length] = place
    words[this.length + 1] = audience
    words[this.length + 2] = hi
    words[this.length + 3] = lo
    words[this.length + 4] = time
    this.length += JOURNAL_WORDS
  }

  erase(hi: number, lo: number, byHi: number, byLo: number): void {
    const words = this.#words
    for (let at = 0; at < this.length; at += JOURNAL_WORDS) {
      if (words[at + 2] !== (hi | 0) || words[at + 3] !== (lo | 0)) continue
      words[at + 2] = byHi
      words[at + 3] = byLo
    }
    this.erased.push([hi, lo, byHi, byLo])
  }

  words(): Int32Array {
    return this.#words.subarray(0, this.length)
  }

  clear(): void {
    this.length = 0
    this.full = false
    this.erased.length = 0
  }

  #grow(): boolean {
    if (this.length >= JOURNAL_ENTRIES * JOURNAL_WORDS) {
      this.full = true
      return false
    }
    const grown = new Int32Array(this.#words.length * 4)
    grown.set(this.#words)
    this.#words = grown
    return true
  }
}

/** Everything that the log's records have made, in tables. */
export class State {
  /** ms since 1970: the greatest receive time or tick. */
  clock = 0
  dataClock = false
  /** Erasures so far: what they took out is not kept. */
  erasures = 0
  key: readonly [number, number] = [0, 0]
  config: EngineConfig = DEFAULT_CONFIG
  readonly totals: EventTotals = { accepted: 0, duplicates: 0, lost: 0, late: 0, tooLate: 0, rejected: 0, bots: 0 }
  readonly places = new Places(DEFAULT_CONFIG)
  readonly ledger = new Ledger()
  readonly visitors = new Visitors()
  readonly streams = new Streams()
  /** Distinct visitors by touchpoint, for both audiences; a touchpoint without answers has no answerers. */
  readonly crowds: [Crowd[], Crowd[]] = [[], []]
  /** Who backs each crowd; a touchpoint has both, or none. */
  readonly quorums: [Quorum, Quorum][] = []
  /** Who answered what lately; a touchpoint without answers has none. */
  readonly answers: Answered[] = []
  readonly voices = new Voices()
  readonly journal = new Journal()
  readonly people = new People()
  readonly outbox = new Outbox()
  readonly chances = new Chances()
  readonly askRules = new AskRules()
  /** Moments at which a visitor might have been asked, and asks and nudges put, so far. */
  readonly asking = { moments: 0, number: 0 }
  /** The last number that was taken of each partition. */
  readonly toldBy = new Map<number, number>()

  configure(config: EngineConfig): void {
    // Who wrote it may have known of no asks.
    this.config = { ...DEFAULT_CONFIG, ...config }
    this.places.configure(this.config)
    this.askRules.configure(this.config)
    this.ledger.pages.forEach((page, place) => {
      this.ledger.touch(place, page)
    })
  }

  crowd(audience: Audience, place: number): Crowd {
    const crowds = this.crowds[audience]
    const known = crowds[place]
    if (known !== undefined) return known
    const crowd = new Crowd()
    crowds[place] = crowd
    return crowd
  }

  quorum(audience: Audience, place: number): Quorum {
    const known = this.quorums[place]
    if (known !== undefined) return known[audience]
    const made: [Quorum, Quorum] = [new Quorum(), new Quorum()]
    this.quorums[place] = made
    return made[audience]
  }

  /** A visitor was seen at a touchpoint in a 5 s slice. */
  seen(audience: Audience, place: number, hi: number, lo: number, slice: number): void {
    this.ledger.keeper?.(place)
    if (this.crowd(audience, place).add(hi, lo, slice)) this.#note(place, audience, hi, lo, slice)
  }

  /** Who stands behind a visitor that was seen. */
  backed(audience: Audience, place: number, hi: number, lo: number, slice: number): void {
    this.ledger.keeper?.(place)
    if (this.quorum(audience, place).add(hi, lo, slice)) this.#note(place, BACKED + audience, hi, lo, slice)
  }

  answersAt(place: number): Answered {
    const known = this.answers[place] ?? new Answered()
    this.answers[place] = known
    return known
  }

  /** A voice gave an answer at a touchpoint in a 5 s slice. */
  answered(place: number, hi: number, lo: number, slice: number, value: number): void {
    this.ledger.keeper?.(place)
    const n = this.answersAt(place).add(hi, lo, slice, value)
    this.#note(place, ANSWERED + n * SCORE_VALUES + value, hi, lo, slice)
  }

  /**
   * Takes a visitor's hash out of all crowds. Another stands in its place, so that nobody is counted less: it shares
   * with the old one what the sketches hold, its register and its rank, and nothing else.
   */
  unname(hi: number, lo: number, noise: readonly [number, number]): void {
    const [byHi, byLo] = pseudonym(hi, lo, noise)
    this.erasures++
    this.ledger.pages.forEach((page, place) => {
      const holders = [
        this.crowds[0][place],
        this.crowds[1][place],
        ...(this.quorums[place] ?? []),
        this.answers[place],
      ]
      if (!holders.some(holder => holder?.has(hi, lo))) return
      this.ledger.keeper?.(place)
      for (const holder of holders) holder?.replace(hi, lo, byHi, byLo)
      this.ledger.touch(place, page)
    })
    this.voices.erase(hi, lo, place => {
      this.ledger.keeper?.(place)
      this.ledger.touch(place, this.ledger.page(place))
    })
    this.journal.erase(hi, lo, byHi, byLo)
  }

  /** A visitor wrote something. */
  heard(place: number, spoken: Spoken): void {
    this.ledger.keeper?.(place)
    this.voices.add(place, spoken, this.clock)
    this.ledger.touch(place, this.ledger.page(place))
  }

  /** An accepted event named a touchpoint, on a channel. */
  list(place: number, channel: number): void {
    const page = this.ledger.page(place)
    const channels = page.channels | (1 << channel)
    if (page.listed && page.channels === channels) return
    this.ledger.keeper?.(place)
    page.listed = true
    page.channels = channels
    this.ledger.touch(place, page)
  }

  #note(place: number, audience: number, hi: number, lo: number, slice: number): void {
    this.journal.note(place, audience, hi, lo, slice)
    // Where the journal overflows, the crowds of the touchpoints marked here are sent whole.
    this.ledger.touch(place, this.ledger.page(place))
  }
}

/** Random words with the register and the rank of a hash. */
const pseudonym = (hi: number, lo: number, [a, b]: readonly [number, number]): [number, number] => {
  const zeros = Math.clz32(lo)
  const top = zeros === 32 ? 0 : 0x8000_0000 >>> zeros
  return [(hi & ~REGISTER_REST) | (a & REGISTER_REST), top | (b & (top - 1) & (top === 0 ? 0 : -1))]
}
