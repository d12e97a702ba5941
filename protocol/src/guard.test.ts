import fc from 'fast-check'
import { describe, expect, expectTypeOf, test } from 'vitest'
import type { z } from 'zod'
import { BATCH_EVENTS, type ClientFrame, FRAME_PLACES, SEQ_MAX } from './client/index.js'
import { explain } from './explain.js'
import { guardClient } from './guard.js'
import { clientFrameSchema } from './schema/frames.js'
import { clientFrames } from './testing/frames.js'
import { mutate, mutations, oddities } from './testing/mutate.js'

const damaged = fc
  .tuple(clientFrames, fc.array(mutations, { minLength: 1, maxLength: 3 }))
  .map(([frame, list]) => mutate(frame, list))

/** RFC 6455, section 5.5.1. */
const CLOSE_REASON_BYTES = 123

const agrees = (frame: unknown): boolean => {
  const accepted = guardClient(frame)
  expect(accepted).toBe(clientFrameSchema.safeParse(frame).success)
  if (!accepted) {
    const reason = explain(frame)
    expect(reason).toMatch(/^frame[^:]*: ./)
    expect(Buffer.byteLength(reason)).toBeLessThanOrEqual(CLOSE_REASON_BYTES)
    expect(reason).not.toMatch(/no fault|breaks the grammar|not a (batch|place|group)/)
  }
  return accepted
}

describe('W20: the guard accepts exactly what the schema accepts', () => {
  test('frames within the grammar', () => {
    fc.assert(
      fc.property(clientFrames, frame => {
        expect(agrees(frame)).toBe(true)
      }),
      { numRuns: 1000 },
    )
  })

  test('frames damaged at any depth', () => {
    let accepted = 0
    const runs = 6000
    fc.assert(
      fc.property(damaged, frame => {
        if (agrees(frame)) accepted++
      }),
      { numRuns: runs },
    )
    expect(accepted).toBeGreaterThan(runs / 50)
    expect(accepted).toBeLessThan(runs / 2)
  })

  test('anything at all', () => {
    fc.assert(
      fc.property(oddities, frame => void agrees(frame)),
      { numRuns: 1000 },
    )
    const typed = fc.tuple(fc.constantFrom(1, 2, 3, 4, 5, 6, 64, -0), fc.array(oddities, { maxLength: 7 }))
    fc.assert(
      fc.property(typed, ([type, rest]) => {
        agrees([type, ...rest])
      }),
      { numRuns: 1000 },
    )
  })

  test('the schema states the types that the wire has', () => {
    expectTypeOf<z.infer<typeof clientFrameSchema>>().toExtend<ClientFrame>()
  })
})

const enter = [0, 0, 0]
const batch = (groups: unknown, places: unknown = ['p']) => [2, 1, null, places, groups]
const group = (events: unknown, seq = 0) => [null, null, seq, 1e12, events]
const many = (count: number, item: unknown): unknown[] => new Array(count).fill(item)

describe('W21: borders of a batch', () => {
  const accepted: [string, unknown][] = [
    ['a full batch in one group', batch([group(many(BATCH_EVENTS, enter))])],
    ['a full batch in many groups', batch(many(BATCH_EVENTS, group([enter])))],
    ['the greatest sequence number', batch([group([enter, enter], SEQ_MAX - 1)])],
    ['all places', batch([group([enter])], many(FRAME_PLACES, 'p'))],
    ['a link without a place', batch([group([[6, 0, null, 'c', null, null]])], [])],
    ['any finite score', batch([group([[3, 0.5, 0, 2, -1e300]])])],
    ['any finite at', batch([[null, null, 0, -1e300, [enter]]])],
    ['cuts', batch([group([enter])], [['p', 'web', ['variant', 'B', 'device', 'B']]])],
  ]
  const refused: [string, unknown, string][] = [
    ['an event too many', batch([group(many(60, enter)), group(many(41, enter))]), 'frame[4]: more than 100 events'],
    ['a group of no events', batch([group([])]), 'frame[4][0][4]'],
    ['no groups', batch([]), 'frame[4]'],
    ['a sequence number past the greatest', batch([group([enter, enter], SEQ_MAX)]), 'frame[4][0]'],
    ['a place too many', batch([group([enter])], many(FRAME_PLACES + 1, 'p')), 'frame[3]'],
    ['a place that the frame lacks', batch([group([enter, [0, 0, 1]])]), 'frame[4][0][4][1][2]: the frame has 1'],
    ['an event without a place', batch([group([[0, 0, null]])]), 'frame[4][0][4][0][2]'],
    ['an infinite score', batch([group([[3, 0, 0, 2, Number.POSITIVE_INFINITY]])]), 'frame[4][0][4][0][4]'],
    ['a dimension twice', batch([group([enter])], [['p', null, ['a', '1', 'a', '2']]]), 'frame[3][0]'],
    ['a dimension without value', batch([group([enter])], [['p', null, ['a']]]), 'frame[3][0]'],
    ['a link of nobody', batch([group([[6, 0, null, null, null, 'proof']])]), 'frame[4][0][4][0]'],
    ['an unknown kind', batch([group([[8, 0, 0]])]), 'frame[4][0][4][0][0]: unknown kind'],
    ['frame number 0', [2, 0, null, ['p'], [group([enter])]], 'frame[1]'],
    ['a frame of the server', [64, null, 0, 0, 0, 0, 0], 'frame[0]: unknown type'],
    ['a window twice', [3, 0, ['*'], [1, 1]], 'frame[3]'],
    ['a star in the middle', [3, 0, ['a*b'], [1]], 'frame[2][0]'],
    ['an object', { 0: 4, 1: 0, length: 2 }, 'frame: must be an array'],
  ]
  test.each(accepted)('accepts %s', (_, frame) => {
    expect(explain(frame)).toBe('frame: no fault')
    expect(agrees(frame)).toBe(true)
  })
  test.each(refused)('refuses %s', (_, frame, reason) => {
    expect(agrees(frame)).toBe(false)
    expect(explain(frame)).toContain(reason)
  })

  test('a frame of 60,000 faults is explained by its first', () => {
    const events = many(100, [9, 0, 0, 0, 0, 0])
    expect(explain(batch(many(100, group(events))))).toBe('frame[4][0][4][0][0]: unknown kind of event')
    expect(explain(batch(many(60_000, null)))).toMatch(/^frame\[4\]: Too big/)
    expect(explain([3, 0, many(60_000, null), [1]])).toMatch(/^frame\[2\]/)
  })
})
