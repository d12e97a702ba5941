import { expect, test } from 'vitest'
import { pulseOf } from '../testing/pulses.js'
import { isAsked, oneVoiceShare, shownCorrection } from './asked.js'

const part = { value: 0.2, low: 0, high: 0.4, n: 8, believed: true, baseline: null }
const { sentiment } = pulseOf('pay', '1h', [part, part, part], 50)
const asks = { shown: 0, dismissed: 0, answered: 0, expired: 0, rate: null, saved: 0 }

test.each([
  [8, 0.63, 0.63],
  [8, 0.5, null],
  [5, 0.8, 0.8],
  [4, 1, null],
  [0, null, null],
])('of %i answers with a concentration of %f the screen warns of %f', (n, concentration, share) => {
  expect(oneVoiceShare({ n, concentration })).toBe(share)
})

test('a score that nothing corrects stands alone', () => {
  expect(shownCorrection(sentiment)).toBeNull()
  expect(shownCorrection(undefined)).toBeNull()
  const corrected = { score: 0.1, low: -0.1, high: 0.3, estimator: 'asked' } as const
  expect(shownCorrection({ ...sentiment, corrected })).toEqual(corrected)
})

test('asks are told of where one was put, or saved', () => {
  expect(isAsked(asks)).toBe(false)
  expect(isAsked({ ...asks, saved: 1 })).toBe(true)
})
