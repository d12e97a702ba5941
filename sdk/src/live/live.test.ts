import { decode, encode, Frame, type PulseRow, WINDOWS } from '@pulssi/protocol/client'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Far, type Line, World } from '../testing/world.js'
import { VERSION } from '../version.js'
import { createReader } from './live.js'
import { pulseOf } from './row.js'
import { Table } from './table.js'
import type { LiveOptions, LiveState, Update } from './types.js'

/** The sample of a pulse in DESIGN.md as a row. */
const ROW: PulseRow = [
  ...(['checkout.payment', 'web', 'close', 1, 120, 14, 9, 0, 80, 3, 28, 0, 5, 11] as const),
  ...([0.252252, 0.180677, 0.340402, 111, true, 0.19] as const),
  ...([-0.060606, -0.317136, 0.195924, 33, 31, false, 0.1, [2, 9, 6, 4, 8, 6]] as const),
  ...([0.091667, 0.051957, 0.156708, 120, true, 0.08, ['rage', 4, 'error', 7]] as const),
  ...([18200, 61000, 140000, 118, 0, 64] as const),
  ...([-0.1, -0.4, 0.2, 2, 0.25, 40, 6, 30, 4, 0.75, 900] as const),
]
const rowWith = (row: PulseRow, index: number, value: unknown) =>
  row.map((field, at) => (at === index ? value : field)) as unknown as PulseRow
const CLOCK = 1_732_250_000_000
const SAMPLE =
  '{"touchpoint":"checkout.payment","channel":"web","stage":"close","window":"5m","clock":1732250000000,"ageMs":180,' +
  '"visits":{"entered":120,"views":14,"active":9,"completed":0,"progressed":80,"switched":3,"dropped":28,"unseen":0,' +
  '"recovered":5,"troubled":11},' +
  '"dropOff":{"rate":0.252252,"low":0.180677,"high":0.340402,"n":111,"believed":true,"baseline":0.19},' +
  '"sentiment":{"score":-0.060606,"low":-0.317136,"high":0.195924,"n":33,"visitors":31,"believed":false,"baseline":0.1,' +
  '"scales":{"csat":{"levels":[9,6,4,8,6],"share":0.424242,"n":33}},' +
  '"corrected":{"score":-0.1,"low":-0.4,"high":0.2,"estimator":"asked"},"concentration":0.25},' +
  '"friction":{"rate":0.091667,"low":0.051957,"high":0.156708,"n":120,"believed":true,"baseline":0.08,"signals":{"rage":4,"error":7}},' +
  '"dwellMs":{"p50":18200,"p90":61000,"p99":140000},"visitors":118,"late":0,"pulse":64,' +
  '"asks":{"shown":40,"dismissed":6,"answered":30,"expired":4,"rate":0.75,"saved":900}}'

describe('rows', () => {
  test('become the pulse that HTTP gives, to the byte', () => {
    expect(JSON.stringify(pulseOf(ROW, CLOCK, 180))).toBe(SAMPLE)
  })

  test('each scale has its standard figure', () => {
    const flat = [
      ...[0, 1, 3],
      ...[1, 1, 0, 0, 1],
      ...[3, 1, 0, 0, 0, 0, 0, 1, 1, 0, 2, 2],
      ...[4, 1, 0, 0, 0, 0, 0, 2],
      ...[5, 1, 0, 0, 0, 0, 0, 0, 0, 2],
    ]
    const row = rowWith(ROW, 27, flat)
    expect(pulseOf(row, CLOCK, 0).sentiment.scales).toEqual({
      thumb: { levels: [1, 3], share: 0.75, n: 4 },
      smiley: { levels: [1, 0, 0, 1], share: 0.5, index: 50, n: 2 },
      nps: { levels: [1, 0, 0, 0, 0, 0, 1, 1, 0, 2, 2], nps: 28.571429, n: 7 },
      ces: { levels: [1, 0, 0, 0, 0, 0, 2], mean: 5, share: 0.666667, n: 3 },
      emotion: { levels: [1, 0, 0, 0, 0, 0, 0, 0, 2], value: -33.333333, n: 3 },
    })
  })

  test('deltas end in what a full frame gives; what did not change is not named', () => {
    const change = fc.record({ index: fc.nat(3), entered: fc.nat(), whole: fc.boolean() })
    fc.assert(
      fc.property(fc.array(fc.array(change, { maxLength: 4 }), { maxLength: 6 }), steps => {
        const table = new Table()
        const rows = [0, 1, 2].map(n => rowWith(ROW, 0, `t${n}`))
        table.apply([68, 1, 0, null, CLOCK, 0, [], rows])
        steps.forEach((changes, version) => {
          const sent: [number, unknown[]][] = []
          for (const { index, entered, whole } of changes) {
            const at = Math.min(index, rows.length)
            const row = rowWith(rows[at] ?? ROW, 4, entered)
            const fresh = at === rows.length
            rows[at] = row
            sent.push([at, whole || fresh ? [...row] : [4, entered]])
          }
          const update = table.apply([68, 1, version + 1, version, CLOCK + version, 7, [], sent as never])
          expect(update?.pulses).toEqual(rows.map(row => pulseOf(row, CLOCK + version, 7)))
          const touched = [...new Set(sent.map(([at]) => at))].sort()
          expect(update?.changed).toEqual(touched.map(at => update?.pulses[at]))
        })
      }),
    )
  })
})

