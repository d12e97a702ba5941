import { writeAsking } from './asked-state.js'
import { ByteWriter } from './bytes.js'
import { PartialWriter } from './partial.js'
import { PEOPLE_BLOCK_ROWS } from './people.js'
import { writeCrowds, writePage, writeSpoken } from './sections.js'
import type { State } from './state.js'
import { HOLE_WORDS, STREAM_PAGE_ROWS, STREAM_ROW_WORDS } from './streams.js'
import { PAGE_ROWS, ROW_WORDS } from './visitors.js'

/**
 * An image in bytes: a head, then sections in any order, each once, until `end`.
 *
 *     image   = magic:u32 format:u32 key:u32×2 visitors:u32 streams:u32 holes:u32 touchpoints:u32 length:u32 people:u32
 *               partial section* end
 *     section = kind:u8 index:u32 length:u32 byte×length
 *
 * `partial`: clock, totals, configuration and names, of so many bytes as `length` says. Of visitors, streams and holes a section is a
 * block of rows as they lie in memory, of touchpoints all that is known of one, of people a block of rows as JSON;
 * `asking`, once: what else asks need.
 */
export const IMAGE_MAGIC = 0x494c5550
export const IMAGE_FORMAT = 5
export const Section = { end: 0, touchpoint: 1, visitors: 2, streams: 3, holes: 4, people: 5, asking: 6 } as const
/** Rows of a block: few enough that copying one takes nothing from the event that is about to change it. */
export const VISITOR_BLOCK_ROWS = 64
export const STREAM_BLOCK_ROWS = 256
export const HOLE_BLOCK_ROWS = 4_096
/** A chunk is handed out once it has grown to this. */
const CHUNK_BYTES = 128 * 1024

export const blocksOf = (rows: number, blockRows: number): number => Math.ceil(rows / blockRows)
if (PAGE_ROWS % VISITOR_BLOCK_ROWS !== 0 || STREAM_PAGE_ROWS % STREAM_BLOCK_ROWS !== 0) {
  throw new RangeError('a block lies within a page')
}

/**
 * Takes an image of a state that goes on changing: what is about to change is copied first, the rest when `next` comes
 * to it. The state must not be imaged by two at once.
 */
export class Imaging {
  readonly #state: State
  readonly #out = new ByteWriter(2 * CHUNK_BYTES)
  readonly #touchpoints: Uint8Array
  readonly #visitors: Uint8Array
  readonly #streams: Uint8Array
  readonly #people: Uint8Array
  readonly #visitorRows: number
  readonly #peopleRows: number
  readonly #streamRows: number
  readonly #holes: Int32Array
  readonly #steps: Iterator<void>
  /** Whole chunks: what was about to change comes faster than `next` is called. */
  readonly #ready: Uint8Array[] = []
  #ended = false

  /** The state must be settled. */
  constructor(state: State) {
    const { visitors, streams, ledger, people } = state
    this.#state = state
    this.#visitorRows = visitors.rows
    this.#peopleRows = people.rows.length
    this.#streamRows = streams.rows
    this.#holes = streams.holes.slice(0, streams.holeRows * HOLE_WORDS)
    this.#touchpoints = new Uint8Array(ledger.pages.length)
    this.#visitors = new Uint8Array(blocksOf(visitors.rows, VISITOR_BLOCK_ROWS))
    this.#streams = new Uint8Array(blocksOf(streams.rows, STREAM_BLOCK_ROWS))
    this.#people = new Uint8Array(blocksOf(people.rows.length, PEOPLE_BLOCK_ROWS))
    this.#head()
    this.#steps = this.#walk()
    visitors.keeper = row => this.#keepVisitors(Math.floor(row / VISITOR_BLOCK_ROWS))
    streams.keeper = row => this.#keepStreams(Math.floor(row / STREAM_BLOCK_ROWS))
    ledger.keeper = place => this.#keepTouchpoint(place)
    people.keeper = row => this.#keepPeople(Math.floor(row / PEOPLE_BLOCK_ROWS))
  }

