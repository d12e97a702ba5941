import { ByteReader, ByteWriter } from './bytes.js'
import { type Page, RING_START } from './ledger.js'
import { SLICE_COUNT } from './limits.js'
import type { State } from './state.js'
import { writeSlice } from './tally.js'

/** What a touchpoint counted in one 15 min slice, whose time to be kept is over. */
export interface Quarter {
  readonly touchpoint: string
  /** Index of the slice: ms since 1970, divided by 15 min. */
  readonly quarter: number
  /** For Tally.read. */
  readonly counts: Uint8Array
}

/**
 * Notes every 15 min slice as it leaves the state, final, for whoever keeps it longer: `(touchpoint:text quarter:u32
 * length:u32 counts)*`. A replay of the same records notes the same.
 */
export class Departed {
  /** Index of the newest slice noted. */
  through = 0
  readonly #state: State
  readonly #out = new ByteWriter()

  constructor(state: State) {
    this.#state = state
    state.ledger.departing = (touchpoint, quarter) => this.#note(touchpoint, quarter)
  }

  /** What left since the last call; null: nothing. For `quartersOf`. */
  take(): Uint8Array | null {
    return this.#out.length === 0 ? null : this.#out.take()
  }

  #note(touchpoint: number, quarter: number): void {
    this.through = quarter
    const { ledger, places } = this.#state
    const page = ledger.pages[touchpoint] as Page
    const place = RING_START[2] + (quarter % SLICE_COUNT[2])
    const offset = page.offset[place] as number
    const length = page.length[place] as number
    if (length === 0) return
    const { spans } = ledger
    const out = this.#out
    const start = out.length
    out.text(places.touchpoints.list[touchpoint] as string)
    out.u32(quarter)
    const lengthAt = out.length
    out.u32(0)
    const { list } = places.signals
    if (writeSlice(out, spans.keys(offset), spans.counts(offset), offset & 0xffff, length, list)) {
      out.setU32(lengthAt, out.length - lengthAt - 4)
    } else {
      out.length = start
    }
  }
}

export function* quartersOf(departed: Uint8Array): Generator<Quarter> {
  const input = new ByteReader(departed)
  while (input.at < input.end) {
    const touchpoint = input.text()
    const quarter = input.u32()
    yield { touchpoint, quarter, counts: input.raw(input.u32()) }
  }
}
