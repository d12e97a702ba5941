import { describe, expect, it } from 'vitest'
import {
  LEVEL_VALUES,
  percentile,
  pulledToward,
  pulseNumber,
  rate,
  rounded,
  sentiment,
  standardFigure,
} from './figures.js'
import { Tally } from './tally.js'

const sample = (): Tally => {
  const tally = new Tally()
  tally.levels.set('csat', [9, 6, 4, 8, 6])
  for (let i = 0; i < 31; i++) tally.answerers.add(`v${i}`)
  return tally
}

describe('recount, figures', () => {
  it('N31: the rates of the sample pulse', () => {
    expect(rate({ x: 28, n: 111 }, 118, 0.19)).toEqual({
      rate: 0.252252,
      low: 0.180677,
      high: 0.340402,
      n: 111,
      believed: true,
      baseline: 0.19,
    })
    expect(rate({ x: 11, n: 120 }, 118, 0.08)).toMatchObject({ rate: 0.091667, low: 0.051957, high: 0.156708 })
  })

  it('N31: the score of the sample pulse', () => {
    expect(sentiment(sample(), 0.1)).toEqual({
      score: -0.060606,
      low: -0.317136,
      high: 0.195924,
      n: 33,
      visitors: 31,
      believed: false,
      baseline: 0.1,
      scales: { csat: { levels: [9, 6, 4, 8, 6], share: 0.424242, n: 33 } },
      corrected: { score: -0.060606, low: -0.317136, high: 0.195924, estimator: 'plain' },
      concentration: null,
    })
  })

  it('N31: nothing known is null and not believed', () => {
    const nothing = { low: null, high: null, n: 0, believed: false, baseline: 0.5 }
    expect(rate({ x: 0, n: 0 }, 9, 0.5)).toEqual({ rate: null, ...nothing })
    const corrected = { score: null, low: null, high: null, estimator: 'plain' }
    const answered = { visitors: 0, scales: {}, corrected, concentration: null }
    expect(sentiment(new Tally(), 0.5)).toEqual({ score: null, ...nothing, ...answered })
  })

  it('N31: one answer is clipped to [−1, 1]', () => {
    const tally = new Tally()
    tally.levels.set('thumb', [0, 1])
    // Of −1, 1, 1: mean ⅓, variance 4/3, half-width 1.959964·√(4/9) = 1.306643.
    expect(sentiment(tally, null)).toMatchObject({ score: 1, low: -0.306643, high: 1, believed: false })
  })

  it('N31: every scale keeps its own figure', () => {
    expect(standardFigure('thumb', [1, 3])).toEqual({ levels: [1, 3], share: 0.75, n: 4 })
    expect(standardFigure('smiley', [1, 0, 1, 2])).toEqual({
      levels: [1, 0, 1, 2],
      share: 0.75,
      index: 66.666667,
      n: 4,
    })
    expect(standardFigure('nps', [1, 0, 0, 0, 0, 0, 0, 1, 0, 1, 1])).toMatchObject({ nps: 25, n: 4 })
    expect(standardFigure('ces', [1, 0, 0, 0, 1, 0, 2])).toMatchObject({ mean: 5, share: 0.75, n: 4 })
    expect(standardFigure('emotion', [1, 1, 0, 0, 0, 0, 0, 0, 0])).toMatchObject({ value: 90, n: 2 })
  })

  it('N31: levels go from the lowest score up, emotions from delighted down', () => {
    for (const scale of ['thumb', 'smiley', 'csat', 'nps', 'ces'] as const) {
      expect(LEVEL_VALUES[scale]).toEqual([...LEVEL_VALUES[scale]].sort((p, q) => p - q))
    }
    expect(LEVEL_VALUES.emotion[0]).toBe(1)
  })

  it('N32: a baseline is pulled toward the wider one by 20', () => {
    expect(pulledToward({ x: 5, n: 10 }, 0.2)).toBe(0.3)
    expect(pulledToward({ x: 0, n: 0 }, 0.2)).toBe(0.2)
  })

  it('N33: a rate is believed from 5 visitors and a half-width under 0.15 on', () => {
    expect(rate({ x: 50, n: 100 }, 5, null).believed).toBe(true)
    expect(rate({ x: 50, n: 100 }, 4, null).believed).toBe(false)
    // Half-widths 0.1509 and 0.1492.
    expect(rate({ x: 19, n: 38 }, 9, null).believed).toBe(false)
    expect(rate({ x: 20, n: 40 }, 9, null).believed).toBe(true)
  })

  it('N33: a score is believed by its half-width before clipping', () => {
    const of = (n: number, answerers: number) => {
      const tally = new Tally()
      tally.levels.set('thumb', [0, n])
      for (let i = 0; i < answerers; i++) tally.answerers.add(`v${i}`)
      return sentiment(tally, null).believed
    }
    // With n ups the half-width is 1.96·√(s²/N): 0.2612 for 13 answers, 0.2450 for 14.
    expect([of(13, 13), of(14, 14), of(14, 5), of(14, 4)]).toEqual([false, true, true, false])
  })

  it('N34: a percentile is the value at rank ⌈p·n/100⌉', () => {
    const ten = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]
    expect([50, 90, 99].map(p => percentile(ten, p))).toEqual([5, 9, 10])
    expect([50, 90, 99].map(p => percentile([7], p))).toEqual([7, 7, 7])
    expect(percentile([], 50)).toBe(null)
  })

  it('N35: six decimals, no negative zero', () => {
    expect([rounded(1 / 3), rounded(-2 / 3)]).toEqual([0.333333, -0.666667])
    expect(Object.is(rounded(-1e-9), 0)).toBe(true)
  })

  it('N35: the pulse of the sample, and with parts left out', () => {
    const weights = { sentiment: 0.5, dropOff: 0.3, friction: 0.2 }
    const none = { x: 0, n: 0 }
    const score = { x: -2, n: 33 }
    expect(pulseNumber(score, { x: 28, n: 111 }, { x: 11, n: 120 }, weights)).toBeCloseTo(64.0839, 3)
    expect(pulseNumber(none, { x: 1, n: 4 }, none, weights)).toBeCloseTo(75, 9)
    expect(pulseNumber(none, { x: 1, n: 4 }, { x: 1, n: 2 }, weights)).toBeCloseTo(65, 9)
    expect(pulseNumber(none, none, none, weights)).toBe(null)
  })
})
