import { expect, test } from 'vitest'
import { Tally } from '../metrics/index.js'
import { Addresses } from './addresses.js'
import { COMMENTING_VISITORS, CommentRates } from './comments.js'
import { DEFAULT_LIMITS } from './limits.js'

const MINUTE = 60_000
const make = () => {
  const clock = { at: 0 }
  const tally = new Tally()
  const limits = { ...DEFAULT_LIMITS, commentsPerVisitorPerMinute: 3, commentsPerAddressPerMinute: 10 }
  const addresses = new Addresses(limits, () => clock.at)
  return { clock, tally, rates: new CommentRates(limits, addresses, tally) }
}
const leftOut = (tally: Tally): unknown => Object.fromEntries(tally.leftOut.entries())
const kept = (mayComment: (visitor: string) => boolean, visitors: readonly string[]): number =>
  visitors.filter(visitor => mayComment(visitor)).length
const many = (count: number): string[] => Array.from({ length: count }, (_, i) => `v.${i}`)

test('W76: of one visitor so many comments a minute are kept, from wherever they come', () => {
  const { clock, tally, rates } = make()
  const here = rates.judge('203.0.113.1')
  const there = rates.judge('203.0.113.2')
  expect(kept(here, ['v', 'v']) + kept(there, ['v', 'v', 'v'])).toBe(3)
  expect(kept(here, ['w'])).toBe(1)
  clock.at += MINUTE / 3
  expect(kept(there, ['v', 'v'])).toBe(1)
  expect(leftOut(tally)).toEqual({ visitor: 3, address: 0 })
})

test('W76: of one address so many, however many visitors it makes up; of this machine, any number', () => {
  const { clock, tally, rates } = make()
  const mayComment = rates.judge('2001:db8::1')
  const neighbour = rates.judge('2001:db8::2')
  expect(kept(mayComment, many(20)) + kept(neighbour, many(20))).toBe(10)
  expect(kept(rates.judge('203.0.113.9'), many(5))).toBeGreaterThan(0)
  expect(leftOut(tally)).toMatchObject({ address: 30 })
  expect(
    kept(
      rates.judge('127.0.0.1'),
      many(500).map(name => `own-${name}`),
    ),
  ).toBe(500)
  clock.at += MINUTE
  expect(kept(mayComment, many(20))).toBe(10)
})

test('memory is bounded, whatever visitors are made up', () => {
  const { rates } = make()
  const mayComment = rates.judge('127.0.0.1')
  for (let i = 0; i < 3 * COMMENTING_VISITORS; i++) mayComment(`v.${i}`)
  expect(rates.size).toBeLessThanOrEqual(COMMENTING_VISITORS)
})
