/** Answers that nobody asked for, or not so, or not any more: refused by their code, and nothing is counted. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseConfig, type RunningServer } from '@pulssi/aggregator'
import { type AskFrame, Frame, Kind, Refusal, SCALES, type ServerFrame, type WireEvent } from '@pulssi/protocol/client'
import { createPulse, type PulseClient, type PulseEvent } from '@pulssi/sdk'
import { pino } from 'pino'
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest'
import { WebSocket } from 'ws'
import { bearer, CLOSED, Client, ENTER, http, journey, KEYS, post } from './harness.js'
import { startPlaced } from './placed.js'

const DEVICE = 2
const VALID_MS = 10_000
const YEAR_MS = 365 * 86_400_000
const PATIENT = { timeout: 10_000 }
const RAGE: WireEvent = [Kind.signal, 0, 0, 'rage']
const rule = (id: string, more: object) => ({
  id,
  touchpoints: ['cart.*'],
  text: { en: '?' },
  validFor: '10s',
  ...more,
})
const SETTINGS = {
  ...CLOSED,
  asks: [
    rule('mood', { kind: 'csat', comment: true, trigger: { on: 'signal', names: ['rage'] } }),
    rule('why', { kind: 'choice', options: [{ en: 'a' }, { en: 'b' }], trigger: { on: 'host' } }),
    rule('word', { kind: 'text', trigger: { on: 'host' } }),
  ],
  budget: { session: '1ms', every: '0s', afterAnswer: '0s', afterDismissal: '0s', most: '0s' },
}

const folder = mkdtempSync(join(tmpdir(), 'pulssi-asks-bad-'))
const realNow = Date.now
let server: RunningServer
/** How far the server's clock has been put forward. */
let aheadMs = 0

beforeAll(async () => {
  vi.spyOn(Date, 'now').mockImplementation(() => realNow() + aheadMs)
  const config = parseConfig({ ...SETTINGS, server: { port: 0, dataDir: folder } })
  server = await startPlaced({ config, logger: pino({ level: 'silent' }) })
})
afterAll(async () => {
  await server.close()
  vi.restoreAllMocks()
  rmSync(folder, { recursive: true, force: true })
})

type Said = { readonly scale: number; readonly score: number } | { readonly option: number } | { readonly text: string }
interface Denied {
  readonly visitor: string
  readonly ask: string
  readonly said: Said
}

let places = 0
/** Of each test its own, so that what is counted there is of this test. */
const nextPlace = (): string => `cart.p${++places}`

const isDenied = (frame: ServerFrame): boolean => frame[0] === Frame.error && frame[1] === Refusal.askDenied
const asked = async (client: Client, from = 0): Promise<AskFrame> =>
  (await client.hear(frame => frame[0] === Frame.ask, from)) as AskFrame

/** A page whose visitor was asked on the place's mood. */
const angry = async (place: string, visitor: string): Promise<{ client: Client; ask: string }> => {
  const [client] = await Client.page(server, DEVICE, visitor)
  await client.acked(client.batch(null, null, 0, [ENTER, RAGE], place))
  return { client, ask: (await asked(client))[1] }
}
/** The same, of whom the host wants to know something else. */
const wanted = async (place: string, visitor: string, id: string): Promise<{ client: Client; ask: string }> => {
  const [client] = await Client.page(server, DEVICE, visitor)
  await client.acked(client.batch(null, null, 0, [ENTER, [Kind.ask, 0, 0, id, 2]], place))
  return { client, ask: (await asked(client))[1] }
}

const wireOf = (ask: string, said: Said): WireEvent => {
  if ('scale' in said) return [Kind.feedback, 0, 0, said.scale, said.score, null, ask]
  return [Kind.answer, 0, 0, ask, 'option' in said ? said.option : said.text]
}
const jsonOf = ({ ask, said }: Denied): object =>
  'scale' in said ? { ask, scale: SCALES[said.scale], score: said.score } : { ask, ...said }

const figures = async (place: string) => {
  const path = `/v1/pulse?window=total&touchpoint=${place}`
  const [pulse] = (await http(server, path, { headers: bearer(KEYS.token) })).body.pulses
  return { n: pulse?.sentiment.n ?? 0, answered: pulse?.asks.answered ?? 0, expired: pulse?.asks.expired ?? 0 }
}
const goodOf = (place: string) => figures(place).then(({ n, answered }) => [n, answered])

/** Lets the time of asks pass, as the server's clock and the engine's see it. */
const pass = async (): Promise<void> => {
  const { clock } = await journey(server)
  aheadMs += VALID_MS + 2_000
  await expect.poll(async () => (await journey(server)).clock, PATIENT).toBeGreaterThan(clock + VALID_MS)
}

