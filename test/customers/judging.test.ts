import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Answer } from './customers.js'
import { estimates } from './estimates.js'
import { judge, Truth } from './judging.js'
import { HOUR_MS, TERMS } from './limits.js'
import { COOLDOWN, EVERYONE, fixedShare, play } from './policies.js'
import { questionsAt, type Row } from './table.js'
import { makeWorld } from './world.js'

const SMALL = { ...TERMS, visitsPerHour: 400, daysBefore: 0.25, days: 1 }
const world = makeWorld(3, SMALL)
const truth = new Truth(world)

const answers = fc.array(
  fc.record({
    at: fc.integer({ min: 0, max: 100 }),
    touchpoint: fc.integer({ min: 0, max: 2 }),
    score: fc.constantFrom(-1, -0.5, 0, 0.5, 1),
    chance: fc.constantFrom(null, 1, 0.5, 0.125),
  }),
)

describe('judging', () => {
  it('estimates as a naive sum does', () => {
    fc.assert(
      fc.property(answers, fc.integer({ min: 0, max: 60 }), (unsorted, after) => {
        const list: Answer[] = unsorted.sort((a, b) => a.at - b.at)
        const there = list.filter(({ at, touchpoint }) => touchpoint === 1 && at > after && at <= after + 40)
        const plain = estimates(list, 3, 'plain').over(1, after, after + 40)
        expect(plain?.n ?? 0).toBe(there.length)
        if (plain) expect(plain.score).toBeCloseTo(there.reduce((sum, x) => sum + x.score, 0) / there.length, 9)
        let [sum, weight] = [0, 0]
        for (const { score, chance } of there) {
          if (chance === null) continue
          sum += score / chance
          weight += 1 / chance
        }
        const asked = estimates(list, 3, 'asked').over(1, after, after + 40)
        if (weight === 0) expect(asked).toBeNull()
        else expect(asked?.score).toBeCloseTo(sum / weight, 9)
      }),
    )
  })

  it('lets the last answer stand until another comes', () => {
    const list: Answer[] = [1, -1].map((score, i) => ({ at: 10 * (i + 1), touchpoint: 0, score, chance: 1 }))
    const { standing } = estimates(list, 1, 'asked')
    expect([5, 15, 25, 1_000].map(at => standing(0, at - 4, at))).toEqual([0, 1, -1, -1])
  })

  it('finds no error where all are heard, and none of it is rounded away', () => {
    const heard = world.visits.map(({ at, touchpoint, opinion }) => ({ at, touchpoint, score: opinion, chance: 1 }))
    const { error, bias, noticedMs } = judge(world, { answers: heard, questions: [] }, truth)
    expect(error.asked).toBeLessThan(1e-9)
    expect(Math.abs(bias.plain)).toBeLessThan(1e-9)
    expect(noticedMs.filter(x => x === null).length).toBeLessThanOrEqual(1)
  })

  it('sees a drop once enough say so, and not before it began', () => {
    const drop = { touchpoint: 0, from: 3 * HOUR_MS, until: 9 * HOUR_MS, by: 1 }
    const visits = world.visits.map(visit => ({ ...visit, touchpoint: 0, opinion: visit.at < drop.from ? 1 : -1 }))
    const made = { ...world, visits, drops: [drop] }
    const heard = {
      questions: [],
      answers: visits.map(({ at, opinion }) => ({ at, touchpoint: 0, score: opinion, chance: 1 })),
    }
    const [noticed] = judge(made, heard, new Truth(made)).noticedMs
    expect(noticed).toBeGreaterThan(0)
    expect(noticed).toBeLessThan(HOUR_MS / 2)
    const unheard = { questions: [], answers: heard.answers.filter(({ at }) => at < drop.from) }
    expect(judge(made, unheard, new Truth(made)).noticedMs).toEqual([null])
  })

  it('a cooldown asks each device once, a share its share, and everyone everyone', () => {
    const devices = new Set(world.visits.map(({ person, device }) => 2 * person + device))
    expect(play(world, COOLDOWN).questions).toHaveLength(devices.size)
    expect(play(world, EVERYONE).questions).toHaveLength(world.visits.length)
    expect(play(world, fixedShare(0.1)).questions.length / world.visits.length).toBeCloseTo(0.1, 1)
  })

  it('reads the questions of a fixed share off its curve', () => {
    const row = (questionsPer1000: number, error: number) => ({ questionsPer1000, error }) as Row
    const curve = [row(100, 0.2), row(20, 0.4), row(400, 0.1)]
    expect(questionsAt(0.2, curve)).toBeCloseTo(100)
    expect(questionsAt(Math.sqrt(0.2 * 0.1), curve)).toBeCloseTo(200)
    expect([questionsAt(0.5, curve), questionsAt(0.05, curve)]).toEqual([null, null])
  })
})
