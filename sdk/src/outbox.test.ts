import fc from 'fast-check'
import { expect, test } from 'vitest'
import { BOUNDS } from './bounds.js'
import { addOutbox, type Entry, type Outbox } from './outbox.js'

const MAX_EVENTS = 8
const MAX_BYTES = 1_000
const entry = (kind: 'enter' | 'goal', seq: number, sizeBytes = 10): Entry => [
  { kind, touchpoint: 'a', stream: 's', seq, at: 0 },
  sizeBytes,
  's',
]
const seqsOf = (entries: readonly Entry[] | undefined) => entries?.map(([{ seq }]) => seq)
const setUp = () => {
  const outbox = {} as Outbox
  addOutbox(outbox, { ...BOUNDS, $maxBytes: MAX_BYTES })
  /** All that is left, taken out. */
  const rest = () => {
    outbox.$restart()
    const seqs: number[] = []
    for (let next = outbox.$take(1_000, 1e9); next; next = outbox.$take(1_000, 1e9)) {
      seqs.push(...(seqsOf(next[1]) ?? []))
      outbox.$acknowledge(next[0])
    }
    return seqs
  }
  return { outbox, rest }
}
const fill = (kinds: readonly ('enter' | 'goal')[]) => {
  const { outbox, rest } = setUp()
  kinds.forEach((kind, seq) => {
    outbox.$add(MAX_EVENTS, entry(kind, seq))
  })
  return { overflow: outbox.$stats.lost.overflow, rest }
}

test('both bounds hold, nothing in flight goes, and every event is queued or counted once', () => {
  const call = fc.record({
    kind: fc.constantFrom('enter', 'goal') as fc.Arbitrary<'enter' | 'goal'>,
    sizeBytes: fc.nat(400),
  })
  const action = fc.oneof(call, fc.constantFrom('take', 'ack', 'restart', 'refuse', 'break'))
  fc.assert(
    fc.property(fc.array(action, { maxLength: 100 }), actions => {
      const { outbox, rest } = setUp()
      const { $stats: stats } = outbox
      let added = 0
      let sent = 0
      let acked = 0
      let flying: number[][] = []
      for (const act of actions) {
        if (typeof act === 'object') outbox.$add(MAX_EVENTS, entry(act.kind, added++, act.sizeBytes))
        if (act === 'take') {
          const next = outbox.$take(3, 500)
          if (next) {
            expect(next[0]).toBe(++sent)
            flying.push(seqsOf(next[1]) ?? [])
          }
        }
        if (act === 'ack' && acked < sent) {
          outbox.$acknowledge(++acked)
          flying.shift()
        }
        if (act === 'refuse') outbox.$refuse(sent, 0)
        if (act === 'break') outbox.$breakUp()
        if (act === 'restart' || act === 'break') {
          outbox.$restart()
          sent = acked = 0
          flying = []
        }
        expect(outbox.$inFlight()).toBe(flying.length)
        expect(stats.queued).toBeLessThanOrEqual(MAX_EVENTS)
        const { overflow, refused } = stats.lost
        const counted = stats.acked + stats.refused + overflow + refused + stats.queued
        // Refused before its frame's ack, an event is counted and queued until then.
        expect(counted).toBeGreaterThanOrEqual(added)
        expect(counted).toBeLessThanOrEqual(added + stats.refused)
        if (stats.queued === 0) expect(counted).toBe(added)
      }
      const { queued } = stats
      const left = rest()
      expect(left.length).toBe(queued)
      expect(left).toEqual([...left].sort((a, b) => a - b))
      expect(stats.acked + stats.refused + stats.lost.overflow + stats.lost.refused).toBe(added)
      expect(left).toEqual(expect.arrayContaining(flying.flat()))
    }),
  )
})

test('the oldest enter goes before any goal', () => {
  expect(fill(['goal', 'enter', 'goal', 'enter', 'goal', 'goal', 'goal', 'goal', 'goal']).rest()).toEqual([
    0, 2, 3, 4, 5, 6, 7, 8,
  ])
})

test('among goals alone the new event goes, whatever it is', () => {
  const goals = Array(MAX_EVENTS).fill('goal') as 'goal'[]
  expect(fill([...goals, 'goal']).rest()).toEqual([0, 1, 2, 3, 4, 5, 6, 7])
  const { rest, overflow } = fill([...goals, 'enter'])
  expect(overflow).toBe(1)
  expect(rest()).toEqual([0, 1, 2, 3, 4, 5, 6, 7])
})

test('a frame holds no more than its bytes, but one event at least', () => {
  const { outbox } = setUp()
  for (const [seq, sizeBytes] of [300, 10, 100].entries()) outbox.$add(MAX_EVENTS, entry('goal', seq, sizeBytes))
  expect(seqsOf(outbox.$take(100, 50)?.[1])).toEqual([0])
  expect(seqsOf(outbox.$take(100, 50)?.[1])).toEqual([1])
})

test('a frame that was not taken goes out again under its number, with what waits', () => {
  const { outbox } = setUp()
  for (let seq = 0; seq < 4; seq++) outbox.$add(MAX_EVENTS, entry('goal', seq))
  for (let n = 0; n < 3; n++) outbox.$take(1, 1e9)
  outbox.$rewind(2)
  expect(outbox.$inFlight()).toBe(1)
  const [frame, entries] = outbox.$take(100, 1e9) ?? []
  expect(frame).toBe(2)
  expect(seqsOf(entries)).toEqual([1, 2, 3])
})
