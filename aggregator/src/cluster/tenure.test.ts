import { expect, test } from 'vitest'
import { TimedTenure } from './tenure.js'

const make = (): { tenure: TimedTenure; pass: (ms: number) => void } => {
  let nowMs = 0
  const pass = (ms: number): void => {
    nowMs += ms
  }
  const tenure = new TimedTenure({ name: 'p', owner: 'me', epoch: 1, heldUntilMs: 2_500, steadyMs: () => nowMs })
  return { tenure, pass }
}

test('a tenure is over as soon as the clock says so, with no timer in between', () => {
  const { tenure, pass } = make()
  pass(2_499)
  expect(tenure.isHeld).toBe(true)
  tenure.extend(4_000)
  pass(1_500)
  expect(tenure.isHeld).toBe(true)
  pass(1)
  expect(tenure.isHeld).toBe(false)
  expect(tenure.signal.aborted).toBe(false)
})

test('a tenure that is over is never held again', () => {
  const { tenure, pass } = make()
  pass(2_500)
  tenure.extend(9_000)
  expect(tenure.isHeld).toBe(false)
})

test('a tenure is not shortened, and ends where it is told to', () => {
  const { tenure, pass } = make()
  tenure.extend(1_000)
  pass(2_000)
  expect(tenure.isHeld).toBe(true)
  tenure.end()
  expect([tenure.isHeld, tenure.signal.aborted]).toEqual([false, true])
})
