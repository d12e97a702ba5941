import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fitSilence, type Response } from './silence.js'

/** What touchpoints tell whose answers are the more extreme, the more of them come: shown = answered·(none + slope·m). */
const responsesOf = (none: number, slope: number, extents: readonly number[], answered = 100): Response[] =>
  extents.map(extent => ({ answered, extent, shown: answered * (none + slope * extent) }))
const EXTENTS = [0.2, 0.35, 0.5, 0.6, 0.75, 0.9]
const LOW_EXTENTS = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6]

describe('N62 the silence of the moderate', () => {
  it('is the line on which response rates lie', () => {
    fc.assert(
      fc.property(fc.integer({ min: 6, max: 20 }), fc.integer({ min: 1, max: 8 }), (none, tenths) => {
        const slope = -none * (tenths / 10)
        fc.pre(none + slope >= 1)
        // So many answers that no such line could be chance.
        const found = fitSilence(responsesOf(none, slope, EXTENTS, 1e6))
        expect(found?.none).toBeCloseTo(none, 6)
        expect(found?.slope).toBeCloseTo(slope, 6)
      }),
    )
  })

  it.each<[name: string, responses: readonly Response[]]>([
    ['everybody answers alike', responsesOf(4, 0, EXTENTS, 1e6)],
    ['the extreme are the silent ones', responsesOf(2, 3, EXTENTS, 1e6)],
    ['few touchpoints tell of it', responsesOf(6, -4, EXTENTS.slice(0, 5), 1e6)],
    ['few answers tell of it', responsesOf(6, -4, EXTENTS, 19)],
    ['it may well be chance', responsesOf(6, -1, EXTENTS, 30)],
    ['all answers are equally extreme', responsesOf(6, -4, [0.5, 0.5, 0.5, 0.5, 0.5, 0.5], 1e6)],
    ['the silent would be twenty times as many as those who speak', responsesOf(6, -5.7, LOW_EXTENTS, 1e6)],
    ['more answered than were asked', EXTENTS.map(extent => ({ answered: 1e6, shown: 9e5, extent }))],
  ])('is not corrected for where %s', (_name, responses) => {
    expect(fitSilence(responses)).toBeNull()
  })
})
