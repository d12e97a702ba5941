/** What a subscriber sees: whole rows, then changes that lead to the same figures as GET /v1/pulse. */
import { Frame, type PulseFrame, type PulseRow, WINDOWS, type WireEvent } from '@pulssi/protocol/client'
import { expect, test } from 'vitest'
import { bearer, CLOSED, Client, ENTER, http, journey, KEYS, post, serve } from './harness.js'

/** The rules W50 and W51, applied to what came. */
const rebuild = (frames: readonly PulseFrame[]): unknown[][] => {
  let rows: unknown[][] = []
  let version = -1
  for (const [, , next, base, , , , given] of frames) {
    if (base === null) rows = (given as PulseRow[]).map(row => [...row])
    else {
      expect(base).toBe(version)
      for (const [index, change] of given as [number, unknown[]][]) {
        if (typeof change[0] === 'string') {
          expect(index).toBe(rows.length)
          rows.push([...change])
        } else
          for (let i = 0; i < change.length; i += 2) (rows[index] as unknown[])[change[i] as number] = change[i + 1]
      }
    }
    version = next
  }
  return rows
}

const figures = (row: unknown[]): unknown => ({
  touchpoint: row[0],
  window: WINDOWS[row[3] as number],
  entered: row[4],
  dropOff: row.slice(14, 20),
  score: row[20],
  n: row[23],
  signals: row[34],
  visitors: row[38],
  pulse: row[40],
})

// biome-ignore lint/suspicious/noExplicitAny: a pulse as JSON
const sameOf = (pulse: any): unknown => ({
  touchpoint: pulse.touchpoint,
  window: pulse.window,
  entered: pulse.visits.entered,
  dropOff: ['rate', 'low', 'high', 'n', 'believed', 'baseline'].map(name => pulse.dropOff[name]),
  score: pulse.sentiment.score,
  n: pulse.sentiment.n,
  signals: Object.entries(pulse.friction.signals).flat(),
  visitors: pulse.visitors,
  pulse: pulse.pulse,
})

test('full, then changes: they rebuild what GET /v1/pulse says', async () => {
  const server = await serve({ ...CLOSED, server: { partitions: 2 } })
  const reader = await Client.reader(server)
  reader.send([Frame.subscribe, 1, ['*', '~journey'], [5]])
  await reader.hear(frame => frame[0] === Frame.pulse)
  const writer = await Client.service(server)
  const tap: WireEvent = [3, 0, 0, 0, 1]
  const rage: WireEvent = [5, 0, 0, 'rage']
  for (let i = 0; i < 30; i++) {
    const place = ['cart', 'shop', 'checkout.payment'][i % 3]
    await writer.acked(writer.batch(`v-${i % 7}`, 's-1', 10 * i, [ENTER, tap, rage].slice(0, 1 + (i % 3)), place))
    if (i % 10 === 9) await reader.hear(frame => frame[0] === Frame.pulse, reader.heard.length)
  }
  const wanted = await http(server, '/v1/pulse?window=total&touchpoint=*&touchpoint=~journey', {
    headers: bearer(KEYS.token),
  })
  const target = wanted.body.pulses.map(sameOf)
  const now = (): unknown[] =>
    rebuild(reader.pulses(1))
      .map(figures)
      .sort((a, b) => ((a as { touchpoint: string }).touchpoint < (b as { touchpoint: string }).touchpoint ? -1 : 1))
  while (JSON.stringify(now()) !== JSON.stringify(target)) {
    await reader.hear(frame => frame[0] === Frame.pulse, reader.heard.length)
  }
  const bases = reader.pulses(1).map(frame => frame[3])
  expect(bases[0]).toBeNull()
  expect(bases.filter(base => base === null)).toHaveLength(1)
  expect(bases.length).toBeGreaterThan(2)
})

test('subscribing again under the same id starts anew with whole rows', async () => {
  const server = await serve(CLOSED)
  await post(server, JSON.stringify({ visitor: 'v', at: Date.now(), kind: 'enter', touchpoint: 'cart' }))
  const reader = await Client.reader(server)
  for (const round of [1, 2]) {
    reader.send([Frame.subscribe, 3, ['cart'], [0]])
    await reader.hear(() => reader.pulses(3).length >= round)
  }
  expect(reader.pulses(3).map(frame => frame[3])).toEqual([null, null])
  expect(rebuild(reader.pulses(3).slice(1))).toHaveLength(1)
})

