import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough, Readable } from 'node:stream'
import { pino } from 'pino'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { parseConfig } from '../config/index.js'
import { type RunningServer, startServer } from '../server.js'
import type { Io } from './io.js'
import { type OnlineOptions, OnlineReplay } from './online.js'
import { Rejections } from './rejections.js'

const AT = 1_732_250_000_000

let folder = ''
let server: RunningServer
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'pulssi-online-'))
  const config = parseConfig({ server: { port: 0, dataDir: folder, clock: 'data' } })
  server = await startServer({ config, logger: pino({ level: 'silent' }) })
})
afterAll(async () => {
  await server.close()
  rmSync(folder, { recursive: true })
})

const { signal } = new AbortController()
const io: Io = {
  stdin: Readable.from([]),
  stdout: new PassThrough(),
  stderr: new PassThrough(),
  env: {},
  signal,
  now: Date.now,
}
const options = (more: Partial<OnlineOptions>): OnlineOptions => ({
  url: server.url,
  key: 'sk_replay',
  connections: 1,
  speed: null,
  signal,
  now: () => AT,
  wait: async () => undefined,
  ...more,
})
const line = (seq: number, at: number) => ({
  number: seq + 1,
  text: JSON.stringify({ visitor: 'v', stream: 's', seq, at, kind: 'enter', touchpoint: 'a' }),
})

describe('a replay to a server', () => {
  test('--speed waits until an event’s turn has come, and not for the small steps between', async () => {
    const waits: number[] = []
    const wait = async (ms: number): Promise<void> => {
      waits.push(ms)
    }
    const replay = new OnlineReplay(options({ speed: 60, wait }), new Rejections(io))
    for (const [seq, at] of [AT - 9_000, AT - 8_990, AT - 3_000].entries()) await replay.take(line(seq, at))
    expect(waits).toEqual([100])
    expect(await replay.finish()).toEqual({ lines: 3, accepted: 3, rejected: 0, seconds: 0 })
    await replay.close()
  })

  test('more than an outbox holds waits for room and loses nothing', async () => {
    const rejections = new Rejections(io)
    const replay = new OnlineReplay(options({ connections: 2 }), rejections)
    for (let seq = 0; seq < 9_000; seq++) {
      const visitor = `w${seq % 3}`
      const event = { visitor, stream: visitor, seq: Math.floor(seq / 3), at: AT, kind: 'enter', touchpoint: 'a' }
      await replay.take({ number: seq + 1, text: JSON.stringify(event) })
    }
    expect(await replay.finish()).toMatchObject({ lines: 9_000, accepted: 9_000, rejected: 0 })
    await replay.close()
  })

  test('many broken lines go in several requests, each counted once', async () => {
    const rejections = new Rejections(io)
    const replay = new OnlineReplay(options({}), rejections)
    for (let i = 0; i < 1_203; i++) await replay.take({ number: i + 1, text: i === 700 ? null : '{"broken":' })
    expect(await replay.finish()).toMatchObject({ lines: 1_203, accepted: 0, rejected: 1_203 })
    await replay.close()
    const journey = await (await fetch(`${server.url}/v1/journey?window=total`)).json()
    expect(journey).toMatchObject({ events: { rejected: 1_203 } })
  })

  test('a user who has had enough ends it, also while it waits', async () => {
    const stop = new AbortController()
    const wait = (): Promise<void> => new Promise(() => stop.abort())
    const replay = new OnlineReplay(options({ speed: 1, wait, signal: stop.signal }), new Rejections(io))
    await replay.take(line(100, AT - 9_000))
    await expect(replay.take(line(101, AT))).rejects.toThrow(/stopped before the end/)
    await expect(replay.finish()).rejects.toThrow(/stopped before the end/)
    await replay.close()
  })
})
