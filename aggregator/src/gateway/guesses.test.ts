import fc from 'fast-check'
import { expect, test } from 'vitest'
import { GUESSING_GROUPS, Guesses, REMEMBERED_SECRETS } from './guesses.js'

const RATE = 10

test('in any second of any plan at most two seconds’ worth of fresh secrets are tried from one address', () => {
  const step = fc.record({ waitMs: fc.integer({ min: 0, max: 400 }), tries: fc.integer({ min: 0, max: 40 }) })
  fc.assert(
    fc.property(fc.array(step, { maxLength: 30 }), plan => {
      let now = 0
      let fresh = 0
      const guesses = new Guesses(
        () => RATE,
        () => now,
      )
      const tried: number[] = []
      for (const { waitMs, tries } of plan) {
        now += waitMs
        for (let n = 0; n < tries; n++) if (guesses.mayTry('192.0.2.1', `wrong ${fresh++}`)) tried.push(now)
      }
      for (const at of tried) expect(tried.filter(t => t >= at && t < at + 1_000).length).toBeLessThanOrEqual(2 * RATE)
    }),
  )
})

test('a secret that was right from there goes through, from there alone; an IPv6 neighbour shares the allowance', () => {
  const guesses = new Guesses(
    () => RATE,
    () => 0,
  )
  guesses.right('2001:db8::1', 'known')
  for (let n = 0; n < RATE; n++) expect(guesses.mayTry('2001:db8::2', `wrong ${n}`)).toBe(true)
  expect(guesses.mayTry('2001:db8::3', 'other')).toBe(false)
  expect(guesses.mayTry('2001:db8::3', 'known')).toBe(true)
  expect(guesses.mayTry('2001:db8:0:1::1', 'other')).toBe(true)
  for (let n = 0; n < RATE; n++) guesses.mayTry('192.0.2.1', `wrong ${n}`)
  expect(guesses.mayTry('192.0.2.1', 'known')).toBe(false)
})

test('addresses and secrets beyond the bound push out the oldest', () => {
  const guesses = new Guesses(
    () => 1,
    () => 0,
  )
  guesses.right('10.0.0.0', 'first')
  expect(guesses.mayTry('10.0.0.0', 'x')).toBe(true)
  expect(guesses.mayTry('10.0.0.0', 'x')).toBe(false)
  for (let n = 0; n < REMEMBERED_SECRETS; n++) guesses.right('10.0.0.0', `later ${n}`)
  expect(guesses.mayTry('10.0.0.0', 'first')).toBe(false)
  for (let n = 1; n <= GUESSING_GROUPS; n++) guesses.mayTry(`10.${n >> 16}.${(n >> 8) & 255}.${n & 255}`, 'x')
  expect(guesses.mayTry('10.0.0.0', 'x')).toBe(true)
})
