import { describe, expect, it } from 'vitest'
import { judge, Truth } from './judging.js'
import { DAY_MS, MINUTE_MS, TERMS } from './limits.js'
import { EVERYONE, fixedShare, play } from './policies.js'
import { audit, tryPulssi } from './trials.js'
import { makeWorld } from './world.js'

/** In full by `node test/customers/main.mjs`. 10,000 visits. */
const SHORT = { ...TERMS, visitsPerHour: 2_000, daysBefore: 1 / 16, days: 5 / 24 }
const POLICY_MS = 15 * MINUTE_MS

describe('simulated customers', () => {
  it('are known the better the more of them are asked, and by Pulssi with few questions', () => {
    const world = makeWorld(1, SHORT)
    const truth = new Truth(world)
    const by = (policy: typeof EVERYONE) => judge(world, play(world, policy), truth)
    const [few, all, pulssi] = [by(fixedShare(0.05)), by(EVERYONE), tryPulssi(world, truth, POLICY_MS)]
    expect(all.error.plain).toBeLessThan(few.error.plain - 0.1)
    expect(pulssi.questionsPer1000).toBeGreaterThan(5)
    expect(pulssi.questionsPer1000).toBeLessThan(200)
    expect(pulssi.error.plain).toBeLessThan(few.error.plain)
  })

  it('are never asked above the budget, though engines crash and letters come twice', () => {
    const terms = { ...TERMS, visitsPerHour: 50, daysBefore: 0, days: 4 }
    const { visits, crashes, asked, askedOfLinked, refused, breaches } = audit(1, terms, DAY_MS / 8, 1 / 250)
    expect(breaches).toEqual([])
    expect(refused).toBe(0)
    expect(visits).toBeGreaterThan(3_000)
    expect(Math.min(crashes, asked, askedOfLinked)).toBeGreaterThan(4)
  })
})