test('a token that reads some touchpoints sees no others, whatever it subscribes to', async () => {
  const server = await serve(CLOSED)
  const at = Date.now()
  for (const touchpoint of ['cart', 'checkout.payment']) {
    await post(server, JSON.stringify({ visitor: 'v', at, kind: 'enter', touchpoint }))
  }
  await journey(server)
  const [all, some] = [await Client.reader(server), await Client.reader(server, KEYS.some)]
  for (const reader of [all, some]) reader.send([Frame.subscribe, 1, ['*', '~*'], [5]])
  const names = async (reader: Client): Promise<unknown[]> => {
    const frame = (await reader.hear(heard => heard[0] === Frame.pulse)) as PulseFrame
    return (frame[7] as PulseRow[]).map(row => row[0])
  }
  expect(await names(all)).toEqual(expect.arrayContaining(['cart', 'checkout.payment', '~journey']))
  expect(await names(some)).toEqual(['checkout.payment'])
})

test('a heartbeat comes once something is subscribed', async () => {
  const server = await serve(CLOSED)
  const reader = await Client.reader(server)
  reader.send([Frame.subscribe, 1, ['none'], [0]])
  reader.send([Frame.unsubscribe, 1])
  await reader.hear(frame => frame[0] === Frame.heartbeat)
})

const ALL_WINDOWS = [0, 1, 2, 3, 4, 5]
const PLACES = Array.from({ length: 300 }, (_, i) => `p.${i}`)

/** One visit at each of many touchpoints, so that a whole pulse is large. */
const visitAll = async (writer: Client, round: number): Promise<void> => {
  const size = 100
  for (let start = 0; start < PLACES.length; start += size) {
    const some = PLACES.slice(start, start + size)
    const now = Date.now()
    const groups = some.map((_, i) => [`v-${round}-${start + i}`, 's', 0, now, [[0, 0, i]]])
    const frame = (round * PLACES.length + start) / size + 1
    writer.send([Frame.batch, frame, now, some, groups])
    await writer.acked(frame)
  }
}

const lastEntered = (client: Client): unknown =>
  rebuild(client.pulses(1)).find(row => row[0] === PLACES.at(-1) && row[3] === 5)?.[4]

test('a subscriber that reads nothing holds nobody up, and gets the newest state when it reads again', async () => {
  const server = await serve({ ...CLOSED, journey: { touchpoints: { 'p.*': {} } } })
  const [slow, quick] = [await Client.reader(server), await Client.reader(server)]
  for (const reader of [slow, quick]) {
    reader.send([Frame.subscribe, 1, ['*'], ALL_WINDOWS])
    await reader.hear(frame => frame[0] === Frame.pulse)
  }
  slow.socket.pause()
  const writer = await Client.service(server)
  for (let round = 0; round < 3; round++) {
    await visitAll(writer, round)
    await quick.hear(() => lastEntered(quick) === round + 1)
  }
  expect(lastEntered(slow)).toBeUndefined()
  slow.socket.resume()
  await slow.hear(() => lastEntered(slow) === 3)
})

test('a subscriber that lets more wait than it may is cut off, and nobody else', async () => {
  // Who is full is cut off with the next ping at the latest.
  const limits = { outboundBytes: 64 * 1024, pingMs: 1_000 }
  const server = await serve({ ...CLOSED, server: { limits }, journey: { touchpoints: { 'p.*': {} } } })
  const [stuck, quick] = [await Client.reader(server), await Client.reader(server)]
  await visitAll(await Client.service(server), 0)
  quick.send([Frame.subscribe, 1, ['*'], ALL_WINDOWS])
  await quick.hear(() => lastEntered(quick) === 1)
  stuck.socket.pause()
  const gone = new Promise(resolve => {
    stuck.socket.once('error', resolve)
    stuck.socket.once('close', resolve)
  })
  let isGone = false
  void gone.then(() => {
    isGone = true
  })
  // What the kernel takes is its own business: ask for whole pulses until it takes no more.
  for (let id = 2; !isGone; id++) {
    for (const each of [0, 1, 2, 3, 4, 5, 6, 7]) stuck.send([Frame.subscribe, each, ['*'], ALL_WINDOWS])
    quick.send([Frame.subscribe, id % 8, ['*'], ALL_WINDOWS])
    await Promise.race([gone, quick.hear(frame => frame[0] === Frame.pulse, quick.heard.length)])
  }
  expect(quick.socket.readyState).toBe(quick.socket.OPEN)
})