const CSAT = { scale: 2, score: 5 } as const
const CASES: readonly [string, (place: string, visitor: string) => Promise<Denied>][] = [
  ['to an ask that was never sent', async (_, visitor) => ({ visitor, ask: 'mood.zz', said: CSAT })],
  [
    'to another ask than the one that is out',
    async (place, visitor) => {
      const { ask } = await angry(place, visitor)
      return { visitor, ask: ask.replace('mood', 'word'), said: { text: 'no' } }
    },
  ],
  [
    'to the ask of another visitor',
    async (place, visitor) => ({ visitor, ask: (await angry(place, `${visitor}-other`)).ask, said: CSAT }),
  ],
  [
    'to an ask that has expired',
    async (place, visitor) => {
      const { ask } = await angry(place, visitor)
      await pass()
      return { visitor, ask, said: CSAT }
    },
  ],
  [
    'on a scale that was not asked',
    async (place, visitor) => ({ visitor, ask: (await angry(place, visitor)).ask, said: { scale: 3, score: 5 } }),
  ],
  [
    'in words where a scale was asked',
    async (place, visitor) => ({ visitor, ask: (await angry(place, visitor)).ask, said: { text: 'fine' } }),
  ],
  [
    'by an option that the choice lacks',
    async (place, visitor) => ({ visitor, ask: (await wanted(place, visitor, 'why')).ask, said: { option: 2 } }),
  ],
  [
    'by a score where a choice was asked',
    async (place, visitor) => ({ visitor, ask: (await wanted(place, visitor, 'why')).ask, said: CSAT }),
  ],
]

test.each(CASES)('an answer %s, over WebSocket: refused, its seq seen, the socket open', async (_, make) => {
  const place = nextPlace()
  const denied = await make(place, `v.ws-${place}`)
  const before = (await journey(server)).events
  const [client] = await Client.page(server, DEVICE, denied.visitor)
  const send = async () => client.acked(client.batch(null, 's-2', 0, [wireOf(denied.ask, denied.said)], place))
  await send()
  const told = await client.hear(frame => frame[0] === Frame.error)
  expect(told).toMatchObject([Frame.error, Refusal.askDenied, expect.any(String), null, 1, 0])
  await send()
  await client.acked(client.batch(null, 's-2', 1, [[Kind.feedback, 0, 0, 2, 1]], place))
  expect(await goodOf(place)).toEqual([1, 0])
  const { accepted, rejected, duplicates, lost } = before
  expect((await journey(server)).events).toMatchObject({
    ...{ accepted: accepted + 1, rejected: rejected + 1, duplicates: duplicates + 1, lost },
  })
})

test.each(CASES)('an answer %s, over HTTP: refused with its code, its seq seen', async (_, make) => {
  const place = nextPlace()
  const denied = await make(place, `v.http-${place}`)
  const { visitor } = denied
  const of = (seq: number, more: object): string =>
    JSON.stringify({ visitor, stream: 's-2', seq, at: Date.now(), kind: 'feedback', touchpoint: place, ...more })
  const both = `${of(0, jsonOf(denied))}\n${of(1, { scale: 'csat', score: 1 })}`
  expect((await post(server, both)).body).toMatchObject({
    ...{ accepted: 1, duplicates: 0, rejected: [{ index: 0, code: Refusal.askDenied, message: expect.any(String) }] },
  })
  expect((await post(server, both)).body).toMatchObject({ accepted: 0, duplicates: 2, rejected: [] })
  expect(await goodOf(place)).toEqual([1, 0])
})

test('an answer that comes twice counts once, over WebSocket, HTTP and both', async () => {
  const place = nextPlace()
  const { client, ask } = await angry(place, 'v.twice')
  const answer = wireOf(ask, CSAT)
  await client.acked(client.batch(null, null, 2, [answer, answer], place))
  await client.hear(isDenied)
  const late = { visitor: 'v.twice', at: Date.now(), kind: 'feedback', touchpoint: place, ask, scale: 'csat', score: 1 }
  expect((await post(server, JSON.stringify(late))).body).toMatchObject({ rejected: [{ code: Refusal.askDenied }] })
  expect(await figures(place)).toMatchObject({ n: 1, answered: 1 })
})

