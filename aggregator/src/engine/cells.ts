import { firstFrom } from './spans.js'
import type { Spot } from './spot.js'
import type { Spots } from './spots.js'
import { eachSpan, type Range } from './windows.js'

/** What a touchpoint counted in a range under the keys from `least` to below `beyond`, over all partitions. */
export function eachCount(
  spots: Spots,
  spot: Spot,
  range: Range | null,
  least: number,
  beyond: number,
  visit: (key: number, n: number) => void,
): void {
  spots.eachPage(spot, (mirror, page) =>
    eachSpan(page, range, place => {
      const offset = page.offset[place] as number
      const keys = mirror.ledger.spans.keys(offset)
      const counts = mirror.ledger.spans.counts(offset)
      const first = offset & 0xffff
      const end = first + (page.length[place] as number)
      for (let i = firstFrom(keys, first, end, least); i < end && (keys[i] as number) < beyond; i++) {
        visit(keys[i] as number, counts[i] as number)
      }
    }),
  )
}
