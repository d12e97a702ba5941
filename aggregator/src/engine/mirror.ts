import type { EventTotals } from '@pulssi/protocol/client'
import { Answered } from './answered.js'
import { Ledger, type Page } from './ledger.js'
import { type NameList, type PartialHead, type PartialSink, partialSteps } from './partial.js'
import type { PageHeader } from './sections.js'
import type { Audience } from './state.js'
import type { Spoken } from './voices.js'

export interface MirrorListener {
  /** Something of a touchpoint changed. */
  changed(name: string, place: number): void
  /** A touchpoint has no such place any more. */
  gone(name: string, place: number): void
  seen(name: string, place: number, audience: Audience, hi: number, lo: number, time: number): void
  rank(name: string, place: number, audience: Audience, register: number, rank: number, time: number): void
  backed(name: string, place: number, audience: Audience, hi: number, lo: number, time: number): void
  /** So many more answers of a voice in a slice. */
  answered(name: string, place: number, hi: number, lo: number, time: number, value: number, more: number): void
  erased(hi: number, lo: number, byHi: number, byLo: number): void
  /** Of who was seen so far some should be there no more, and nobody knows who. */
  missed(): void
  /** An EngineConfig as JSON. */
  configured(config: string): void
}

type Names = Record<NameList, string[]>
const LISTS = ['touchpoints', 'channels', 'signals', 'reasons'] as const

const NOTHING_KEYS = new Uint16Array(0)
const NOTHING_COUNTS = new Int32Array(0)

const sameHeader = (page: Page, header: PageHeader): boolean =>
  page.listed === header.listed &&
  page.active === header.active &&
  page.channels === header.channels &&
  page.successors === header.successors

/**
 * One partition's aggregate as its partials tell it. A whole one leaves it as if it were the first, whatever was missed
 * before; only what differs counts as changed.
 */
export class Mirror implements PartialSink {
  clock = 0
  dataClock = false
  /** When the partition was last heard of, ms since 1970 by the reader's clock; 0: never. */
  at = 0
  totals: EventTotals = { accepted: 0, duplicates: 0, lost: 0, late: 0, tooLate: 0, rejected: 0, bots: 0 }
  readonly names: Names = { touchpoints: [], channels: [], signals: [], reasons: [] }
  ledger = new Ledger()
  /** The newest comments of each touchpoint. */
  readonly voices: (readonly Spoken[])[] = []
  /** Who answered at each touchpoint, as far as it was told. */
  readonly #answered: Answered[] = []
  readonly #listener: MirrorListener
  #isWhole = false
  #toldNames = { touchpoints: 0, channels: 0, signals: 0, reasons: 0 }
  #page: Page | null = null
  #touchpoint = 0
  #isChanged = false
  readonly #toldSpans = new Set<number>()
  /** As far as they are taken out here; null: nothing was told yet. */
  #erasures: number | null = null
  /** Of the erasures that follow: how many are known already. */
  #knownErasures = 0

  constructor(listener: MirrorListener) {
    this.#listener = listener
  }

  /** Throws where the partial goes on from what was missed; whatever it left behind, the next whole one mends. */
  *absorb(partial: Uint8Array, now: number): Generator<void> {
    yield* partialSteps(partial, this)
    this.at = now
  }

  /** Whether the partial that was taken in last was a whole one. */
  get isWhole(): boolean {
    return this.#isWhole
  }

  head({ clock, dataClock, totals, isWhole }: PartialHead): void {
    this.clock = clock
    this.dataClock = dataClock
    this.totals = totals
    this.#isWhole = isWhole
    this.#toldNames = { touchpoints: 0, channels: 0, signals: 0, reasons: 0 }
  }

  config(config: string): void {
    this.#listener.configured(config)
  }

  name(list: keyof Names, place: number, name: string): void {
    const names = this.names[list]
    if (place > names.length) throw new RangeError(`a partial goes on at name ${place} of ${names.length}`)
    if (place < names.length && names[place] !== name) this.#beginAnew()
    names[place] = name
    this.#toldNames[list] = place + 1
  }

