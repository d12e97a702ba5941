import { expect, test } from 'vitest'
import { beginningOf } from './beginning.js'

test('a stream that begins later is made as the server can, or not at all', () => {
  expect(beginningOf('2.9.10', 3, 1)).toBe('plain')
  expect(beginningOf('2.15.1', 3, 1)).toBe('plain')
  expect(beginningOf('2.10.0', 3, 2)).toBe('configured')
  expect(beginningOf('2.15.1', 1, 2)).toBe('configured')
  expect(beginningOf('2.9.25', 1, 2)).toBe('purged')
  expect(beginningOf('2.9.25', 3, 2)).toBe('impossible')
})