test('what a host calls its own asks is no business of ours: such answers count', async () => {
  const place = nextPlace()
  const own = { visitor: 'v.host', at: Date.now(), kind: 'feedback', touchpoint: place, scale: 'csat', score: 5 }
  const asks = ['mine', 'survey.7', 'mood', 'mood.', '.', 'a.b.c'].map(ask => JSON.stringify({ ...own, ask }))
  expect((await post(server, asks.join('\n'))).body).toMatchObject({ accepted: asks.length, rejected: [] })
  expect(await figures(place)).toMatchObject({ n: asks.length, answered: 0 })
})

/** As a page sends it whose clock is off by so much. */
const sendAt = (
  client: Client,
  place: string,
  offMs: number,
  frame: number,
  seq: number,
  events: WireEvent[],
): void => {
  const at = Date.now() + offMs
  client.send([Frame.batch, frame, at, [place], [[null, null, seq, at, events]]])
}

test('a client whose clock is a year behind is asked, and its answers count by the server’s clock', async () => {
  const place = nextPlace()
  const [client] = await Client.page(server, DEVICE, 'v.behind')
  sendAt(client, place, -YEAR_MS, 1, 0, [ENTER, RAGE])
  const [, ask] = await asked(client)
  sendAt(client, place, -YEAR_MS, 2, 2, [wireOf(ask, CSAT)])
  await client.acked(2)
  expect(await figures(place)).toMatchObject({ n: 1, answered: 1 })
  sendAt(client, place, -YEAR_MS, 3, 3, [RAGE])
  const late = await asked(client, client.heard.findIndex(frame => frame[0] === Frame.ask) + 1)
  await pass()
  sendAt(client, place, -YEAR_MS, 4, 4, [wireOf(late[1], CSAT)])
  await client.hear(isDenied)
  expect(await figures(place)).toEqual({ n: 1, answered: 1, expired: 1 })
})

test('a client whose clock is a year ahead is refused as W30 says: nobody is asked, and nothing counted', async () => {
  const place = nextPlace()
  const [client] = await Client.page(server, DEVICE, 'v.ahead')
  sendAt(client, place, YEAR_MS, 1, 0, [ENTER, RAGE, [Kind.ask, 0, 0, 'why', 2]])
  const { badTime } = Refusal
  const refused = [0, 1, 2].map(position => [1, position, badTime])
  expect(await client.acked(1)).toEqual([Frame.ack, 1, refused])
  sendAt(client, place, 0, 2, 3, [ENTER])
  await client.acked(2)
  expect(client.heard.some(frame => frame[0] === Frame.ask)).toBe(false)
  expect(await figures(place)).toEqual({ n: 0, answered: 0, expired: 0 })
})

/** Sockets of a page that the test can break. */
const breakable = () => {
  const sockets: WebSocket[] = []
  class PageSocket extends WebSocket {
    constructor(url: string, protocol: string) {
      super(url, protocol, { origin: KEYS.origin })
      sockets.push(this)
    }
  }
  return { PageSocket, breakNow: () => sockets.at(-1)?.terminate() }
}

const lostBetween = async (visitor: string, place: string) => {
  const { PageSocket, breakNow } = breakable()
  const options = { url: server.socketUrl, key: KEYS.page, identity: 'host', visitor } as const
  const pulse: PulseClient = createPulse({ ...options, WebSocket: PageSocket as never })
  onTestFinished(() => pulse.close())
  const refused: { code: number; event: PulseEvent | undefined }[] = []
  pulse.on('refused', told => refused.push(told))
  const ask = new Promise<AskFrame>(resolve => pulse.on('ask', resolve))
  pulse.enter(place)
  pulse.signal(place, 'rage')
  const [, id] = await ask
  await pulse.flush()
  breakNow()
  pulse.feedback(place, { scale: 'csat', score: 5, ask: id })
  return { pulse, refused, id }
}

test('the socket is lost between ask and answer: the answer comes with the next one, and counts once', async () => {
  const place = nextPlace()
  const { pulse, refused } = await lostBetween('v.lost', place)
  await pulse.flush()
  expect(refused).toEqual([])
  expect(await figures(place)).toMatchObject({ n: 1, answered: 1 })
})

test('the ask expires while the socket is away: the answer is refused, and the page is told', async () => {
  const place = nextPlace()
  const { pulse, refused, id } = await lostBetween('v.late', place)
  aheadMs += VALID_MS + 2_000
  await expect.poll(() => refused, PATIENT).toMatchObject([{ code: Refusal.askDenied, event: { ask: id } }])
  await pulse.flush()
  expect(pulse.stats()).toMatchObject({ refused: 1, queued: 0 })
  expect(await figures(place)).toEqual({ n: 0, answered: 0, expired: 1 })
})
