import fc from 'fast-check'
import { describe, test } from 'vitest'
import { type Fault, play, type Story } from './story.js'

const atMs = fc.integer({ min: 0, max: 28_000 })
const who = fc.nat(5)
const faults: fc.Arbitrary<Fault> = fc.oneof(
  fc.record({ is: fc.constant('join' as const), atMs }),
  fc.record({ is: fc.constantFrom('kill' as const, 'drain' as const), atMs, who }),
  // Longer than a lease, shorter, and about as long.
  fc.record({
    is: fc.constantFrom('stop' as const, 'cut' as const),
    atMs,
    who,
    forMs: fc.integer({ min: 100, max: 9_000 }),
  }),
  fc.record({ is: fc.constant('outage' as const), atMs, forMs: fc.integer({ min: 100, max: 8_000 }) }),
)
const stories: fc.Arbitrary<Story> = fc.record({
  seed: fc.integer(),
  names: fc.integer({ min: 1, max: 9 }),
  members: fc.integer({ min: 1, max: 4 }),
  weather: fc.record({
    wayMs: fc.constantFrom(5, 50, 300, 900),
    lost: fc.constantFrom(0, 0.02, 0.2),
    unanswered: fc.constantFrom(0, 0.02, 0.2),
    stale: fc.constantFrom(0, 0.05, 0.3),
    isDown: fc.constant(false),
  }),
  manners: fc.record({
    takeMs: fc.constantFrom(5, 800),
    leaveMs: fc.constantFrom(5, 800, 6_000),
    refused: fc.constantFrom(0, 0.2),
    hanging: fc.constantFrom(0, 0.1),
  }),
  faults: fc.array(faults, { maxLength: 10 }),
})

const { PULSSI_LEASE_RUNS: RUNS = '40' } = process.env

/** Fewer runs on a machine that is busy. */
const LONGEST_MS = 50_000

describe('leases', () => {
  test('are held by one at a time, whatever happens, and by everybody’s share once it is calm', async () => {
    await fc.assert(fc.asyncProperty(stories, play), {
      numRuns: Number(RUNS),
      interruptAfterTimeLimit: LONGEST_MS,
    })
  })
})
