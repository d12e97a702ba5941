import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { chanceOfAnswer, csatOf, HABITS, respond, scoreOfCsat, speaksUnasked } from './customer.js'

const opinions = fc.double({ min: -1, max: 1, noNaN: true })
const draws = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })
const asks = fc.integer({ min: 0, max: 20 })

describe('a customer', () => {
  it('answers less the more it was asked, and the less it feels', () => {
    fc.assert(
      fc.property(opinions, asks, (opinion, asked) => {
        const chance = chanceOfAnswer(HABITS, opinion, asked)
        expect(chance).toBeLessThanOrEqual(HABITS.answers)
        expect(chanceOfAnswer(HABITS, opinion, asked + 1)).toBeLessThan(chance)
        expect(chanceOfAnswer(HABITS, opinion / 2, asked)).toBeLessThanOrEqual(chance)
      }),
    )
  })

  it('who answers when tired answers when fresh, by the same draw', () => {
    fc.assert(
      fc.property(opinions, asks, draws, (opinion, asked, draw) => {
        if (respond(HABITS, opinion, asked + 1, draw) !== 'answers') return
        expect(respond(HABITS, opinion, asked, draw)).toBe('answers')
      }),
    )
  })

  it('speaks unasked at the ends of the scale alone', () => {
    fc.assert(
      fc.property(opinions, draws, (opinion, draw) => {
        if (speaksUnasked(HABITS, opinion, draw)) expect(Math.abs(opinion)).toBeGreaterThanOrEqual(HABITS.moved)
      }),
    )
    expect(speaksUnasked(HABITS, -1, 0)).toBe(true)
  })

  it('answers with the nearest level', () => {
    fc.assert(
      fc.property(opinions, opinion => {
        expect(Math.abs(scoreOfCsat(csatOf(opinion)) - opinion)).toBeLessThanOrEqual(0.25)
      }),
    )
    expect([-1, -0.5, 0, 0.5, 1].map(csatOf)).toEqual([1, 2, 3, 4, 5])
  })
})
