import { expect, test } from 'vitest'
import { formatOf } from './format.js'

const en = formatOf('en')
const fi = formatOf('fi')
const plain = (text: string): string => text.replaceAll('\u00a0', ' ')

test('rates are percent, scores carry their sign, and no zero has one', () => {
  expect(plain(en.figure('dropOff', 0.2522))).toBe('25.2 %')
  expect(plain(fi.figure('friction', 0.2522))).toBe('25,2 %')
  expect(en.figure('sentiment', 0.5)).toBe('+0.50')
  expect(en.figure('sentiment', -0.5)).toBe('−0.50')
  expect(en.figure('sentiment', -0.001)).toBe('0.00')
})

test('differences of rates are percentage points', () => {
  expect(plain(en.difference('dropOff', 0.49, 0.077))).toBe('+41.3 pp')
  expect(plain(fi.difference('dropOff', 0.1, 0.2))).toBe('−10,0 %-yks.')
  expect(en.difference('sentiment', 0.05, 0.25)).toBe('−0.20')
})

test('durations stand in their greatest unit', () => {
  expect(en.duration(0)).toBe('0 sec')
  expect(en.duration(-5_000)).toBe('0 sec')
  expect(en.duration(119_999)).toBe('1 min')
  expect(fi.duration(3 * 86_400_000)).toBe('3 pv')
})