class Server implements Far {
  heard: unknown[][] = []
  line: Line | null = null
  opened(line: Line) {
    this.line = line
  }
  message(_line: Line, bytes: Uint8Array) {
    const frame = decode(bytes) as unknown[]
    this.heard.push(frame)
    if (frame[0] === Frame.hello) this.say([Frame.welcome, null, 0, 65_536, 100, 20, 5_000])
    if (frame[0] === Frame.subscribe) this.say([Frame.pulse, frame[1], 1, null, CLOCK, 0, [], [ROW]])
  }
  say(frame: readonly unknown[]) {
    this.line?.deliver(encode(frame))
  }
  take() {
    return this.heard.splice(0)
  }
}

const setUp = async (options: Partial<LiveOptions> = {}) => {
  const server = new Server()
  const world = new World(1, server)
  const live = createReader({ url: 'ws://x', ...options }, world.environment)
  const states: LiveState[] = []
  const updates: Update[] = []
  live.on('state', state => states.push(state))
  const unsubscribe = live.subscribe({ touchpoints: ['*'], windows: ['5m', 'total'] }, update => updates.push(update))
  /** Tokens come by promise: lets them through between the steps of the clock. */
  const pass = async (ms: number) => {
    for (let n = 0; n < 5; n++) {
      world.pass(ms / 5)
      await new Promise(setImmediate)
    }
  }
  await pass(20)
  return { server, world, live, states, updates, unsubscribe, pass }
}
const HELLO = [Frame.hello, null, 0, null, null, null, `live/${VERSION}`]
const SUBSCRIBE = [Frame.subscribe, 1, ['*'], [WINDOWS.indexOf('5m'), WINDOWS.indexOf('total')]]

