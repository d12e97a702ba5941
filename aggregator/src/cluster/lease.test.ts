import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { DamagedLease, decodeLease, encodeLease, type Found, freeSinceMs, type Seen, see, spared } from './lease.js'

const LEASE_MS = 3_000
const lease = (owner: string | null, epoch: number) => ({ role: 'worker', owner, epoch, until: 1 })
const found = (owner: string | null, epoch: number, revision: number): Found => ({
  value: encodeLease(lease(owner, epoch)),
  revision,
})
const seeing = (before: Seen | null, what: Found, nowMs: number): Seen => see('p', before, what, nowMs, LEASE_MS)
const isFree = (seen: Seen, nowMs: number, me = 'me'): boolean => freeSinceMs(seen, me, nowMs, LEASE_MS) !== null

describe('the value of a lease', () => {
  test('comes back as it was', () => {
    const leases = fc.record({
      role: fc.string(),
      owner: fc.option(fc.string({ minLength: 1 })),
      epoch: fc.integer({ min: 1 }),
      until: fc.integer(),
    })
    fc.assert(
      fc.property(leases, one => {
        expect(decodeLease('p', encodeLease(one))).toEqual(one)
      }),
    )
  })

  test.each([
    '',
    'null',
    '7',
    '{}',
    '{"role":"worker","owner":"a","epoch":0,"until":1}',
    '{"role":"worker","owner":"a","epoch":1.5,"until":1}',
    '{"role":"worker","owner":"a","epoch":"1","until":1}',
    '{"role":"worker","owner":"","epoch":1,"until":1}',
    '{"role":"worker","owner":7,"epoch":1,"until":1}',
    '{"role":"worker","epoch":1,"until":1}',
    '{"owner":"a","epoch":1,"until":1}',
    '{"role":"worker","owner":"a","epoch":1}',
  ])('%s is none', text => {
    expect(() => decodeLease('partition/3', Buffer.from(text))).toThrow(DamagedLease)
    expect(() => decodeLease('partition/3', Buffer.from(text))).toThrow(/partition\/3 is damaged/)
  })
})

describe('an observer', () => {
  test('takes a lease for run out once it saw it unchanged for as long as it lasts', () => {
    const first = seeing(null, found('a', 1, 7), 100)
    const again = seeing(first, found('a', 1, 7), 2_000)
    expect(isFree(again, 3_099)).toBe(false)
    expect(isFree(again, 3_100)).toBe(true)
    const renewed = seeing(again, found('a', 1, 8), 3_000)
    expect(isFree(renewed, 5_999)).toBe(false)
  })

  test('finds at once what was given back, what never was, and what was its own', () => {
    expect(isFree(seeing(null, found(null, 4, 9), 0), 0)).toBe(true)
    expect(isFree(seeing(null, null, 0), 0)).toBe(true)
    expect(isFree(seeing(null, found('me', 4, 9), 0), 0)).toBe(true)
    expect(isFree(seeing(null, found('me', 4, 9), 0), 0, 'other')).toBe(false)
  })

  test('waits where a lease was taken away: its holder may not know it', () => {
    const gone = seeing(seeing(null, found('a', 4, 9), 0), null, 1_000)
    expect(isFree(gone, 3_999)).toBe(false)
    expect(isFree(gone, 4_000)).toBe(true)
    expect(gone).toMatchObject({ revision: 0, lease: { epoch: 4 } })
  })

  test('passes over what is older than what it saw, but not for ever', () => {
    const seen = seeing(null, found('a', 4, 9), 0)
    expect(seeing(seen, found('b', 3, 5), 2_999)).toBe(seen)
    const anew = seeing(seen, found('b', 1, 2), 3_000)
    expect(anew).toMatchObject({ revision: 2, sinceMs: 3_000, lease: { owner: 'b' } })
  })

  test('never sees an epoch go back', () => {
    const finds = fc.option(fc.tuple(fc.constantFrom(null, 'a', 'b'), fc.integer({ min: 1, max: 9 }), fc.nat(9)))
    fc.assert(
      fc.property(fc.array(fc.tuple(finds, fc.nat(4_000))), steps => {
        let seen: Seen | null = null
        let nowMs = 0
        for (const [what, passedMs] of steps) {
          nowMs += passedMs
          const next = seeing(seen, what && found(what[0], what[1], what[2] + 1), nowMs)
          expect(next.lease.epoch).toBeGreaterThanOrEqual(seen?.lease.epoch ?? 0)
          seen = next
        }
      }),
    )
  })

  test('that could not look lets what it finds unchanged live a little longer', () => {
    const timing = { leaseMs: LEASE_MS, graceMs: 1_000 }
    const seen = seeing(null, found('a', 1, 7), 100)
    expect(isFree(spared(seen, 9_000, timing), 9_999)).toBe(false)
    expect(isFree(spared(seen, 9_000, timing), 10_000)).toBe(true)
    expect(spared(seen, 200, timing)).toEqual(seen)
  })
})
