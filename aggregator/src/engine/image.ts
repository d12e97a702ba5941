import type { EventTotals } from '@pulssi/protocol/client'
import { ByteReader, ByteWriter } from './bytes.js'
import type { Page } from './ledger.js'
import { PartialWriter, readPartial } from './partial.js'
import type { State } from './state.js'
import { StreamWord } from './streams.js'
import { Word } from './visitors.js'

const MAGIC = 0x494c5550
const FORMAT = 1

/**
 * The state as bytes: head, the aggregate in the form of a full partial, then the raw pages of visitors and streams.
 *
 *     image = magic:u32 format:u32 key:u32×2 visitors:u32 streams:u32 holes:u32 partial:u32 … pages … holes
 */
export function* writeImage(state: State): Generator<Uint8Array> {
  const { visitors, streams } = state
  const partial = new PartialWriter(true).write(state, true) as Uint8Array
  const out = new ByteWriter(partial.length + 64)
  out.u32(MAGIC)
  out.u32(FORMAT)
  out.u32(state.key[0])
  out.u32(state.key[1])
  out.u32(visitors.rows)
  out.u32(streams.rows)
  out.u32(streams.holeRows)
  out.u32(partial.length)
  out.raw(partial)
  yield out.take()
  for (const page of visitors.words) yield new Uint8Array(page.buffer).slice()
  for (const page of streams.words) yield new Uint8Array(page.buffer).slice()
  yield new Uint8Array(streams.holes.buffer).slice(0, streams.holeRows * 32)
}

export function readImage(state: State, chunks: Iterable<Uint8Array>): void {
  const input = new Pull(chunks)
  const head = new ByteReader(input.take(32))
  if (head.u32() !== MAGIC) throw new Error('not an image of the engine')
  const format = head.u32()
  if (format !== FORMAT) throw new Error(`image of format ${format}, expected ${FORMAT}`)
  state.key = [head.u32(), head.u32()]
  const visitorRows = head.u32()
  const streamRows = head.u32()
  const holeRows = head.u32()
  readAggregate(state, input.take(head.u32()))
  state.visitors.extend(visitorRows)
  for (const page of state.visitors.words) new Uint8Array(page.buffer).set(input.take(page.byteLength))
  state.streams.extend(streamRows)
  for (const page of state.streams.words) new Uint8Array(page.buffer).set(input.take(page.byteLength))
  state.streams.holes = new Int32Array(Math.max(holeRows * 8, 512))
  state.streams.holeRows = holeRows
  new Uint8Array(state.streams.holes.buffer).set(input.take(holeRows * 32))
  relink(state)
}

function readAggregate(state: State, partial: Uint8Array): void {
  const { places, ledger } = state
  let page: Page | null = null
  readPartial(partial, {
    head(clock: number, dataClock: boolean, totals: EventTotals) {
      state.clock = clock
      state.dataClock = dataClock
      state.streams.lost = totals.lost
      Object.assign(state.totals, totals, { lost: 0 })
    },
    config: config => state.configure(config),
    name(list, _, name) {
      if (list === 'touchpoints') places.restore(name)
      else places[list].restore(name)
    },
    page(touchpoint, header) {
      page = ledger.page(touchpoint)
      Object.assign(page, header)
    },
    span: (at, index, keys, counts, n) => ledger.set(page as Page, at, index, keys, counts, n),
    seen(touchpoint, audience, hi, lo, time) {
      state.crowd(audience, touchpoint).add(hi, lo, time)
    },
    rank(touchpoint, audience, register, rank, time) {
      state.crowd(audience, touchpoint).addRank(register, rank, time)
    },
  })
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
