import { decode, type ServerFrame } from '@pulssi/protocol/client'
import { expect, test } from 'vitest'
import { Words } from '../asks/index.js'
import { parseConfig } from '../config/index.js'
import { IdHash, type Saying } from '../engine/index.js'
import { SERVICE, type Sender } from '../intake/index.js'
import { Tally } from '../metrics/index.js'
import { FRESH_MS, Pages, SKEW_MS } from './pages.js'
import type { Outlet } from './subscriptions.js'

const KEY = [7, 9] as const
const NOW = Date.UTC(2026, 0, 1)
const PAGE = {
  rights: { kind: 'page', origins: null, channels: null, prover: null, provenBy: null, source: 'a' },
} as const
const ASK = {
  ...{ id: 'mood', touchpoints: ['*'], kind: 'csat', trigger: { on: 'sample' } },
  text: { en: 'How was it?', fi: 'Miten meni?' },
}
const NUDGE = { id: 'chat', touchpoints: ['*'], text: { en: 'Stuck?' }, link: { href: '/help', text: { en: 'Ask' } } }

class Page implements Outlet {
  congested = false
  readonly heard: ServerFrame[] = []
  write(prepared: Uint8Array): void {
    // Behind a header of two bytes, or of four for more than 125.
    this.heard.push(decode(prepared.subarray(prepared[1] === 126 ? 4 : 2)) as unknown as ServerFrame)
  }
}

const sender = (visitor: string | null, stream: string | null): Sender => ({ ...SERVICE, visitor, stream })
const make = () => {
  const tally = new Tally()
  const clock = { at: NOW, now: () => clock.at }
  const words = new Words(parseConfig({ asks: [ASK], nudges: [NUDGE] }))
  const pages = new Pages({ key: KEY, words, clock, tally })
  const join = (visitor: string | null, stream: string | null, page = new Page()): [Page, () => void] => [
    page,
    pages.enter({ ...PAGE, writer: sender(visitor, stream) }, page),
  ]
  return { pages, tally, clock, words, join }
}
const saying = (visitor: string, stream: string, more: Partial<Saying> = {}): Saying => {
  const who = new IdHash(KEY).of(visitor)
  const [visitorHi, visitorLo] = [who.hi, who.lo]
  const { hi: streamHi, lo: streamLo } = who.of(stream)
  const said = { kind: 'ask', id: 'mood.1z', touchpoint: 'cart', at: NOW, validMs: 60_000, text: '' } as const
  return { ...said, visitorHi, visitorLo, streamHi, streamLo, ...more }
}

test('W70: each is said to the page of its visitor and stream, and to no other', () => {
  const { pages, tally, join } = make()
  const [own] = join('v.1', 's-1')
  const others = [join('v.2', 's-1'), join('v.1', 's-2'), join(null, 's-1'), join('v.1', null)].map(([page]) => page)
  const service = new Page()
  pages.enter({ rights: { kind: 'service', source: 'b' }, writer: sender('v.1', 's-1') }, service)
  pages.tell([
    saying('v.1', 's-1'),
    saying('v.1', 's-1', { kind: 'nudge', id: 'chat.2' }),
    saying('v.1', 's-1', { kind: 'reply', id: 'r-x', text: 'We mended it' }),
    saying('v.3', 's-1'),
  ])
  expect(own.heard).toEqual([
    [70, 'mood.1z', 'cart', 2, ['en', 'How was it?', 'fi', 'Miten meni?'], [], false, 60_000],
    [71, 'chat.2', 'cart', ['en', 'Stuck?'], ['/help', ['en', 'Ask']], 60_000],
    [72, 'r-x', 'cart', 'We mended it', 60_000],
  ])
  for (const page of [...others, service]) expect(page.heard).toEqual([])
  expect(Object.fromEntries(tally.said.entries())).toEqual({ ask: 1, nudge: 1, reply: 1 })
  expect(Object.fromEntries(tally.unsaid.entries())).toMatchObject({ absent: 1, late: 0 })
})

test('W70: what was decided over a second ago is not said, whatever is ahead of whose clock', () => {
  const { pages, tally, clock, join } = make()
  const [page] = join('v.1', 's-1')
  for (const ageMs of [FRESH_MS + 1, -SKEW_MS - 1, Number.NaN]) pages.tell([saying('v.1', 's-1', { at: NOW - ageMs })])
  expect(page.heard).toEqual([])
  expect(Object.fromEntries(tally.unsaid.entries())).toMatchObject({ late: 3 })
  for (const ageMs of [FRESH_MS, 0, -SKEW_MS]) pages.tell([saying('v.1', 's-1', { at: NOW - ageMs })])
  expect(page.heard.length).toBe(3)
  clock.at += FRESH_MS + 1
  pages.tell([saying('v.1', 's-1')])
  expect(page.heard.length).toBe(3)
})

test('W70: a page that is too slow gets none', () => {
  const { pages, tally, join } = make()
  const [page] = join('v.1', 's-1')
  page.congested = true
  pages.tell([saying('v.1', 's-1')])
  expect(page.heard).toEqual([])
  expect(Object.fromEntries(tally.unsaid.entries())).toMatchObject({ congested: 1 })
})

test('W70: the newest connection stands for a page, until it leaves; nothing is kept of who left', () => {
  const { pages, join } = make()
  const [old, leaveOld] = join('v.1', 's-1')
  const [fresh, leaveFresh] = join('v.1', 's-1')
  pages.tell([saying('v.1', 's-1')])
  leaveOld()
  pages.tell([saying('v.1', 's-1')])
  expect([old.heard.length, fresh.heard.length]).toEqual([0, 2])
  leaveFresh()
  leaveFresh()
  expect(pages.size).toBe(0)
})

test('W73: words are those of the configuration in force; what it doesn’t know any more is not said', () => {
  const { pages, tally, words, join } = make()
  const [page] = join('v.1', 's-1')
  words.replace(parseConfig({ asks: [{ ...ASK, text: { sv: 'Hur gick det?' } }] }))
  pages.tell([saying('v.1', 's-1'), saying('v.1', 's-1', { kind: 'nudge', id: 'chat.2' })])
  for (const id of ['mood', 'mood.', '.1', 'mood.01', 'other.1']) pages.tell([saying('v.1', 's-1', { id })])
  expect(page.heard).toEqual([[70, 'mood.1z', 'cart', 2, ['sv', 'Hur gick det?'], [], false, 60_000]])
  expect(Object.fromEntries(tally.unsaid.entries())).toMatchObject({ wordless: 6 })
})
