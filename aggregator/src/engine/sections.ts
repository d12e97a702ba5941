import type { ByteReader, ByteWriter } from './bytes.js'
import { LAST_SLOTS } from './crowd.js'
import type { Page } from './ledger.js'
import { CELL_KEYS, SCORE_VALUES } from './limits.js'
import { SKETCH_PAIRS } from './sketch.js'
import { Audience, type State } from './state.js'
import { newestSpoken, readVoices, type Spoken, writeVoices } from './voices.js'

/** What is said of a touchpoint beside its counts. */
export interface PageHeader {
  listed: boolean
  active: number
  channels: number
  successors: number
}

/** Who takes in sections: an engine that is restored, or a view's mirror of a partition. */
export interface SectionSink {
  page(touchpoint: number, header: PageHeader): void
  /** Replaces a slice (or the total) of the page last named. */
  span(place: number, index: number, keys: Uint16Array, counts: Int32Array, n: number): void
  /** All spans of the page are told. */
  pageEnd(): void
  seen(touchpoint: number, audience: Audience, hi: number, lo: number, time: number): void
  backed(touchpoint: number, audience: Audience, hi: number, lo: number, time: number): void
  rank(touchpoint: number, audience: Audience, register: number, rank: number, time: number): void
  /** How often a voice gave an answer of a score in a 5 s slice, all in all. */
  answered(touchpoint: number, hi: number, lo: number, time: number, value: number, n: number): void
  /** Replaces all comments of a touchpoint. */
  spoken(touchpoint: number, list: readonly Spoken[]): void
}

const MEMBER_WORDS = 3
const RANK_WORDS = 2
const RANK_BITS = 8
/** The format of partials and images since which they tell who answered what. */
const ANSWERED_SINCE = 5
const AUDIENCES = [Audience.all, Audience.answerers] as const

/** A touchpoint's counts: all spans that hold something, or those that changed since the last partial. */
export function writePage(out: ByteWriter, state: State, place: number, whole: boolean): void {
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
    if (whole ? page.length[i] === 0 : page.changed[i] === 0) continue
    writeSpan(out, state, page, i)
    spans++
  }
  out.setU16(countAt, spans)
}

function writeSpan(out: ByteWriter, state: State, page: Page, place: number): void {
  const offset = page.offset[place] as number
  const length = page.length[place] as number
  out.u16(place)
  out.i32(page.index[place] as number)
  out.u16(length)
  if (length === 0) return
  const first = offset & 0xffff
  out.array(state.ledger.spans.keys(offset), first, length)
  out.array(state.ledger.spans.counts(offset), first, length)
}

const keys = new Uint16Array(CELL_KEYS)
const counts = new Int32Array(CELL_KEYS)

export function readPage(input: ByteReader, sink: SectionSink): void {
  const place = input.u16()
  const header = { listed: input.u8() === 1, active: input.i32(), channels: input.i32(), successors: input.u16() }
  sink.page(place, header)
  for (let spans = input.u16(); spans > 0; spans--) {
    const at = input.u16()
    const index = input.i32()
    const length = input.u16()
    input.array(keys, length)
    input.array(counts, length)
    sink.span(at, index, keys, counts, length)
  }
  sink.pageEnd()
}

const members = new Int32Array(LAST_SLOTS * MEMBER_WORDS)
const ranks = new Int32Array(SKETCH_PAIRS * RANK_WORDS)

/** Who was seen at a touchpoint, and who backs them. */
export function writeCrowds(out: ByteWriter, state: State, place: number): void {
  out.u16(place)
  for (const audience of AUDIENCES) {
    const crowd = state.crowds[audience][place]
    let n = 0
    const member = (hi: number, lo: number, time: number): void => {
      members[n++] = hi
      members[n++] = lo
      members[n++] = time
    }
    crowd?.each(member)
    out.u32(n / MEMBER_WORDS)
    out.array(members, 0, n)
    n = 0
    crowd?.eachRank((register, rank, time) => {
      ranks[n++] = (register << RANK_BITS) | rank
      ranks[n++] = time
    })
    out.u32(n / RANK_WORDS)
    out.array(ranks, 0, n)
    n = 0
    state.quorums[place]?.[audience].each(member)
    out.u32(n / MEMBER_WORDS)
    out.array(members, 0, n)
  }
  writeAnswered(out, state, place)
}

function writeAnswered(out: ByteWriter, state: State, place: number): void {
  const countAt = out.length
  let count = 0
  out.u32(0)
  state.answers[place]?.each((hi, lo, time, value, n) => {
    for (const word of [hi, lo, time, n * SCORE_VALUES + value]) out.i32(word)
    count++
  })
  out.setU32(countAt, count)
}

export function readCrowds(input: ByteReader, sink: SectionSink, format: number): void {
  const place = input.u16()
  for (const audience of AUDIENCES) {
    readMembers(input, (hi, lo, time) => sink.seen(place, audience, hi, lo, time))
    const n = input.u32() * RANK_WORDS
    input.array(ranks, n)
    for (let i = 0; i < n; i += RANK_WORDS) {
      const word = ranks[i] as number
      sink.rank(place, audience, word >>> RANK_BITS, word & ((1 << RANK_BITS) - 1), ranks[i + 1] as number)
    }
    readMembers(input, (hi, lo, time) => sink.backed(place, audience, hi, lo, time))
  }
  if (format < ANSWERED_SINCE) return
  for (let left = input.u32(); left > 0; left--) {
    const [hi, lo, time, packed] = [input.i32(), input.i32(), input.i32(), input.i32()]
    sink.answered(place, hi, lo, time, packed % SCORE_VALUES, Math.floor(packed / SCORE_VALUES))
  }
}

function readMembers(input: ByteReader, take: (hi: number, lo: number, time: number) => void): void {
  const n = input.u32() * MEMBER_WORDS
  input.array(members, n)
  for (let i = 0; i < n; i += MEMBER_WORDS)
    take(members[i] as number, members[i + 1] as number, members[i + 2] as number)
}

/** The comments of a touchpoint. */
export function writeSpoken(out: ByteWriter, state: State, place: number): void {
  out.u16(place)
  writeVoices(out, newestSpoken([state.voices.at(place)], state.clock))
}

export function readSpoken(input: ByteReader, sink: SectionSink): void {
  sink.spoken(input.u16(), readVoices(input))
}