  /** The next chunk; null once all are out. */
  next(): Uint8Array | null {
    while (!this.#ended && this.#ready.length === 0) this.step(1)
    return this.#ready.shift() ?? (this.#out.length === 0 ? null : this.#out.take())
  }

  /** Copies so many more sections. */
  step(sections: number): void {
    for (let i = 0; i < sections && !this.#ended; i++) if (this.#steps.next().done === true) this.stop()
  }

  /** Lets the state go; called before the last chunk is out, the image stays unfinished. */
  stop(): void {
    const { visitors, streams, ledger, people } = this.#state
    this.#ended = true
    people.keeper = null
    visitors.keeper = null
    streams.keeper = null
    ledger.keeper = null
  }

  #head(): void {
    const { key, streams } = this.#state
    const out = this.#out
    const partial = new PartialWriter().head(this.#state)
    const counts = [this.#visitorRows, this.#streamRows, streams.holeRows, this.#touchpoints.length]
    for (const word of [IMAGE_MAGIC, IMAGE_FORMAT, ...key, ...counts, partial.length]) out.u32(word)
    out.u32(this.#state.people.rows.length)
    out.raw(partial)
    // As it is now: later it may have changed, and it is small.
    this.#section(Section.asking, 0)
    const lengthAt = out.length
    out.u32(0)
    out.setU32(lengthAt, out.utf8(JSON.stringify(writeAsking(this.#state))))
  }

  *#walk(): Generator<void> {
    const all = { touchpoints: this.#touchpoints, visitors: this.#visitors, streams: this.#streams }
    for (let place = 0; place < all.touchpoints.length; place++) yield this.#keepTouchpoint(place)
    for (let block = 0; block < all.visitors.length; block++) yield this.#keepVisitors(block)
    for (let block = 0; block < all.streams.length; block++) yield this.#keepStreams(block)
    for (let block = 0; block < this.#people.length; block++) yield this.#keepPeople(block)
    const holeRows = this.#holes.length / HOLE_WORDS
    for (let block = 0; block < blocksOf(holeRows, HOLE_BLOCK_ROWS); block++) {
      const first = block * HOLE_BLOCK_ROWS
      const rows = Math.min(HOLE_BLOCK_ROWS, holeRows - first)
      yield this.#rows(Section.holes, block, this.#holes, first * HOLE_WORDS, rows * HOLE_WORDS)
    }
    this.#section(Section.end, 0)
    this.#out.u32(0)
  }

  #keepTouchpoint(place: number): void {
    if (this.#touchpoints[place] !== 0) return
    this.#touchpoints[place] = 1
    const out = this.#out
    this.#section(Section.touchpoint, place)
    const lengthAt = out.length
    out.u32(0)
    writePage(out, this.#state, place, true)
    writeCrowds(out, this.#state, place)
    writeSpoken(out, this.#state, place)
    out.setU32(lengthAt, out.length - lengthAt - 4)
    this.#cut()
  }

  #keepVisitors(block: number): void {
    if (this.#visitors[block] !== 0) return
    this.#visitors[block] = 1
    const first = block * VISITOR_BLOCK_ROWS
    const rows = Math.min(VISITOR_BLOCK_ROWS, this.#visitorRows - first)
    const page = this.#state.visitors.words[Math.floor(first / PAGE_ROWS)] as Int32Array
    this.#rows(Section.visitors, block, page, (first % PAGE_ROWS) * ROW_WORDS, rows * ROW_WORDS)
  }

  #keepStreams(block: number): void {
    if (this.#streams[block] !== 0) return
    this.#streams[block] = 1
    const first = block * STREAM_BLOCK_ROWS
    const rows = Math.min(STREAM_BLOCK_ROWS, this.#streamRows - first)
    const page = this.#state.streams.words[Math.floor(first / STREAM_PAGE_ROWS)] as Int32Array
    this.#rows(Section.streams, block, page, (first % STREAM_PAGE_ROWS) * STREAM_ROW_WORDS, rows * STREAM_ROW_WORDS)
  }

  #keepPeople(block: number): void {
    // Who came after the image began is not in it.
    if (block >= this.#people.length || this.#people[block] !== 0) return
    this.#people[block] = 1
    const out = this.#out
    this.#section(Section.people, block)
    const lengthAt = out.length
    out.u32(0)
    this.#state.people.writeBlock(out, block, this.#peopleRows)
    out.setU32(lengthAt, out.length - lengthAt - 4)
    this.#cut()
  }

  #rows(kind: number, block: number, words: Int32Array, from: number, count: number): void {
    this.#section(kind, block)
    this.#out.u32(count * words.BYTES_PER_ELEMENT)
    this.#out.array(words, from, count)
    this.#cut()
  }

  #cut(): void {
    if (this.#out.length >= CHUNK_BYTES) this.#ready.push(this.#out.take())
  }

  #section(kind: number, index: number): void {
    this.#out.u8(kind)
    this.#out.u32(index)
  }
}
