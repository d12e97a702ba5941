import { type ErrorFrame, Frame, Refusal } from '@pulssi/protocol'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Acks, type Handed } from './acks.js'

const handed = (frame: number, open = 1): Handed => ({ frame, open, refused: [], late: [], state: 'waiting' })

test('acknowledges every frame once, in order, and none before all before it are durable', () => {
  fc.assert(
    fc.property(fc.shuffledSubarray([1, 2, 3, 4, 5, 6], { minLength: 6 }), order => {
      const acks = new Acks()
      const frames = [1, 2, 3, 4, 5, 6].map(frame => handed(frame))
      for (const frame of frames) acks.add(frame)
      const durable = new Set<number>()
      let acknowledged = 0
      for (const frame of order) {
        durable.add(frame)
        const found = frames[frame - 1] as Handed
        found.open--
        const [ack] = acks.take()
        if (ack !== undefined) {
          expect(ack[0]).toBe(Frame.ack)
          expect(ack[1]).toBeGreaterThan(acknowledged)
          acknowledged = ack[1]
        }
        for (let i = 1; i <= acknowledged; i++) expect(durable.has(i)).toBe(true)
        expect(durable.has(acknowledged + 1)).toBe(false)
      }
      expect(acknowledged).toBe(6)
      expect(acks.length).toBe(0)
    }),
  )
})

test('carries the refusals of all frames that it covers, and late ones behind it', () => {
  const acks = new Acks()
  const late: ErrorFrame = [Frame.error, Refusal.seqTooFar, 'too far', null, 2, 0]
  acks.add({ ...handed(1, 0), refused: [[1, 4, Refusal.badScore]] })
  acks.add({ ...handed(2, 0), refused: [[2, 0, Refusal.badTime]], late: [late] })
  expect(acks.take()).toEqual([
    [
      Frame.ack,
      2,
      [
        [1, 4, Refusal.badScore],
        [2, 0, Refusal.badTime],
      ],
    ],
    late,
  ])
  expect(acks.take()).toEqual([])
})

test('what is forgotten is not acknowledged', () => {
  const acks = new Acks()
  const second = handed(2)
  acks.add(handed(1, 0))
  acks.add(second)
  acks.forget(2)
  second.open = 0
  expect(acks.take()).toEqual([[Frame.ack, 1, []]])
  expect(second.state).toBe('forgotten')
  expect(acks.take()).toEqual([])
})
