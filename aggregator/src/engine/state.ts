import type { EventTotals } from '@pulssi/protocol/client'
import { DEFAULT_CONFIG, type EngineConfig } from './config.js'
import { Crowd } from './crowd.js'
import { Ledger } from './ledger.js'
import { Places } from './places.js'
import { Streams } from './streams.js'
import { Visitors } from './visitors.js'

/** Changes of crowds that a partial carries one by one. Beyond, it carries the whole crowds of changed touchpoints. */
const JOURNAL_ENTRIES = 65_536
export const JOURNAL_WORDS = 5
export const Audience = { all: 0, answerers: 1 } as const
export type Audience = (typeof Audience)[keyof typeof Audience]

/** Who was seen newly or again since the last partial: place, audience, hash, time. */
export class Journal {
  #words = new Int32Array(64 * JOURNAL_WORDS)
  length = 0
  full = false

  note(place: number, audience: Audience, hi: number, lo: number, time: number): void {
    if (this.length === this.#words.length && !this.#grow()) return
    const words = this.#words
    words[this.length] = place
    words[this.length + 1] = audience
    words[this.length + 2] = hi
    words[this.length + 3] = lo
    words[this.length + 4] = time
    this.length += JOURNAL_WORDS
  }

  words(): Int32Array {
    return this.#words.subarray(0, this.length)
  }

  clear(): void {
    this.length = 0
    this.full = false
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
  key: readonly [number, number] = [0, 0]
  config: EngineConfig = DEFAULT_CONFIG
  readonly totals: EventTotals = { accepted: 0, duplicates: 0, lost: 0, late: 0, tooLate: 0, rejected: 0, bots: 0 }
  readonly places = new Places(DEFAULT_CONFIG)
  readonly ledger = new Ledger()
  readonly visitors = new Visitors()
  readonly streams = new Streams()
  /** Distinct visitors by touchpoint, for both audiences; a touchpoint without answers has no answerers. */
  readonly crowds: [Crowd[], Crowd[]] = [[], []]
  readonly journal = new Journal()

  configure(config: EngineConfig): void {
    this.config = config
    this.places.configure(config)
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

  /** A visitor was seen at a touchpoint in a 5 s slice. */
  seen(audience: Audience, place: number, hi: number, lo: number, slice: number): void {
    if (!this.crowd(audience, place).add(hi, lo, slice)) return
    this.journal.note(place, audience, hi, lo, slice)
    // Where the journal overflows, the crowds of the touchpoints marked here are sent whole.
    this.ledger.touch(place, this.ledger.page(place))
  }

  /** An accepted event named a touchpoint, on a channel. */
  list(place: number, channel: number): void {
    const page = this.ledger.page(place)
    const channels = page.channels | (1 << channel)
    if (page.listed && page.channels === channels) return
    page.listed = true
    page.channels = channels
    this.ledger.touch(place, page)
  }
}
