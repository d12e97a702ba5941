import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { formatDuration, parseDuration } from './duration.js'

describe('durations', () => {
  test('what is formatted is parsed to the same ms', () => {
    fc.assert(fc.property(fc.nat(), ms => parseDuration(formatDuration(ms)) === ms))
  })

  test.each([
    ['250ms', 250],
    ['30s', 30_000],
    ['30m', 1_800_000],
    ['48h', 172_800_000],
    ['5d', 432_000_000],
    ['0s', 0],
  ])('%s is %d ms', (text, ms) => {
    expect(parseDuration(text)).toBe(ms)
  })

  test.each(['', '30', 's', '-5s', '1.5h', '5 d', '5D', '1w', ' 5s', '5s ', '1e3s', '9999999999999s'])(
    '"%s" is no duration',
    text => {
      expect(parseDuration(text)).toBeNull()
    },
  )
})
