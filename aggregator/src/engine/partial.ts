import type { EventTotals } from '@pulssi/protocol/client'
import { ByteReader, ByteWriter } from './bytes.js'
import type { EngineConfig } from './config.js'
import type { Page } from './ledger.js'
import { readCrowds, readPage, readSpoken, type SectionSink, writeCrowds, writePage, writeSpoken } from './sections.js'
import { type Audience, BACKED, JOURNAL_WORDS, type State } from './state.js'

const FORMAT = 3
const TOTALS = ['accepted', 'duplicates', 'lost', 'late', 'tooLate', 'rejected', 'bots'] as const
const NOTHING: readonly number[] = []
/** Entries of a journal that are read in one step. */
const STEP_ENTRIES = 128

/** Who takes in a partial: an engine that is restored, or a view's mirror of a partition. */
export interface PartialSink extends SectionSink {
  head(clock: number, dataClock: boolean, totals: EventTotals): void
  config(config: EngineConfig): void
  name(list: 'touchpoints' | 'channels' | 'signals', place: number, name: string): void
  /** A visitor was erased: another hash takes its place wherever it was seen. */
  erased(hi: number, lo: number, byHi: number, byLo: number): void
}

/** Touchpoints last: the map gives them channels, which must have their numbers by then. */
const LISTS = ['channels', 'signals', 'touchpoints'] as const

/**
 * Writes what changed in a state: whole slices (absolute, so that receiving one twice does nothing) and who was seen
 * (a union, likewise). Layout: head, configuration, new names, pages with their changed spans, erasures, journal, whole
 * crowds, comments of the touchpoints where they changed.
 */
export class PartialWriter {
  readonly #out = new ByteWriter(65_536)
  readonly #named = { touchpoints: 0, channels: 0, signals: 0 }
  #config: EngineConfig | null = null
  #head = ''

  /** null if nothing changed. The first one is always full. */
  write(state: State, full: boolean): Uint8Array | null {
    const whole = full || this.#config === null
    const { journal } = state
    const head = JSON.stringify([state.clock, state.totals, state.streams.lost])
    const { dirty } = state.ledger
    const isQuiet = dirty.length === 0 && journal.length === 0 && journal.erased.length === 0
    if (!whole && head === this.#head && isQuiet) return null
    this.#head = head
    const touchpoints = whole ? state.ledger.pages.map((_, place) => place) : dirty
    this.#begin(state, whole, touchpoints.length)
    for (const place of touchpoints) writePage(this.#out, state, place, whole)
    const crowds = whole || journal.full
    this.#erased(state)
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
    out.u8(state.dataClock ? 1 : 0)
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

  #erased({ journal }: State): void {
    this.#out.u32(journal.erased.length)
    for (const words of journal.erased) for (const word of words) this.#out.i32(word)
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
  const dataClock = input.u8() === 1
  const clock = input.f64()
  const totals = Object.fromEntries(TOTALS.map(name => [name, input.f64()])) as unknown as EventTotals
  sink.head(clock, dataClock, totals)
  const config = input.text()
  if (config !== '') sink.config(JSON.parse(config) as EngineConfig)
  for (const list of LISTS) {
    const from = input.u32()
    const end = from + input.u32()
    for (let place = from; place < end; place++) sink.name(list, place, input.text())
  }
  for (let left = input.u32(); left > 0; left--) yield readPage(input, sink)
  for (let left = input.u32(); left > 0; left--) {
    yield sink.erased(input.i32(), input.i32(), input.i32(), input.i32())
  }
  for (let left = input.u32(); left > 0; left -= STEP_ENTRIES)
    yield readJournal(input, sink, Math.min(left, STEP_ENTRIES))
  for (let left = input.u32(); left > 0; left--) yield readCrowds(input, sink)
  for (let left = input.u32(); left > 0; left--) yield readSpoken(input, sink)
}

function readJournal(input: ByteReader, sink: PartialSink, entries: number): void {
  for (let left = entries; left > 0; left--) {
    const place = input.i32()
    const audience = input.i32()
    if (audience < BACKED) sink.seen(place, audience as Audience, input.i32(), input.i32(), input.i32())
    else sink.backed(place, (audience - BACKED) as Audience, input.i32(), input.i32(), input.i32())
  }
}
