import { expect, test } from 'vitest'
import { formatOf } from '../format.js'
import type { LinkState } from '../store/link.js'
import { WORDS } from '../words/index.js'
import { noticesOf } from './notices.js'

const CLOCK = 1_732_250_000_000
const FRESH = { clock: CLOCK, ageMs: 200, behind: [] }
const NONE = { clock: 0, ageMs: 0, behind: [] }
const LIVE: LinkState = { state: 'live', since: 0 }
const CONNECTING: LinkState = { state: 'connecting', since: 0 }

const said = (link: LinkState, shown: Parameters<typeof noticesOf>[1], sinceMs = 0): string[] =>
  noticesOf(link, shown, sinceMs, 'pulse.example', WORDS.en, formatOf('en'))

test('where all is well nothing is said', () => {
  expect(said(LIVE, FRESH)).toEqual([])
})

test('each thing that is wrong has a sentence of its own', () => {
  const all = [
    said(CONNECTING, NONE),
    said(CONNECTING, FRESH, 65_000),
    said({ state: 'stale', since: 0 }, FRESH),
    said({ state: 'ended', since: 0, message: 'too many connections' }, NONE),
    said(LIVE, { ...FRESH, behind: [2] }),
    said(LIVE, { ...FRESH, behind: [1, 2] }),
    said(LIVE, { ...FRESH, ageMs: 9_000 }),
  ]
  expect(new Set(all.map(([first]) => first)).size).toBe(all.length)
  expect(all[1]?.join(' ')).toMatch(/lost 1 min ago.*figures are those of/)
  expect(all[3]?.join(' ')).toContain('Too many connections.')
  expect(all[6]?.join(' ')).toContain('9 sec')
})

test('figures as old as the server always has them are worth no word', () => {
  expect(said(LIVE, { ...FRESH, ageMs: 4_999 })).toEqual([])
})

test('the form that asks for a token says it by itself', () => {
  expect(said({ state: 'asking', since: 0, why: 'needed' }, NONE)).toEqual([])
})
