import { type AskedState, readAsking } from './asked-state.js'
import { ByteReader, decodeUtf8 } from './bytes.js'
import type { EngineConfig } from './config.js'
import {
  blocksOf,
  HOLE_BLOCK_ROWS,
  IMAGE_FORMAT,
  IMAGE_MAGIC,
  Section,
  STREAM_BLOCK_ROWS,
  VISITOR_BLOCK_ROWS,
} from './imaging.js'
import type { Page } from './ledger.js'
import { type PartialHead, type PartialSink, readPartial } from './partial.js'
import { PEOPLE_BLOCK_ROWS } from './people.js'
import { readCrowds, readPage, readSpoken } from './sections.js'
import type { State } from './state.js'
import { HOLE_WORDS, STREAM_PAGE_ROWS, STREAM_ROW_WORDS, StreamWord } from './streams.js'
import { PAGE_ROWS, ROW_WORDS, Word } from './visitors.js'

const HEAD_BYTES = 36
const SECTION_BYTES = 9
const WORD_BYTES = 4
const HOLES_LEAST = 512
const ASKING_SECTIONS = 1

/** Reads what Imaging wrote into an empty state. Throws on anything else. */
export function readImage(state: State, chunks: Iterable<Uint8Array>): void {
  const input = new Pull(chunks)
  const head = new ByteReader(input.take(HEAD_BYTES))
  if (head.u32() !== IMAGE_MAGIC) throw new Error('not an image of the engine')
  const format = head.u32()
  if (format !== IMAGE_FORMAT) {
    throw new Error(`image of format ${format}, expected ${IMAGE_FORMAT}`)
  }
  state.key = [head.u32(), head.u32()]
  const { visitors, streams } = state
  visitors.extend(head.u32())
  streams.extend(head.u32())
  streams.holeRows = head.u32()
  streams.holes = new Int32Array(Math.max(streams.holeRows * HOLE_WORDS, HOLES_LEAST))
  const touchpoints = head.u32()
  const sink = new Restoring(state)
  const partialBytes = head.u32()
  const people = new ByteReader(input.take(WORD_BYTES)).u32()
  readPartial(input.take(partialBytes), sink)
  const expected =
    touchpoints +
    blocksOf(visitors.rows, VISITOR_BLOCK_ROWS) +
    blocksOf(streams.rows, STREAM_BLOCK_ROWS) +
    blocksOf(streams.holeRows, HOLE_BLOCK_ROWS) +
    blocksOf(people, PEOPLE_BLOCK_ROWS) +
    ASKING_SECTIONS
  const sections = readSections(state, input, sink, format)
  if (sections !== expected) throw new Error(`the image has ${sections} sections of ${expected}`)
  relink(state)
  state.people.index()
}

function readSections(state: State, input: Pull, sink: Restoring, format: number): number {
  const { visitors, streams } = state
  for (let sections = 0; ; sections++) {
    const head = new ByteReader(input.take(SECTION_BYTES))
    const kind = head.u8()
    const index = head.u32()
    const bytes = input.take(head.u32())
    switch (kind) {
      case Section.end:
        return sections
      case Section.touchpoint: {
        const reader = new ByteReader(bytes)
        readPage(reader, sink)
        readCrowds(reader, sink, format)
        readSpoken(reader, sink)
        break
      }
      case Section.visitors: {
        const first = index * VISITOR_BLOCK_ROWS
        put(visitors.words[Math.floor(first / PAGE_ROWS)], (first % PAGE_ROWS) * ROW_WORDS, bytes)
        break
      }
      case Section.streams: {
        const first = index * STREAM_BLOCK_ROWS
        put(streams.words[Math.floor(first / STREAM_PAGE_ROWS)], (first % STREAM_PAGE_ROWS) * STREAM_ROW_WORDS, bytes)
        break
      }
      case Section.holes:
        put(streams.holes, index * HOLE_BLOCK_ROWS * HOLE_WORDS, bytes)
        break
      case Section.people:
        state.people.readBlock(decodeUtf8(bytes, 0, bytes.length), index)
        break
      case Section.asking:
        readAsking(state, JSON.parse(decodeUtf8(bytes, 0, bytes.length)) as AskedState)
        break
      default:
        throw new Error(`the image has a section of unknown kind ${kind}`)
    }
  }
}

