import { SCALE_LEVELS, SCALES } from '@pulssi/protocol/client'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { rateBelieved, SCORE_PARTS, score, scoreBelieved, wilson } from '../../../src/engine/figures.js'
import { rateInterval, scoreInterval } from './interval.js'
import { scoreOf } from './levels.js'

const levels = Object.fromEntries(
  SCALES.map(scale => {
    const length = SCALE_LEVELS[scale].count
    return [scale, fc.array(fc.nat(30), { minLength: length, maxLength: length })]
  }),
)

describe("intervals of the screen's own sums", () => {
  it('are those of the server for a share', () => {
    const shares = fc.integer({ min: 1, max: 100_000 }).chain(n => fc.tuple(fc.nat(n), fc.constant(n)))
    fc.assert(
      fc.property(shares, ([x, n]) => {
        const ours = rateInterval(x, n)
        const theirs = wilson(x, n)
        expect(ours.low).toBeCloseTo(theirs.low, 12)
        expect(ours.high).toBeCloseTo(theirs.high, 12)
        expect(ours.sure).toBe(rateBelieved(theirs, true))
      }),
    )
  })

  it('are those of the server for answers on any scales', () => {
    fc.assert(
      fc.property(fc.record(levels), histograms => {
        const stride = 11
        const cells = new Array<number>(SCALES.length * stride).fill(0)
        let [sum, squares, n] = [0, 0, 0]
        for (const [place, scale] of SCALES.entries()) {
          for (const [at, count] of (histograms[scale] ?? []).entries()) {
            cells[place * stride + at] = count
            sum += count * scoreOf(scale, at)
            squares += count * scoreOf(scale, at) ** 2
            n += count
          }
        }
        fc.pre(n > 0)
        const theirs = score(cells, stride)
        const ours = scoreInterval(sum, squares, n)
        expect(sum).toBeCloseTo(theirs.sum / SCORE_PARTS, 6)
        expect(ours.low).toBeCloseTo(theirs.low ?? Number.NaN, 9)
        expect(ours.high).toBeCloseTo(theirs.high ?? Number.NaN, 9)
        expect(ours.sure).toBe(scoreBelieved(n, theirs.half, true))
      }),
    )
  })
})
