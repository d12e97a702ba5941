/** Ten days of journeys for a server with the data clock, and what its history must say of them. */
import type { RunningServer } from '@pulssi/aggregator'
import type { History, HistoryStep } from '@pulssi/protocol/client'
import { expect } from 'vitest'
import { difference, historyOf, Recount, readConfig, readLine, stepName } from '../recount/index.js'
import { Random } from '../sim/random.js'
import { http } from './harness.js'

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
/** In Helsinki clocks change on the 30th. */
const START = Date.UTC(2025, 2, 25, 7, 20)
const DAYS = 10
const POST_EVENTS = 400
/** Events come so much out of order at most. */
const DISORDER_MS = 3 * HOUR_MS

export const SETTINGS = {
  project: 'past',
  journey: {
    idle: '25m',
    stages: ['attract', 'close'],
    touchpoints: {
      home: { stage: 'attract' },
      'checkout.*': { stage: 'close', idle: '3h' },
      'checkout.thanks': { stage: 'close', end: true },
    },
  },
}
const PLACES = ['home', 'search', 'checkout.cart', 'checkout.payment', 'checkout.thanks', 'phone.support', '-odd']
const KINDS = ['enter', 'enter', 'enter', 'leave', 'goal', 'signal', 'feedback']

/** Lines by time, cut where a request ends. Nights are quiet, and for 60 hours nobody comes at all. */
export const tenDays = (seed: number, visitorsADay = 60): string[][] => {
  const random = new Random(seed)
  const events: { at: number; line: string }[] = []
  for (let i = 0; i < DAYS * visitorsADay; i++) {
    const day = random.int(0, DAYS - 1)
    if (day === 4 || day === 5) continue
    let at = START + day * DAY_MS + random.int(0, 14 * HOUR_MS)
    const steps = random.int(1, 9)
    for (let seq = 0; seq < steps; seq++) {
      at += random.int(0, 25 * 60_000)
      const kind = random.pick(KINDS)
      const touchpoint = random.pick(PLACES)
      const rest =
        kind === 'signal'
          ? { name: random.pick(['rage', '-dead', 'error']) }
          : kind === 'feedback'
            ? { scale: 'csat', score: random.int(1, 5) }
            : {}
      const channel = touchpoint.startsWith('phone') ? { channel: 'phone' } : {}
      const event = { visitor: `v-${i}`, stream: `s-${i}`, seq, at, kind, touchpoint, ...channel, ...rest }
      events.push({ at: at + (i % 7 === 0 ? random.int(0, DISORDER_MS) : 0), line: JSON.stringify(event) })
    }
  }
  const lines = events.sort((a, b) => a.at - b.at).map(({ line }) => line)
  const posts: string[][] = []
  for (let first = 0; first < lines.length; first += POST_EVENTS) posts.push(lines.slice(first, first + POST_EVENTS))
  return posts
}

export const send = async (server: RunningServer, lines: readonly string[]): Promise<void> => {
  const headers = { authorization: 'Bearer sk_any', 'content-type': 'application/x-ndjson' }
  const { status, body } = await http(server, '/v1/events', { method: 'POST', headers, body: lines.join('\n') })
  expect([status, body.rejected]).toEqual([200, []])
}

export const ask = async (server: RunningServer, query: string): Promise<History> => {
  const { status, body } = await http(server, `/v1/history?${query}`)
  expect([status, body.error]).toEqual([200, undefined])
  return body
}

const FROM = new Date(START - DAY_MS).toISOString().slice(0, 10)
const TO = new Date(START + (DAYS + 4) * DAY_MS).toISOString().slice(0, 10)
/** The whole time, as parameters. */
export const ALL = `from=${FROM}&to=${TO}`

/** Asks for all of it in a step and zone, and counts it anew from the lines. */
export const expectRecounted = async (
  server: RunningServer,
  posts: readonly string[][],
  step: HistoryStep,
  zone: string,
): Promise<void> => {
  const items = posts.flat().map(readLine)
  const recount = new Recount(items, { config: readConfig(JSON.stringify(SETTINGS)), dataClock: true })
  for (const name of [...recount.touchpoints, ...recount.rollUps]) {
    const { rows } = await ask(server, `touchpoint=${name}&step=${step}&zone=${zone}&${ALL}`)
    const expected = historyOf(recount, name, step, zone)
    if (step === 'quarter') for (const key of expected.keys()) if (key < oldestQuarter(recount)) expected.delete(key)
    const named = Object.fromEntries(rows.map(({ from, to: _, ...row }) => [stepName(step, zone, from), row]))
    expect(difference(Object.fromEntries(expected), named)).toBe(null)
  }
}

/** N30: 15 min slices are kept for 48 h. */
const oldestQuarter = ({ judged: { clock } }: Recount): string => new Date(clock - 2 * DAY_MS + 1).toISOString()
