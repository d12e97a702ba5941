import { expect, it } from 'vitest'
import { READY_AGE_MS, READY_LAG_MS, reasonsNotReady } from './readiness.js'

const GOOD = { refusingPartitions: 0, lagMs: READY_LAG_MS, ageMs: READY_AGE_MS, stalePartitions: 0 }
const codes = (bad: Partial<typeof GOOD>): string[] => reasonsNotReady({ ...GOOD, ...bad }).map(({ code }) => code)

it('is ready up to its bounds', () => {
  expect(codes({})).toEqual([])
})

it('names each thing that is wrong', () => {
  expect(codes({ refusingPartitions: 1 })).toEqual(['logRefuses'])
  expect(codes({ lagMs: READY_LAG_MS + 1 })).toEqual(['enginesBehind'])
  expect(codes({ ageMs: READY_AGE_MS + 1 })).toEqual(['boardOld'])
  expect(codes({ stalePartitions: 2 })).toEqual(['boardStale'])
  expect(codes({ refusingPartitions: 1, stalePartitions: 2 })).toEqual(['logRefuses', 'boardStale'])
})
