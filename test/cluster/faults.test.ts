import { expect, test } from 'vitest'
import { isLongStop, planFaults } from './faults.mjs'

const COUNTS = { gateway: 2, worker: 3, nats: 3 }

test('a plan has every kind of fault, and as many long stops as were asked for, whatever the seed', () => {
  for (let seed = 1; seed <= 200; seed++) {
    const plan = planFaults(seed, 30, COUNTS)
    expect(plan.length).toBe(30)
    expect(plan.filter(isLongStop).length, `seed ${seed}`).toBeGreaterThanOrEqual(8)
    const kinds = new Set(plan.map(({ target, how }) => `${target} ${how}`))
    for (const kind of ['worker kill', 'worker drain', 'gateway kill', 'gateway stop', 'nats kill', 'nats stop'])
      expect([...kinds], `seed ${seed}`).toContain(kind)
  }
})

test('the shortest plan has a stop that outlasts the lease', () => {
  for (let seed = 1; seed <= 50; seed++) {
    const plan = planFaults(seed, 3, COUNTS)
    expect(plan.filter(isLongStop).length).toBe(1)
  }
})

test('never are two nodes of NATS down at once', () => {
  for (let seed = 1; seed <= 200; seed++) {
    const plan = planFaults(seed, 30, COUNTS)
    for (const [i, { target, isWithNext }] of plan.entries()) {
      if (target === 'nats' && isWithNext) expect(plan[i + 1]?.target).not.toBe('nats')
    }
  }
})

test('the same seed is the same plan', () => {
  const [one, two] = [7, 7].map(seed => planFaults(seed, 30, COUNTS))
  expect(one).toEqual(two)
})
