import { encode, Frame } from '@pulssi/protocol/client'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { numberOf } from './peek.js'

const bytes = (frame: readonly unknown[]): Buffer => Buffer.from(encode(frame))

test('finds the number of every batch and forget', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 2 ** 31 - 1 }), number => {
      expect(numberOf(bytes([Frame.batch, number, null, ['cart'], [['v', 's', 0, 1, [[0, 0, 0]]]]]))).toBe(number)
      expect(numberOf(bytes([Frame.forget, number, 'v']))).toBe(number)
    }),
  )
})

test('finds none in anything else, however it is cut', () => {
  expect(numberOf(bytes([Frame.unsubscribe, 1]))).toBeNull()
  expect(numberOf(bytes([Frame.subscribe, 1, ['*'], [0]]))).toBeNull()
  const batch = bytes([Frame.batch, 70_000, null, ['cart'], []])
  for (let length = 0; length < 7; length++) expect(numberOf(batch.subarray(0, length))).toBeNull()
  fc.assert(fc.property(fc.uint8Array({ maxLength: 8 }), noise => void numberOf(Buffer.from(noise))))
})
