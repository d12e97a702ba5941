import fc from 'fast-check'
import { expect, test } from 'vitest'
import { nameOf } from './forms.js'

const SIGNAL = /^[a-z0-9-]{1,24}$/

test('whatever a field is called, the name of the signal is one', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.stringMatching(/^[a-z0-9-]{1,30}$/)), name => {
      expect(nameOf({ name })).toMatch(SIGNAL)
    }),
  )
  expect(['email', 'user[email]', '', 'x'.repeat(19), 'x'.repeat(20)].map(name => nameOf({ name }))).toEqual([
    'form-email',
    'form',
    'form',
    `form-${'x'.repeat(19)}`,
    'form',
  ])
})
