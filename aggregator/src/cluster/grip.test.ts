import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Grip, type GripEvent, gripAfter, gripOf } from './grip.js'
import { encodeLease } from './lease.js'
import { TIMING } from './limits.js'

const HELD_MS = TIMING.leaseMs - TIMING.marginMs
const claim = { name: 'p', owner: 'me', epoch: 3 }
const after = (grip: Grip, ...events: GripEvent[]): Grip =>
  events.reduce((before, event) => gripAfter(before, event, claim, TIMING), grip)
const read = (owner: string | null, epoch: number, revision: number, atMs: number): GripEvent => ({
  is: 'read',
  found: { value: encodeLease({ role: 'worker', owner, epoch, until: 0 }), revision },
  atMs,
})
const start = gripOf(10, 0, TIMING)

const moment = fc.nat(6_000)
const revision = fc.integer({ min: 8, max: 20 })
const events: fc.Arbitrary<GripEvent> = fc.oneof(
  moment.map(atMs => ({ is: 'asked' as const, atMs })),
  fc.record({ is: fc.constant('stored' as const), beganMs: moment, revision, atMs: moment }),
  fc.record({ is: fc.constantFrom('conflict' as const, 'failed' as const), base: revision, atMs: moment }),
  fc
    .tuple(fc.constantFrom('me', 'other', null), fc.integer({ min: 2, max: 4 }), revision, moment)
    .map(one => read(...one)),
  fc.record({ is: fc.constant('read' as const), found: fc.constant(null), atMs: moment }),
  moment.map(atMs => ({ is: 'unread' as const, atMs })),
)

describe('a grip', () => {
  test('is believed in for no longer than the last write that is known to be stored allows', () => {
    fc.assert(
      fc.property(fc.array(events), all => {
        let grip = start
        let provenMs = 0
        for (const event of all) {
          const next = after(grip, event)
          if (event.is === 'stored') provenMs = Math.max(provenMs, event.beganMs)
          expect(next.heldUntilMs).toBeLessThanOrEqual(provenMs + HELD_MS)
          expect(next.heldUntilMs).toBeGreaterThanOrEqual(grip.heldUntilMs)
          if (event.is !== 'stored') expect(next.heldUntilMs).toBe(grip.heldUntilMs)
          grip = next
        }
      }),
    )
  })

  test('is gone for good after its time, whatever an answer says', () => {
    fc.assert(
      fc.property(events, fc.array(events), (last, later) => {
        const end = after(start, { ...last, atMs: start.heldUntilMs + last.atMs })
        expect(end.is).toBe('gone')
        expect(after(end, ...later)).toBe(end)
      }),
    )
  })

  test('follows a renewal that was stored', () => {
    const stored = after(
      start,
      { is: 'asked', atMs: 1_000 },
      { is: 'stored', beganMs: 1_000, revision: 12, atMs: 1_300 },
    )
    expect(stored).toEqual({ is: 'sure', revision: 12, dueMs: 2_000, heldUntilMs: 1_000 + HELD_MS })
  })

  test('renews once more where no answer comes, and either may be the one that is stored', () => {
    const asked = after(start, { is: 'asked', atMs: 1_000 })
    expect(asked).toMatchObject({ is: 'sure', dueMs: 1_000 + TIMING.hedgeMs })
    const twice = after(asked, { is: 'asked', atMs: 1_700 })
    const first = after(twice, { is: 'stored', beganMs: 1_000, revision: 12, atMs: 1_800 })
    expect(after(first, { is: 'conflict', base: 10, atMs: 1_900 })).toBe(first)
    const second = after(twice, { is: 'conflict', base: 10, atMs: 1_800 })
    expect(second.is).toBe('unsure')
    expect(after(second, { is: 'stored', beganMs: 1_000, revision: 12, atMs: 1_900 })).toMatchObject({
      is: 'sure',
      revision: 12,
    })
  })

  test.each(['conflict', 'failed'] as const)('reads after a write that ended as %s, and grows by no reading', is => {
    const unsure = after(start, { is, base: 10, atMs: 1_000 })
    expect(unsure.is).toBe('unsure')
    expect(after(unsure, read('me', 3, 11, 1_200))).toEqual({
      is: 'sure',
      revision: 11,
      dueMs: 1_200,
      heldUntilMs: start.heldUntilMs,
    })
    expect(after(unsure, read('other', 4, 12, 1_200)).is).toBe('gone')
    expect(after(unsure, read('me', 4, 12, 1_200)).is).toBe('gone')
    expect(after(unsure, read(null, 3, 12, 1_200)).is).toBe('gone')
    expect(after(unsure, { is: 'read', found: null, atMs: 1_200 }).is).toBe('gone')
    const rubbish = { value: Buffer.from('?'), revision: 12 }
    expect(after(unsure, { is: 'read', found: rubbish, atMs: 1_200 }).is).toBe('gone')
    // From a server that hasn't heard of the newest.
    expect(after(unsure, read('other', 2, 9, 1_200))).toMatchObject({ is: 'unsure', dueMs: 1_200 + TIMING.retryMs })
    expect(after(unsure, { is: 'unread', atMs: 1_200 })).toMatchObject({ is: 'unsure', dueMs: 1_200 + TIMING.retryMs })
  })

  test('that is sure is not shaken by a reading that comes late', () => {
    expect(after(start, read('other', 4, 12, 1_200))).toBe(start)
  })
})