  page(touchpoint: number, header: PageHeader): void {
    const { length } = this.names.touchpoints
    if (touchpoint >= length) throw new RangeError(`a partial goes on at touchpoint ${touchpoint} of ${length}`)
    const page = this.ledger.page(touchpoint)
    this.#isChanged = !this.#isWhole || !sameHeader(page, header)
    this.#page = Object.assign(page, header)
    this.#touchpoint = touchpoint
    this.#toldSpans.clear()
  }

  span(place: number, index: number, keys: Uint16Array, counts: Int32Array, n: number): void {
    if (this.ledger.set(this.#page as Page, place, index, keys, counts, n)) this.#isChanged = true
    if (this.#isWhole) this.#toldSpans.add(place)
  }

  pageEnd(): void {
    const page = this.#page as Page
    if (this.#isWhole) {
      for (let place = 0; place < page.length.length; place++) {
        if (page.length[place] === 0 || this.#toldSpans.has(place)) continue
        this.ledger.set(page, place, page.index[place] as number, NOTHING_KEYS, NOTHING_COUNTS, 0)
        this.#isChanged = true
      }
    }
    if (this.#isChanged) this.#listener.changed(this.names.touchpoints[this.#touchpoint] as string, this.#touchpoint)
  }

  pagesEnd(): void {
    if (!this.#isWhole) return
    const { touchpoints } = this.#toldNames
    const gone = this.names.touchpoints.slice(touchpoints)
    for (const [i, name] of gone.entries()) this.#listener.gone(name, touchpoints + i)
    for (const list of LISTS) this.names[list].length = this.#toldNames[list]
    this.ledger.pages.length = Math.min(this.ledger.pages.length, touchpoints)
    if (gone.length > 0) this.#listener.missed()
  }

  erasures(count: number, told: number): void {
    const known = Math.min(this.#erasures ?? count, count)
    const isMissing = count - told > known
    if (isMissing) this.#listener.missed()
    this.#knownErasures = isMissing ? told : told - (count - known)
    this.#erasures = count
  }

  erased(hi: number, lo: number, byHi: number, byLo: number): void {
    if (this.#knownErasures > 0) this.#knownErasures--
    else this.#erase(hi, lo, byHi, byLo)
  }

  #erase(hi: number, lo: number, byHi: number, byLo: number): void {
    for (const answered of this.#answered) answered?.replace(hi, lo, byHi, byLo)
    this.#listener.erased(hi, lo, byHi, byLo)
  }

  seen(touchpoint: number, audience: Audience, hi: number, lo: number, time: number): void {
    this.#listener.seen(this.names.touchpoints[touchpoint] as string, touchpoint, audience, hi, lo, time)
  }

  backed(touchpoint: number, audience: Audience, hi: number, lo: number, time: number): void {
    this.#listener.backed(this.names.touchpoints[touchpoint] as string, touchpoint, audience, hi, lo, time)
  }

  answered(touchpoint: number, hi: number, lo: number, time: number, value: number, n: number): void {
    const answered = this.#answered[touchpoint] ?? new Answered()
    this.#answered[touchpoint] = answered
    const more = answered.raise(hi, lo, time, value, n)
    const name = this.names.touchpoints[touchpoint] as string
    if (more > 0) this.#listener.answered(name, touchpoint, hi, lo, time, value, more)
  }

  /** Nobody is known to have answered, until it is told again. */
  forgetAnswered(): void {
    this.#answered.length = 0
  }

  spoken(touchpoint: number, list: readonly Spoken[]): void {
    this.voices[touchpoint] = list
  }

  rank(touchpoint: number, audience: Audience, register: number, rank: number, time: number): void {
    this.#listener.rank(this.names.touchpoints[touchpoint] as string, touchpoint, audience, register, rank, time)
  }

  /** Numbers have other names: the partition's log is another one than before. */
  #beginAnew(): void {
    for (const [place, name] of this.names.touchpoints.entries()) this.#listener.gone(name, place)
    this.ledger = new Ledger()
    this.voices.length = 0
    this.#erasures = null
    this.#listener.missed()
  }
}
