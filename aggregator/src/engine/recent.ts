import { RING_START } from './ledger.js'
import { SLICE_COUNT, SLICE_MS } from './limits.js'
import type { Spots } from './spots.js'
import type { Tally } from './tally.js'

export const QUARTER_MS = SLICE_MS[2]
const QUARTERS = SLICE_COUNT[2]

/** Index of the first 15 min slice that is kept at a clock, ms since 1970. */
export const firstKept = (clock: number): number => Math.floor(clock / QUARTER_MS) - QUARTERS + 1

/** Where the counts of a 15 min slice go, by its index. */
export type TalliesOf = (quarter: number) => readonly Tally[]

/** Adds what a touchpoint counted in a partition in each 15 min slice still kept. */
export function addQuarters(spots: Spots, touchpoint: string, partition: number, talliesOf: TalliesOf): void {
  const mirror = spots.mirrors[partition]
  const part = spots.named(touchpoint).parts[partition] ?? -1
  if (mirror === undefined || part < 0) return
  const { index, offset, length } = mirror.ledger.page(part)
  const { spans } = mirror.ledger
  const first = firstKept(mirror.clock)
  for (let place = RING_START[2]; place < RING_START[2] + QUARTERS; place++) {
    if (length[place] === 0 || index[place] < first) continue
    const at = offset[place]
    for (const tally of talliesOf(index[place])) {
      tally.addSpan(spans.keys(at), spans.counts(at), at & 0xffff, length[place], mirror.names.signals)
    }
  }
}
