import fc from 'fast-check'
import { expect, it } from 'vitest'
import { ApiError } from '../api.js'
import { failedOf, type Held, readOf } from './read.js'

const keys = fc.constantFrom('a', 'b', 'c', null)

it('nothing of another key is ever shown', () => {
  fc.assert(
    fc.property(fc.constantFrom('a', 'b', 'c'), keys, fc.integer(), (of, key, value) => {
      const held: Held<number> = { key: of, read: { state: 'ready', value, isOld: false } }
      expect(readOf(held, key)).toEqual(of === key ? held.read : { state: 'loading' })
    }),
  )
  expect(readOf(null, 'a')).toEqual({ state: 'loading' })
})

it('what was read stays when reading it again fails, and is called old', () => {
  const held: Held<number> = { key: 'a', read: { state: 'ready', value: 7, isOld: false } }
  expect(failedOf(held, 'a', new ApiError(503, 'busy')).read).toEqual({ state: 'ready', value: 7, isOld: true })
})

it('the failure of a first read is told with its status', () => {
  const other: Held<number> = { key: 'b', read: { state: 'ready', value: 7, isOld: false } }
  const told = { state: 'failed', status: 403, message: 'this token does not read this touchpoint' }
  const error = new ApiError(403, 'this token does not read this touchpoint')
  expect(failedOf(other, 'a', error).read).toEqual(told)
  expect(failedOf(null, 'a', error).read).toEqual(told)
  expect(failedOf(null, 'a', 'cut').read).toEqual({ state: 'failed', status: 0, message: 'cut' })
})
