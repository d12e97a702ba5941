import fc from 'fast-check'
import { expect, test } from 'vitest'
import { cutPartial, type PartialPart, packPartial, unpackPartial } from '../worker/partial.js'
import { Gatherer } from './gatherer.js'

const PART = 5

const partsOf = (epoch: number, number: number, bytes: Uint8Array): PartialPart[] =>
  cutPartial(packPartial({ epoch, number, sequence: number * 10, isWhole: number % 2 === 0 }, bytes), PART).map(
    unpackPartial,
  )

test('messages come out as they were cut, also where those of several partitions are mixed', () => {
  const sizes = fc.array(fc.nat(4 * PART), { minLength: 1, maxLength: 8 })
  fc.assert(
    fc.property(sizes, fc.infiniteStream(fc.nat(1)), (sizes, mix) => {
      const gatherer = new Gatherer()
      const bytes = (size: number, salt: number): Uint8Array => Uint8Array.from({ length: size }, (_, i) => i + salt)
      const queues = [0, 1].map(partition => sizes.flatMap((size, i) => partsOf(1, i + 1, bytes(size, partition * 7))))
      const heard: number[] = [0, 0]
      while (queues.some(queue => queue.length > 0)) {
        const partition = mix.next().value as number
        const part = queues[partition]?.shift()
        const message = part === undefined ? null : gatherer.add(partition, part)
        if (message === null) continue
        const index = heard[partition] as number
        heard[partition] = index + 1
        expect(message).toMatchObject({ epoch: 1, number: index + 1, sequence: (index + 1) * 10 })
        expect(message.isWhole).toBe(index % 2 === 1)
        expect([...message.bytes]).toEqual([...bytes(sizes[index] as number, partition * 7)])
      }
      expect([heard, gatherer.sizeBytes]).toEqual([[sizes.length, sizes.length], 0])
    }),
  )
})

test('a message that lacks a part is dropped, and keeps no memory once the next one begins', () => {
  fc.assert(
    fc.property(fc.integer({ min: 2, max: 6 }), fc.nat(5), (parts, pick) => {
      const gatherer = new Gatherer()
      const lost = pick % parts
      const got = partsOf(1, 1, new Uint8Array(parts * PART)).filter(({ part }) => part !== lost)
      for (const part of got) expect(gatherer.add(0, part)).toBe(null)
      const [only] = partsOf(1, 2, new Uint8Array(2))
      expect(gatherer.add(0, only as PartialPart)).toMatchObject({ number: 2 })
      expect(gatherer.sizeBytes).toBe(0)
    }),
  )
  const twice = new Gatherer()
  const [first, second] = partsOf(1, 1, new Uint8Array(3 * PART)) as [PartialPart, PartialPart]
  for (const part of [first, second, second]) expect(twice.add(0, part)).toBe(null)
})

test('parts of a former epoch disturb nothing', () => {
  const gatherer = new Gatherer()
  const [first, second] = partsOf(2, 1, new Uint8Array(2 * PART)) as [PartialPart, PartialPart]
  gatherer.add(0, first)
  for (const old of partsOf(1, 9, new Uint8Array(2 * PART))) expect(gatherer.add(0, old)).toBe(null)
  expect(gatherer.add(0, second)).toMatchObject({ epoch: 2, number: 1 })
})

test('no more than so many bytes wait for their missing parts', () => {
  const gatherer = new Gatherer(4 * PART)
  for (let partition = 0; partition < 50; partition++) {
    for (const part of partsOf(1, 1, new Uint8Array(4 * PART)).slice(0, 3)) {
      expect(gatherer.add(partition, part)).toBe(null)
      expect(gatherer.sizeBytes).toBeLessThanOrEqual(4 * PART)
    }
  }
})