describe('a reader', () => {
  test('says hello without a key, hands in its token, subscribes, and turns live with the first figures', async () => {
    const { server, states, updates } = await setUp({ token: () => Promise.resolve('t-1') })
    expect(server.take()).toEqual([HELLO, [Frame.auth, 't-1'], SUBSCRIBE])
    expect(states).toEqual(['live'])
    expect(updates.map(({ changed }) => changed.length)).toEqual([1])
  })

  test('without a token there is no auth; unsubscribing is said, and nothing more comes', async () => {
    const { server, updates, unsubscribe, pass } = await setUp()
    expect(server.take()).toEqual([HELLO, SUBSCRIBE])
    unsubscribe()
    server.say([Frame.pulse, 1, 2, 1, CLOCK, 0, [], []])
    await pass(20)
    expect(server.take()).toEqual([[Frame.unsubscribe, 1]])
    expect(updates.length).toBe(1)
  })

  test('a base that it does not have: subscribes anew under the same id, once', async () => {
    const { server, updates, pass } = await setUp()
    server.take()
    server.say([Frame.pulse, 1, 9, 8, CLOCK, 0, [], []])
    server.say([Frame.pulse, 1, 10, 9, CLOCK, 0, [], []])
    await pass(20)
    expect(server.take()).toEqual([SUBSCRIBE])
    expect(updates.length).toBe(2)
  })

  test('silence makes it stale, and a new connection with a fresh token live again', async () => {
    let asked = 0
    const { server, states, pass } = await setUp({ token: () => `t-${++asked}` })
    server.take()
    await pass(11_000)
    expect(states).toEqual(['live'])
    await pass(40_000)
    expect(states.slice(0, 3)).toEqual(['live', 'stale', 'live'])
    expect(server.take().slice(0, 3)).toEqual([HELLO, [Frame.auth, 't-2'], SUBSCRIBE])
  })

  test('heartbeats keep it live', async () => {
    const { server, states, pass } = await setUp()
    for (let n = 0; n < 10; n++) {
      server.say([Frame.heartbeat, CLOCK])
      await pass(5_000)
    }
    expect(states).toEqual(['live'])
  })

  test('an expired token: connects again with a fresh one; renew hands one in on the open socket', async () => {
    let asked = 0
    const { server, live, states, pass } = await setUp({ token: () => `t-${++asked}` })
    live.renew()
    await pass(20)
    expect(server.take()).toEqual([HELLO, [Frame.auth, 't-1'], SUBSCRIBE, [Frame.auth, 't-2']])
    server.line?.drop(4440)
    await pass(1_000)
    expect(server.take()).toEqual([HELLO, [Frame.auth, 't-3'], SUBSCRIBE])
    expect(states).toEqual(['live', 'connecting', 'live'])
  })

  test('a token that cannot be had is told and tried again', async () => {
    let asked = 0
    const token = () => (++asked < 3 ? Promise.reject(Error('no token')) : Promise.resolve('t'))
    const { live, states, pass } = await setUp({ token })
    const errors: string[] = []
    live.on('error', ({ message }) => errors.push(message))
    for (let n = 0; n < 20; n++) await pass(500)
    expect(errors.length).toBeGreaterThan(0)
    expect(states[0]).toBe('live')
  })

  test('refused for good: closed', async () => {
    const { server, world, states, pass } = await setUp()
    server.line?.drop(4401)
    await pass(100_000)
    expect(states).toEqual(['live', 'closed'])
    expect(world.timers).toBe(0)
  })

  test('W60: an incident that changed is told by the names of its fields', async () => {
    const { server, live, pass } = await setUp()
    const told: unknown[] = []
    live.on('incident', incident => told.push(incident))
    server.say([Frame.incident, 'i.1', 'payment hurts', 'checkout.payment', 1, CLOCK])
    await pass(20)
    const names = { id: 'i.1', rule: 'payment hurts', touchpoint: 'checkout.payment' }
    expect(told).toEqual([{ ...names, state: 'firing', at: CLOCK }])
  })

  test('W74: a comment is told as GET /v1/voice has it', async () => {
    const { server, live, pass } = await setUp()
    const told: unknown[] = []
    live.on('voice', voice => told.push(voice))
    server.say([Frame.voice, 'v-1', 'checkout.payment', CLOCK, 5, 'angry', '<b>so</b> slow'])
    server.say([Frame.voice, 'v-2', 'checkout.payment', CLOCK, null, null, 'why not'])
    await pass(20)
    const at = { touchpoint: 'checkout.payment', at: CLOCK }
    expect(told).toEqual([
      { id: 'v-1', ...at, scale: 'emotion', score: 'angry', text: '<b>so</b> slow' },
      { id: 'v-2', ...at, scale: null, score: null, text: 'why not' },
    ])
  })

  test('a bad query is told, not thrown', async () => {
    const { live } = await setUp()
    const errors: string[] = []
    live.on('error', ({ message }) => errors.push(message))
    for (const query of [null, {}, { touchpoints: [], windows: ['5m'] }, { touchpoints: ['*'], windows: ['7m'] }]) {
      live.subscribe(query as never, () => {})
    }
    live.subscribe({ touchpoints: ['a*b'], windows: ['5m'] }, () => {})
    expect(errors.length).toBe(5)
  })
})
