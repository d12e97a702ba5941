import fc from 'fast-check'
import { expect, test } from 'vitest'
import { MemoryBus } from '../embedded/memory-bus.js'
import { PARTS } from './limits.js'
import { cutPartial, onWanted, PARTIALS, packPartial, publishPartial, unpackPartial, wantSubject } from './partial.js'

const turn = (): Promise<void> => new Promise(resolve => setImmediate(resolve))

const header = fc.record({
  epoch: fc.integer({ min: 1 }),
  number: fc.integer({ min: 1 }),
  sequence: fc.nat(Number.MAX_SAFE_INTEGER),
  isWhole: fc.boolean(),
})

test('a message says in each of its parts what it is, and where the part belongs', () => {
  fc.assert(
    fc.property(header, fc.uint8Array({ maxLength: 200 }), fc.integer({ min: 1, max: 64 }), (head, bytes, size) => {
      const parts = cutPartial(packPartial(head, bytes.length === 0 ? null : bytes), size).map(unpackPartial)
      for (const [i, part] of parts.entries()) {
        expect(part).toMatchObject({ ...head, part: i, parts: parts.length })
        expect(part.bytes.length).toBeLessThanOrEqual(size)
      }
      expect(Buffer.concat(parts.map(part => part.bytes))).toEqual(Buffer.from(bytes))
    }),
  )
})

test('what is no part is refused, and what is longer than can be numbered', () => {
  expect(() => unpackPartial(new Uint8Array(31))).toThrow('not a part of a partial')
  expect(() => unpackPartial(new Uint8Array(32).fill(9))).toThrow('not a part of a partial')
  const message = packPartial({ epoch: 1, number: 1, sequence: 1, isWhole: true }, new Uint8Array(PARTS + 1))
  expect(() => cutPartial(message, 1)).toThrow('fit a message')
})

test('messages and the wish for a whole one go over the Bus by partition', async () => {
  const bus = new MemoryBus()
  const heard: unknown[] = []
  bus.subscribe(PARTIALS, (bytes, subject) => heard.push([subject, unpackPartial(bytes).sequence]))
  publishPartial(bus, 12, packPartial({ epoch: 1, number: 1, sequence: 5, isWhole: true }, null))
  const end = onWanted(bus, partition => heard.push(partition))
  bus.publish(wantSubject(12), new Uint8Array(0))
  await turn()
  end()
  bus.publish(wantSubject(13), new Uint8Array(0))
  await turn()
  expect(heard).toEqual([['partial.12', 5], 12])
})
