import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Answered, type Heard } from './answered.js'
import { ANSWERED_KEPT } from './limits.js'
import { SCORES } from './score-values.js'

type Answer = readonly [voice: number, time: number, value: number]

const hashOf = (voice: number): [hi: number, lo: number] => [Math.imul(voice, 0x9e3779b1), Math.imul(voice, 0x85ebca6b)]
const give = (answered: Answered, [voice, time, value]: Answer): number => answered.add(...hashOf(voice), time, value)

const answeredBy = (answers: readonly Answer[]): Answered => {
  const answered = new Answered()
  for (const answer of answers) give(answered, answer)
  return answered
}

/** Answers from a seed, in no order of time. */
const story = (seed: number, length: number, voices: number, until: number): Answer[] => {
  let state = seed
  const random = (below: number): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
  return Array.from({ length }, () => [random(voices), 1 + random(until), random(SCORES.length)] as const)
}
const stories = fc
  .tuple(fc.nat(), fc.integer({ min: 1, max: 3_000 }), fc.integer({ min: 1, max: 900 }), fc.constantFrom(3, 40, 2_000))
  .map(([seed, length, voices, until]) => story(seed, length, voices, until))

/** The newest whole slices that hold at most so many different ones together. */
const remembered = (answers: readonly Answer[]): Answer[] => {
  const times = [...new Set(answers.map(([, time]) => time))].sort((a, b) => b - a)
  const different = new Set<string>()
  const kept = new Set<number>()
  for (const time of times) {
    for (const answer of answers) if (answer[1] === time) different.add(answer.join())
    if (different.size > ANSWERED_KEPT) break
    kept.add(time)
  }
  return answers.filter(([, time]) => kept.has(time))
}

const heardOf = (answers: readonly Answer[]): Heard => {
  const scores = new Map<number, number[]>()
  for (const [voice, , value] of answers) {
    scores.set(voice, [...(scores.get(voice) ?? []), (SCORES[value] as number) / 30])
  }
  const means = [...scores.values()].map(all => all.reduce((sum, score) => sum + score, 0) / all.length)
  return {
    n: answers.length,
    voices: scores.size,
    most: Math.max(0, ...[...scores.values()].map(({ length }) => length)),
    means: means.reduce((sum, mean) => sum + mean, 0),
    squares: means.reduce((sum, mean) => sum + mean * mean, 0),
  }
}

const expectHeard = (found: Heard, expected: Heard): void => {
  const { means, squares, ...counts } = found
  expect(counts).toEqual({ n: expected.n, voices: expected.voices, most: expected.most })
  expect(means).toBeCloseTo(expected.means, 9)
  expect(squares).toBeCloseTo(expected.squares, 9)
}

const told = (answered: Answered): string[] => {
  const lines: string[] = []
  answered.eachRemembered((...words) => lines.push(words.join()))
  return lines
}

describe('N60 answers that are remembered', () => {
  it('are the newest whole slices of at most 512 together, in every window', () => {
    fc.assert(
      fc.property(stories, fc.nat(2_000), (answers, since) => {
        const kept = remembered(answers)
        // Of a slice that alone holds more than that, the hashes decide.
        fc.pre(kept.length > 0)
        const answered = answeredBy(answers)
        expectHeard(answered.heard(1), heardOf(kept))
        const within = kept.filter(([, time]) => time >= since)
        expectHeard(answered.heard(since), heardOf(within))
      }),
      { numRuns: 40 },
    )
  })

  it('are the same however they were split and in whatever order they came', () => {
    fc.assert(
      fc.property(stories, fc.integer({ min: 1, max: 4 }), (answers, parts) => {
        const split = Array.from({ length: parts }, (_, part) => answers.filter((_, i) => i % parts === part))
        const merged = new Answered()
        for (const part of split) merged.merge(answeredBy(part))
        expect(told(merged)).toEqual(told(answeredBy([...answers].reverse())))
      }),
      { numRuns: 30 },
    )
  })

  it('are in bounds when all fall into one slice', () => {
    const answered = answeredBy(Array.from({ length: 5_000 }, (_, voice) => [voice, 7, 0] as const))
    expect(answered.heard(1)).toMatchObject({ n: ANSWERED_KEPT, voices: ANSWERED_KEPT, most: 1 })
    expect(answered.heard(8).n).toBe(0)
  })

  it('of one voice that answers again and again take one place', () => {
    const answers = Array.from({ length: 10_000 }, () => [1, 9, 14] as const)
    const answered = answeredBy([...answers, [2, 8, 0]])
    expect(answered.heard(1)).toEqual({ n: 10_001, voices: 2, most: 10_000, means: 0, squares: 2 })
    expect(told(answered)).toHaveLength(2)
  })
})

describe('what is told of answers', () => {
  it('may be told twice and counts once', () => {
    const answered = new Answered()
    const more = [3, 3, 2, 5].map(n => answered.raise(...hashOf(1), 4, 2, n))
    expect(more).toEqual([3, 0, 0, 2])
    expect(answered.heard(1).n).toBe(5)
  })

  it('keeps its count when another hash takes the place of one', () => {
    const answered = answeredBy([
      [1, 5, 3],
      [1, 5, 3],
      [1, 6, 0],
      [2, 5, 3],
    ])
    const before = answered.heard(1)
    expect(answered.replace(...hashOf(9), 1, 1)).toBe(false)
    expect(answered.replace(...hashOf(1), 77, 78)).toBe(true)
    expect([answered.has(...hashOf(1)), answered.has(77, 78)]).toEqual([false, true])
    expectHeard(answered.heard(1), before)
  })
})
