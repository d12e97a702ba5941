import type { Pulse } from '@pulssi/protocol'
import { expect, test } from 'vitest'
import { table } from './table.js'

const rate = { rate: null, low: null, high: null, n: 0, believed: false, baseline: null }
const pulse = (touchpoint: string, more: Partial<Pulse> = {}): Pulse => ({
  touchpoint,
  channel: null,
  stage: null,
  window: '5m',
  clock: 0,
  ageMs: 0,
  visits: {
    entered: 12,
    views: 0,
    active: 3,
    completed: 0,
    progressed: 0,
    switched: 0,
    dropped: 0,
    unseen: 0,
    recovered: 0,
    troubled: 0,
  },
  dropOff: rate,
  sentiment: {
    score: null,
    low: null,
    high: null,
    n: 0,
    visitors: 0,
    believed: false,
    baseline: null,
    scales: {},
    corrected: { score: null, low: null, high: null, estimator: 'plain' },
    concentration: null,
  },
  friction: { ...rate, signals: {} },
  dwellMs: { p50: null, p90: null, p99: null },
  visitors: 7,
  late: 0,
  pulse: null,
  asks: { shown: 0, dismissed: 0, answered: 0, expired: 0, rate: null, saved: 0 },
  ...more,
})

test('every pulse has a line, its columns under the head’s; what is not known is a dash', () => {
  const [head = '', one = '', two = ''] = table([pulse('a'), pulse('checkout.payment', { pulse: 64 })])
  expect(one).toMatch(/^a +5m +3 +12 +– +– +– +7 +–$/)
  expect(two).toMatch(/64 ▮{6}$/)
  expect(two.indexOf('5m')).toBe(head.indexOf('window'))
})

test('a figure that is not believed stands in brackets', () => {
  const known = { ...rate, rate: 0.2523, n: 111 }
  const [, shaky = '', firm = ''] = table([
    pulse('a', { dropOff: known }),
    pulse('b', { dropOff: { ...known, believed: true } }),
  ])
  expect(shaky).toContain('(25.2 %)')
  expect(firm).toContain(' 25.2 % ')
})

test('a small screen shows what fits and says how many are left out', () => {
  const lines = table(
    Array.from({ length: 30 }, (_, i) => pulse(`t${i}`)),
    10,
  )
  expect(lines).toHaveLength(10)
  expect(lines.at(-1)).toBe('… and 22 more; narrow it with --touchpoint')
})
