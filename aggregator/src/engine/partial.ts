import type { EventTotals } from '@pulssi/protocol/client'
import { ByteReader, ByteWriter } from './bytes.js'
import type { EngineConfig } from './config.js'
import type { Page } from './ledger.js'
import { CELL_KEYS } from './limits.js'
import { Audience, JOURNAL_WORDS, type State } from './state.js'

const FORMAT = 1
const TOTALS = ['accepted', 'duplicates', 'lost', 'late', 'tooLate', 'rejected', 'bots'] as const

export interface PageHeader {
  listed: boolean
  active: number
  channels: number
  successors: number
}

/** Who takes in a partial: an engine that is restored, or a view's mirror of a partition. */
export interface PartialSink {
  head(clock: number, dataClock: boolean, totals: EventTotals): void
  config(config: EngineConfig): void
  name(list: 'touchpoints' | 'channels' | 'signals', place: number, name: string): void
  page(touchpoint: number, header: PageHeader): void
  /** Replaces a slice (or the total) of the page last named. */
  span(place: number, index: number, keys: Uint16Array, counts: Int32Array, n: number): void
  seen(touchpoint: number, audience: Audience, hi: number, lo: number, time: number): void
  rank(touchpoint: number, audience: Audience, register: number, rank: number, time: number): void
}

/** Touchpoints last: the map gives them channels, which must have their numbers by then. */
const LISTS = ['channels', 'signals', 'touchpoints'] as const

/**
 * Writes what changed in a state: whole slices (absolute, so that receiving one twice does nothing) and who was seen
 * (a union, likewise). Layout: head, configuration, new names, pages with their changed spans, journal, whole crowds.
 */
export class PartialWriter {
  readonly #out = new ByteWriter(65_536)
  readonly #named = { touchpoints: 0, channels: 0, signals: 0 }
  #config: EngineConfig | null = null
  #head = ''
  readonly #keeps: boolean

  /** `keeps`: the state's marks of change stay, for another writer (an image is taken in between). */
  constructor(keeps = false) {
    this.#keeps = keeps
  }

  /** null if nothing changed. The first one is always full. */
  write(state: State, full: boolean): Uint8Array | null {
    const whole = full || this.#config === null
    const totals = { ...state.totals, lost: state.streams.lost }
    const head = JSON.stringify([state.clock, totals])
    const { dirty } = state.ledger
    if (!whole && head === this.#head && dirty.length === 0 && state.journal.length === 0) return null
    this.#head = head
    const out = this.#out
    out.u8(FORMAT)
    out.u8(state.dataClock ? 1 : 0)
    out.f64(state.clock)
    for (const name of TOTALS) out.f64(totals[name])
    out.text(whole || state.config !== this.#config ? JSON.stringify(state.config) : '')
    this.#config = state.config
    for (const list of LISTS) this.#names(list, state.places[list].list, whole)
    const touchpoints = whole ? state.ledger.pages.map((_, place) => place) : dirty
    out.u32(touchpoints.length)
    for (const place of touchpoints) this.#page(state, place, whole)
    const crowds = whole || state.journal.full
    this.#journal(state, crowds)
    this.#crowds(state, crowds ? touchpoints : [])
    if (!this.#keeps) this.#clear(state)
    return out.take()
  }

  #names(list: (typeof LISTS)[number], names: readonly string[], whole: boolean): void {
    const out = this.#out
    const from = whole ? 0 : this.#named[list]
    out.u32(from)
    out.u32(names.length - from)
    for (let place = from; place < names.length; place++) out.text(names[place] as string)
    this.#named[list] = names.length
  }

  #page(state: State, place: number, whole: boolean): void {
    const out = this.#out
    const page = state.ledger.pages[place] as Page
    out.u16(place)
    out.u8(page.listed ? 1 : 0)
    out.i32(page.active)
    out.i32(page.channels)
    out.u16(page.successors)
    const countAt = out.length
    out.u16(0)
    let spans = 0
    for (let i = 0; i < page.changed.length; i++) {
      if (whole ? page.length[i] === 0 && page.changed[i] === 0 : page.changed[i] === 0) continue
      this.#span(state, page, i)
      spans++
    }
    out.setU16(countAt, spans)
  }

  #clear(state: State): void {
    const { dirty, pages } = state.ledger
    for (const place of dirty) {
      const page = pages[place] as Page
      page.changed.fill(0)
      page.dirty = false
    }
    dirty.length = 0
    state.journal.clear()
  }

  #span(state: State, page: Page, place: number): void {
    const out = this.#out
    const offset = page.offset[place] as number
    const length = page.length[place] as number
    out.u16(place)
    out.i32(page.index[place] as number)
    out.u16(length)
    if (length === 0) return
    const keys = state.ledger.spans.keys(offset)
    const counts = state.ledger.spans.counts(offset)
    const first = offset & 0xffff
    for (let i = first; i < first + length; i++) out.u16(keys[i] as number)
    for (let i = first; i < first + length; i++) out.i32(counts[i] as number)
  }

  #journal(state: State, skip: boolean): void {
    const words = state.journal.words()
    this.#out.u32(skip ? 0 : words.length / JOURNAL_WORDS)
    if (!skip) for (const word of words) this.#out.i32(word)
  }

  #crowds(state: State, touchpoints: readonly number[]): void {
    const out = this.#out
    const countAt = out.length
    let crowds = 0
    out.u32(0)
    for (const place of touchpoints) {
      for (const audience of [Audience.all, Audience.answerers]) {
        const crowd = state.crowds[audience][place]
        if (crowd === undefined) continue
        crowds++
        out.u16(place)
        out.u8(audience)
        const membersAt = out.length
        let n = 0
        out.u32(0)
        crowd.each((hi, lo, time) => {
          n++
          out.i32(hi)
          out.i32(lo)
          out.i32(time)
        })
        out.setU32(membersAt, n)
        const ranksAt = out.length
        n = 0
        out.u32(0)
        crowd.eachRank((register, rank, time) => {
          n++
          out.u16(register)
          out.u8(rank)
          out.i32(time)
        })
        out.setU32(ranksAt, n)
      }
    }
    out.setU32(countAt, crowds)
  }
}

const keys = new Uint16Array(CELL_KEYS)
const counts = new Int32Array(CELL_KEYS)

export function readPartial(bytes: Uint8Array, sink: PartialSink): void {
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
  for (let left = input.u32(); left > 0; left--) readPage(input, sink)
  for (let left = input.u32(); left > 0; left--) {
    sink.seen(input.i32(), input.i32() as Audience, input.i32(), input.i32(), input.i32())
  }
  for (let left = input.u32(); left > 0; left--) {
    const place = input.u16()
    const audience = input.u8() as Audience
    for (let n = input.u32(); n > 0; n--) sink.seen(place, audience, input.i32(), input.i32(), input.i32())
    for (let n = input.u32(); n > 0; n--) sink.rank(place, audience, input.u16(), input.u8(), input.i32())
  }
}

function readPage(input: ByteReader, sink: PartialSink): void {
  const place = input.u16()
  const header = { listed: input.u8() === 1, active: input.i32(), channels: input.i32(), successors: input.u16() }
  sink.page(place, header)
  for (let spans = input.u16(); spans > 0; spans--) {
    const at = input.u16()
    const index = input.i32()
    const length = input.u16()
    for (let i = 0; i < length; i++) keys[i] = input.u16()
    for (let i = 0; i < length; i++) counts[i] = input.i32()
    sink.span(at, index, keys, counts, length)
  }
}
