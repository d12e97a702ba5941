import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Entry, Outbox } from './outbox.js'

const MAX_EVENTS = 8
const MAX_BYTES = 1_000
const entry = (kind: 'enter' | 'goal', seq: number, sizeBytes = 10): Entry => {
  return { event: { kind, touchpoint: 'a' }, visitor: null, stream: 's', seq, at: 0, sizeBytes, frame: 0, position: 0 }
}
const fill = (kinds: readonly ('enter' | 'goal')[]) => {
  const outbox = new Outbox(MAX_BYTES)
  const gone = kinds.map((kind, seq) => outbox.add(entry(kind, seq), MAX_EVENTS))
  return { outbox, gone, seqs: () => outbox.queue.map(({ seq }) => seq) }
}

test('both bounds hold, nothing in flight goes, and every event is in the queue or counted', () => {
  const call = fc.record({
    kind: fc.constantFrom('enter', 'goal') as fc.Arbitrary<'enter' | 'goal'>,
    sizeBytes: fc.nat(400),
  })
  const action = fc.oneof(call, fc.constantFrom('take', 'ack', 'restart'))
  fc.assert(
    fc.property(fc.array(action, { maxLength: 100 }), actions => {
      const outbox = new Outbox(MAX_BYTES)
      let added = 0
      let gone = 0
      for (const act of actions) {
        const flying = outbox.queue.filter(({ frame }) => frame > 0)
        if (typeof act === 'object') gone += outbox.add(entry(act.kind, added++, act.sizeBytes), MAX_EVENTS)
        if (typeof act === 'object') expect(outbox.queue).toEqual(expect.arrayContaining(flying))
        if (act === 'take') outbox.take(3, 500)
        if (act === 'ack') gone += outbox.acknowledge(outbox.queue[0]?.frame ?? 0).length
        if (act === 'restart') outbox.restart()
        const seqs = outbox.queue.map(({ seq }) => seq)
        expect(seqs).toEqual([...seqs].sort((a, b) => a - b))
        expect(outbox.queue.length).toBeLessThanOrEqual(MAX_EVENTS)
        expect(outbox.queue.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0)).toBeLessThanOrEqual(MAX_BYTES)
        expect(outbox.queue.length + gone).toBe(added)
      }
    }),
  )
})

test('the oldest enter goes before any goal', () => {
  const { seqs } = fill(['goal', 'enter', 'goal', 'enter', 'goal', 'goal', 'goal', 'goal', 'goal'])
  expect(seqs()).toEqual([0, 2, 3, 4, 5, 6, 7, 8])
})

test('among goals alone a new goal displaces the oldest, an enter goes itself', () => {
  const goals = Array(MAX_EVENTS).fill('goal') as 'goal'[]
  expect(fill([...goals, 'goal']).seqs()).toEqual([1, 2, 3, 4, 5, 6, 7, 8])
  const { seqs, gone } = fill([...goals, 'enter'])
  expect(seqs()).toEqual([0, 1, 2, 3, 4, 5, 6, 7])
  expect(gone.at(-1)).toBe(1)
})

test('a frame holds no more than its bytes, but one event at least', () => {
  const outbox = new Outbox(MAX_BYTES)
  for (const [seq, sizeBytes] of [300, 10, 100].entries()) outbox.add(entry('goal', seq, sizeBytes), MAX_EVENTS)
  expect(outbox.take(100, 50).map(({ seq }) => seq)).toEqual([0])
  expect(outbox.take(100, 50).map(({ seq }) => seq)).toEqual([1])
})
