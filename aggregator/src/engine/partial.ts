import type { EventTotals } from '@pulssi/protocol/client'
import { ByteReader, ByteWriter } from './bytes.js'
import type { EngineConfig } from './config.js'
import type { Page } from './ledger.js'
import { ERASURE_MEMORY_MS, ERASURES, SCORE_VALUES } from './limits.js'
import { readCrowds, readPage, readSpoken, type SectionSink, writeCrowds, writePage, writeSpoken } from './sections.js'
import { ANSWERED, type Audience, BACKED, type Erasure, JOURNAL_WORDS, type State } from './state.js'

const FORMAT = 5
const Flag = { dataClock: 1, whole: 2 } as const
const TOTALS = ['accepted', 'duplicates', 'lost', 'late', 'tooLate', 'rejected', 'bots'] as const
const NOTHING: readonly number[] = []
/** Entries of a journal that are read in one step. */
const STEP_ENTRIES = 128

export interface PartialHead {
  /** ms since 1970 */
  readonly clock: number
  readonly dataClock: boolean
  readonly totals: EventTotals
  /** What it doesn't say is not there. */
  readonly isWhole: boolean
}

/** Who takes in a partial: an engine that is restored, or a view's mirror of a partition. */
export interface PartialSink extends SectionSink {
  head(head: PartialHead): void
  /** An EngineConfig as JSON. */
  config(config: string): void
  name(list: NameList, place: number, name: string): void
  /** All touchpoints with their counts are told. */
  pagesEnd(): void
  /** So many visitors were erased so far; the newest of them, `told`, follow. */
  erasures(count: number, told: number): void
  /** A visitor was erased: another hash takes its place wherever it was seen. */
  erased(hi: number, lo: number, byHi: number, byLo: number): void
}

/** Touchpoints last: the map gives them channels, which must have their numbers by then. */
const LISTS = ['channels', 'signals', 'reasons', 'touchpoints'] as const
export type NameList = (typeof LISTS)[number]

/**
 * Writes what changed in a state: whole slices (absolute, so that receiving one twice does nothing) and who was seen
 * (a union, likewise). Layout: head, configuration, new names, pages with their changed spans, erasures, journal, whole
 * crowds, comments of the touchpoints where they changed. Erasures are numbered by their count, so that none is taken in
 * twice and a missing one is noticed.
 */
export class PartialWriter {
  readonly #out = new ByteWriter(65_536)
  readonly #named = { touchpoints: 0, channels: 0, signals: 0, reasons: 0 }
  #config: EngineConfig | null = null
  #head = ''
  /** The newest erasures, with the clock at which they were told first. */
  #recent: { readonly clock: number; readonly erasure: Erasure }[] = []

  /** null if nothing changed. The first one is always full. */
  write(state: State, full: boolean): Uint8Array | null {
    const whole = full || this.#config === null
    const { journal } = state
    const head = JSON.stringify([state.clock, state.totals, state.streams.lost, state.erasures])
    const { dirty } = state.ledger
    const isQuiet = dirty.length === 0 && journal.length === 0 && journal.erased.length === 0
    if (!whole && head === this.#head && isQuiet) return null
    this.#head = head
    const touchpoints = whole ? state.ledger.pages.map((_, place) => place) : dirty
    this.#begin(state, whole, touchpoints.length)
    for (const place of touchpoints) writePage(this.#out, state, place, whole)
    const crowds = whole || journal.full
    this.#erased(state, whole)
    this.#journal(state, crowds)
    this.#crowds(state, crowds ? touchpoints : NOTHING)
    // Also where there are none: whoever gets a whole one may still hold what an erased visitor wrote.
    this.#spoken(state, whole ? touchpoints : [...state.voices.changed])
    this.#clear(state)
    return this.#out.take()
  }

  /** A partial that says nothing of any touchpoint. */
  head(state: State): Uint8Array {
    this.#begin(state, true, 0)
    this.#out.f64(state.erasures)
    this.#out.u32(0)
    this.#out.u32(0)
    this.#out.u32(0)
    this.#out.u32(0)
    return this.#out.take()
  }

  #begin(state: State, whole: boolean, touchpoints: number): void {
    const out = this.#out
    const totals = { ...state.totals, lost: state.streams.lost }
    out.u8(FORMAT)
    out.u8((state.dataClock ? Flag.dataClock : 0) | (whole ? Flag.whole : 0))
    out.f64(state.clock)
    for (const name of TOTALS) out.f64(totals[name])
    out.text(whole || state.config !== this.#config ? JSON.stringify(state.config) : '')
    this.#config = state.config
    for (const list of LISTS) this.#names(list, state.places[list].list, whole)
    out.u32(touchpoints)
  }

  #names(list: (typeof LISTS)[number], names: readonly string[], whole: boolean): void {
    const out = this.#out
    const from = whole ? 0 : this.#named[list]
    out.u32(from)
    out.u32(names.length - from)
    for (let place = from; place < names.length; place++) out.text(names[place] as string)
    this.#named[list] = names.length
  }

  #clear(state: State): void {
    const { dirty, pages } = state.ledger
    for (const place of dirty) {
      const page = pages[place] as Page
      page.changed.fill(0)
      page.dirty = false
    }
    dirty.length = 0
    state.voices.changed.clear()
    state.journal.clear()
  }

