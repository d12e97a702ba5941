import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Random } from '../sim/random.js'
import { Customers } from './customers.js'
import { HOUR_MS, TERMS } from './limits.js'
import { Traffic } from './traffic.js'
import { makeWorld } from './world.js'

const SMALL = { ...TERMS, visitsPerHour: 200, daysBefore: 1, days: 3 }
const world = makeWorld(7, SMALL)

describe('the world of simulated customers', () => {
  it('follows from its seed', () => {
    expect(makeWorld(7, SMALL).visits.slice(0, 500)).toEqual(world.visits.slice(0, 500))
    expect(makeWorld(8, SMALL).drops).not.toEqual(world.drops)
  })

  it('has the traffic that its terms say, by Zipf’s law', () => {
    const hours = SMALL.days * 24
    expect(world.visits.length / hours / SMALL.visitsPerHour).toBeCloseTo(1, 0.9)
    const { shares } = new Traffic(SMALL.touchpoints)
    shares.forEach((share, place) => {
      const n = world.visits.filter(({ touchpoint }) => touchpoint === place).length
      const expected = share * world.visits.length
      expect(Math.abs(n - expected)).toBeLessThan(5 * Math.sqrt(expected) + 0.05 * expected)
    })
  })

  it('has nobody twice in a row at a touchpoint', () => {
    const random = new Random(1)
    const traffic = new Traffic(20)
    for (let i = 0, at = -1; i < 5_000; i++) {
      const next = traffic.next(random.next(), at)
      expect(next).not.toBe(at)
      at = next
    }
  })

  it('has its visits in order, its opinions on the scale, and its drops within the time judged', () => {
    let last = 0
    for (const { at, opinion } of world.visits) {
      expect(at).toBeGreaterThanOrEqual(last)
      expect(Math.abs(opinion)).toBeLessThanOrEqual(1)
      last = at
    }
    fc.assert(
      fc.property(fc.integer(), seed => {
        const { drops, judgedFrom, endsAt } = makeWorld(seed, { ...SMALL, visitsPerHour: 1 })
        expect(new Set(drops.map(({ touchpoint }) => touchpoint)).size).toBe(3)
        for (const { from, until } of drops) {
          expect(from).toBeGreaterThanOrEqual(judgedFrom + HOUR_MS)
          expect(until).toBeLessThanOrEqual(endsAt)
        }
      }),
      { numRuns: 20 },
    )
  })

  it('is worse where and while it drops', () => {
    for (const { touchpoint, from, until } of world.drops) {
      const there = world.visits.filter(visit => visit.touchpoint === touchpoint)
      const mean = (list: typeof there): number => list.reduce((sum, { opinion }) => sum + opinion, 0) / list.length
      const during = there.filter(({ at }) => at >= from && at < until)
      if (during.length < 100) continue
      expect(mean(during)).toBeLessThan(mean(there.filter(({ at }) => at < from)) - 0.15)
    }
  })

  it('makes its customers tired of questions, and rested in time', () => {
    const customers = new Customers(world)
    const visit = world.visits[0] as (typeof world.visits)[number]
    for (let i = 0; i < 3; i++) customers.ask(visit)
    expect(customers.askedLately(visit.person, visit.at)).toBe(3)
    expect(customers.askedLately(visit.person, visit.at + SMALL.habits.memoryMs)).toBe(0)
    expect(customers.askedLately(visit.person + 1, visit.at)).toBe(0)
  })
})
