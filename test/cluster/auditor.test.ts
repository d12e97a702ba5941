/** The auditor finds what was lost and what was counted twice: by one change to what clients wrote down. */
import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseConfig, type RunningServer, startServer } from '@pulssi/aggregator'
import { pino } from 'pino'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'

const AUDITOR = fileURLToPath(new URL('../kill/auditor.mjs', import.meta.url))
const TOUCHPOINTS = { 'shop.cart': { channel: 'web' }, 'shop.payment': { channel: 'web' } }

type Event = readonly [visitor: string, stream: string, seq: number, touchpoint: string, kind: string, detail: string]

const EVENTS: readonly Event[] = [
  ['v-1', 's-1', 0, 'shop.cart', 'enter', ''],
  ['v-1', 's-1', 1, 'shop.cart', 'signal', 'rage'],
  ['v-1', 's-1', 2, 'shop.payment', 'enter', ''],
  ['v-1', 's-1', 3, 'shop.payment', 'goal', ''],
  ['v-2', 's-1', 0, 'shop.payment', 'enter', ''],
]

let folder = ''
let server: RunningServer

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'pulssi-auditor-'))
  const journey = { idle: '48h', grace: '48h', touchpoints: TOUCHPOINTS }
  const config = parseConfig({
    server: { port: 0, dataDir: join(folder, 'data') },
    keys: [{ key: 'sk_desk' }],
    readTokens: [{ token: 'rt_audit' }],
    journey,
  })
  server = await startServer({ config, logger: pino({ level: 'silent' }) })
  writeFileSync(join(folder, 'map.json'), JSON.stringify(TOUCHPOINTS))
  const at = Date.now()
  const events = EVENTS.map(([visitor, stream, seq, touchpoint, kind, name]) => ({
    ...{ visitor, stream, seq, at, kind, touchpoint },
    ...(kind === 'signal' && { name }),
  }))
  const headers = { authorization: 'Bearer sk_desk', 'content-type': 'application/json' }
  const answer = await fetch(`${server.url}/v1/events`, { method: 'POST', headers, body: JSON.stringify({ events }) })
  expect(await answer.json()).toMatchObject({ accepted: EVENTS.length, rejected: [] })
})

afterAll(async () => {
  await server.close()
  rmSync(folder, { recursive: true })
})

const written = (events: readonly Event[]): void =>
  writeFileSync(join(folder, 'acknowledged-0.ndjson'), events.map(event => `${JSON.stringify(event)}\n`).join(''))

const audit = (): Promise<{ code: number; lost: number; extra: number; shown: readonly string[] }> =>
  new Promise((resolve, reject) => {
    const args = [AUDITOR, folder, server.url, 'rt_audit', join(folder, 'map.json')]
    execFile(process.execPath, args, (error, stdout, stderr) => {
      if (stdout === '') reject(new Error(stderr))
      else resolve({ code: typeof error?.code === 'number' ? error.code : 0, ...JSON.parse(stdout) })
    })
  })

beforeEach(() => written(EVENTS))

test('what was acknowledged is what is counted', async () => {
  expect(await audit()).toMatchObject({ code: 0, lost: 0, extra: 0, shown: [] })
})

test('an acknowledged event that is not counted is noticed', async () => {
  written([...EVENTS, ['v-2', 's-1', 1, 'shop.payment', 'goal', '']])
  const { code, lost, shown } = await audit()
  expect(code).toBe(1)
  expect(lost).toBeGreaterThan(0)
  expect(shown).toContain('shop.payment completed: 2 acknowledged, 1 counted')
})

test('an event that is counted twice is noticed', async () => {
  written(EVENTS.slice(0, -1))
  const { code, extra, shown } = await audit()
  expect(code).toBe(1)
  expect(extra).toBeGreaterThan(0)
  expect(shown).toContain(`${EVENTS.length - 1} acknowledged, ${EVENTS.length} accepted`)
})

test('a client that was acknowledged a later event before an earlier one is noticed', async () => {
  written([EVENTS[0] as Event, EVENTS[2] as Event, EVENTS[1] as Event, ...EVENTS.slice(3)])
  const { code, shown } = await audit()
  expect(code).toBe(1)
  expect(shown.join('\n')).toMatch(/v-1 s-1 has 2 after 0/)
})