  #erased({ journal, clock, erasures }: State, whole: boolean): void {
    const since = clock - ERASURE_MEMORY_MS
    const all = [...this.#recent, ...journal.erased.map(erasure => ({ clock, erasure }))]
    this.#recent = all.filter(one => one.clock > since).slice(-ERASURES)
    const told = whole ? this.#recent.map(({ erasure }) => erasure) : journal.erased
    this.#out.f64(erasures)
    this.#out.u32(told.length)
    for (const words of told) for (const word of words) this.#out.i32(word)
  }

  #journal(state: State, skip: boolean): void {
    const words = state.journal.words()
    this.#out.u32(skip ? 0 : words.length / JOURNAL_WORDS)
    if (!skip) this.#out.array(words, 0, words.length)
  }

  #crowds(state: State, touchpoints: readonly number[]): void {
    this.#out.u32(touchpoints.length)
    for (const place of touchpoints) writeCrowds(this.#out, state, place)
  }

  #spoken(state: State, touchpoints: readonly number[]): void {
    this.#out.u32(touchpoints.length)
    for (const place of touchpoints) writeSpoken(this.#out, state, place)
  }
}

export function readPartial(bytes: Uint8Array, sink: PartialSink): void {
  const steps = partialSteps(bytes, sink)
  while (steps.next().done !== true);
}

/** Hands a partial to a sink, piece by piece, for who has other things to do in between. */
export function* partialSteps(bytes: Uint8Array, sink: PartialSink): Generator<void> {
  const input = new ByteReader(bytes)
  const format = input.u8()
  if (format !== FORMAT) throw new Error(`partial of format ${format}, expected ${FORMAT}`)
  const flags = input.u8()
  const clock = input.f64()
  const totals = Object.fromEntries(TOTALS.map(name => [name, input.f64()])) as unknown as EventTotals
  sink.head({ clock, totals, dataClock: (flags & Flag.dataClock) !== 0, isWhole: (flags & Flag.whole) !== 0 })
  const config = input.text()
  if (config !== '') sink.config(config)
  for (const list of LISTS) {
    const from = input.u32()
    const end = from + input.u32()
    for (let place = from; place < end; place++) sink.name(list, place, input.text())
  }
  for (let left = input.u32(); left > 0; left--) yield readPage(input, sink)
  sink.pagesEnd()
  const erasures = input.f64()
  const erased = input.u32()
  sink.erasures(erasures, erased)
  for (let left = erased; left > 0; left--) {
    yield sink.erased(input.i32(), input.i32(), input.i32(), input.i32())
  }
  for (let left = input.u32(); left > 0; left -= STEP_ENTRIES)
    yield readJournal(input, sink, Math.min(left, STEP_ENTRIES))
  for (let left = input.u32(); left > 0; left--) yield readCrowds(input, sink, format)
  for (let left = input.u32(); left > 0; left--) yield readSpoken(input, sink)
}

function readJournal(input: ByteReader, sink: PartialSink, entries: number): void {
  for (let left = entries; left > 0; left--) {
    const place = input.i32()
    const audience = input.i32()
    const [hi, lo, time] = [input.i32(), input.i32(), input.i32()]
    if (audience < BACKED) sink.seen(place, audience as Audience, hi, lo, time)
    else if (audience < ANSWERED) sink.backed(place, (audience - BACKED) as Audience, hi, lo, time)
    else {
      const packed = audience - ANSWERED
      sink.answered(place, hi, lo, time, packed % SCORE_VALUES, Math.floor(packed / SCORE_VALUES))
    }
  }
}
