import type { State } from './state.js'
import { StreamWord } from './streams.js'
import { Flag, Word } from './visitors.js'

/** Somebody whose event is at hand. */
export interface Comer {
  readonly hi: number
  readonly lo: number
  /** Of the stream by whose page it hears what it is told; both 0: it has none. */
  readonly streamHi: number
  readonly streamLo: number
  /** Known for this page alone. */
  readonly isPage: boolean
}

const NONE = -1

/** The visitor of a row, with the stream that was heard last. */
export function comerAt({ visitors, streams }: State, row: number): Comer & { readonly row: number } {
  const words = visitors.page(row)
  const at = visitors.at(row)
  let newestAt = NONE
  let [streamHi, streamLo] = [0, 0]
  const first = visitors.isFree(row) ? NONE : (words[at + Word.streams] as number)
  for (let stream = first; stream >= 0; ) {
    const page = streams.page(stream)
    const word = streams.at(stream)
    if (streams.last(stream) > newestAt) {
      newestAt = streams.last(stream)
      streamHi = page[word + StreamWord.hi] as number
      streamLo = page[word + StreamWord.lo] as number
    }
    stream = page[word + StreamWord.next] as number
  }
  const isPage = ((words[at + Word.flags] as number) & Flag.page) !== 0
  return { row, hi: words[at + Word.hi] as number, lo: words[at + Word.lo] as number, streamHi, streamLo, isPage }
}