function put(words: Int32Array | undefined, at: number, bytes: Uint8Array): void {
  if (words === undefined) throw new Error('the image has rows beyond its last')
  new Uint8Array(words.buffer, words.byteOffset).set(bytes, at * WORD_BYTES)
}

/** Takes what an image says of clock, names and touchpoints into a state. */
class Restoring implements PartialSink {
  readonly #state: State
  #page: Page | null = null

  constructor(state: State) {
    this.#state = state
  }

  head({ clock, dataClock, totals }: PartialHead): void {
    const state = this.#state
    state.clock = clock
    state.dataClock = dataClock
    state.streams.lost = totals.lost
    Object.assign(state.totals, totals, { lost: 0 })
  }

  config(...[config]: Parameters<PartialSink['config']>): void {
    this.#state.configure(JSON.parse(config) as EngineConfig)
  }

  name(...[list, , name]: Parameters<PartialSink['name']>): void {
    const { places } = this.#state
    if (list === 'touchpoints') places.restore(name)
    else places[list].restore(name)
  }

  page(...[touchpoint, header]: Parameters<PartialSink['page']>): void {
    this.#page = Object.assign(this.#state.ledger.page(touchpoint), header)
  }

  span(...[at, index, keys, counts, n]: Parameters<PartialSink['span']>): void {
    this.#state.ledger.set(this.#page as Page, at, index, keys, counts, n)
  }

  seen(...[touchpoint, audience, hi, lo, time]: Parameters<PartialSink['seen']>): void {
    this.#state.crowd(audience, touchpoint).add(hi, lo, time)
  }

  backed(...[touchpoint, audience, hi, lo, time]: Parameters<PartialSink['backed']>): void {
    this.#state.quorum(audience, touchpoint).add(hi, lo, time)
  }

  rank(...[touchpoint, audience, register, rank, time]: Parameters<PartialSink['rank']>): void {
    this.#state.crowd(audience, touchpoint).addRank(register, rank, time)
  }

  answered(...[touchpoint, hi, lo, time, value, n]: Parameters<PartialSink['answered']>): void {
    this.#state.answersAt(touchpoint).raise(hi, lo, time, value, n)
  }

  spoken(...[touchpoint, list]: Parameters<PartialSink['spoken']>): void {
    this.#state.voices.set(touchpoint, list)
  }

  erasures(count: number): void {
    this.#state.erasures = count
  }

  pageEnd(): void {}
  pagesEnd(): void {}
  erased(): void {}
}

/** Rebuilds what the pages don't hold: the index of visitors and the lists of free rows. */
function relink(state: State): void {
  const { visitors, streams } = state
  const used = new Uint8Array(streams.holeRows)
  for (let row = 0; row < visitors.rows; row++) {
    if (visitors.isFree(row)) {
      visitors.release(row)
      continue
    }
    visitors.index(row)
    const words = visitors.page(row)
    for (let at = words[visitors.at(row) + Word.streams] as number; at >= 0; ) {
      const stream = streams.page(at)
      const holes = stream[streams.at(at) + StreamWord.holes] as number
      if (holes >= 0) used[holes] = 1
      at = stream[streams.at(at) + StreamWord.next] as number
    }
  }
  streams.relink(used)
}

/** Takes pieces of wanted lengths from chunks of any lengths. */
class Pull {
  readonly #chunks: Iterator<Uint8Array>
  #chunk = new Uint8Array(0)
  #at = 0

  constructor(chunks: Iterable<Uint8Array>) {
    this.#chunks = chunks[Symbol.iterator]()
  }

  take(length: number): Uint8Array {
    if (this.#chunk.length - this.#at >= length) {
      this.#at += length
      return this.#chunk.subarray(this.#at - length, this.#at)
    }
    const out = new Uint8Array(length)
    for (let filled = 0; filled < length; ) {
      if (this.#at === this.#chunk.length) {
        const next = this.#chunks.next()
        if (next.done === true) throw new Error('the image is cut off')
        this.#chunk = next.value as Uint8Array<ArrayBuffer>
        this.#at = 0
      }
      const piece = this.#chunk.subarray(this.#at, this.#at + length - filled)
      out.set(piece, filled)
      filled += piece.length
      this.#at += piece.length
    }
    return out
  }
}
