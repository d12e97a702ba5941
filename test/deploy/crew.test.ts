/** `pulssi serve` with worker processes of its own, as built, on a real NATS. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest'
import { NatsServer } from '../contract/nats-server.js'
import { plainEnv, root } from '../package/pack.js'
import { saidBy } from '../package/said.js'

const MAIN = join(root, 'aggregator/dist/cli/main.js')
const LISTENING = /listening on (http:\/\/\S+)/
const TEST_MS = 120_000
const WAIT = { timeout: 30_000, interval: 100 }

let nats: NatsServer
beforeAll(async () => {
  nats = await NatsServer.start()
})
afterAll(() => nats.dispose())

interface Host {
  readonly main: ChildProcess
  readonly url: string
  /** Process ids of its workers, by their number; of each the newest. */
  readonly pids: ReadonlyMap<number, number>
}

const isThere = (pid = 0): boolean => {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

const start = async (project: string): Promise<Host> => {
  const env = { ...plainEnv(), PULSSI_NATS: `nats://${nats.url}`, PULSSI_WORKERS: '2', PULSSI_PORT: '0' }
  const folder = mkdtempSync(join(tmpdir(), 'pulssi-crew-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const config = join(folder, 'pulssi.config.json')
  writeFileSync(config, JSON.stringify({ project }))
  const main = spawn(process.execPath, [MAIN, 'serve', '--config', config], { env, stdio: ['ignore', 'pipe', 'pipe'] })
  const pids = new Map<number, number>()
  createInterface({ input: main.stderr }).on('line', line => {
    const { worker, pid, code } = JSON.parse(line) as { worker?: number; pid: number; code?: unknown }
    if (worker !== undefined && code === undefined) pids.set(worker, pid)
  })
  onTestFinished(() => {
    for (const pid of [main.pid ?? 0, ...pids.values()]) if (isThere(pid)) process.kill(pid, 'SIGKILL')
  })
  const url = LISTENING.exec(await saidBy(main, LISTENING))?.[1] ?? ''
  await vi.waitUntil(() => pids.size === 2, WAIT)
  return { main, url, pids }
}

const send = async ({ url }: Host, visitors: readonly string[]): Promise<unknown> => {
  const at = Date.now()
  const events = visitors.map(visitor => ({ visitor, at, kind: 'enter', touchpoint: 'cart' }))
  const headers = { authorization: 'Bearer sk_any', 'content-type': 'application/json' }
  const response = await fetch(`${url}/v1/events`, { method: 'POST', headers, body: JSON.stringify({ events }) })
  return await response.json()
}

const entered = async ({ url }: Host): Promise<number> => {
  const { pulses } = (await (await fetch(`${url}/v1/journey?window=total`)).json()) as {
    pulses: { visits: { entered: number } }[]
  }
  return pulses.reduce((sum, { visits }) => sum + visits.entered, 0)
}

const visitors = (start: string): string[] => Array.from({ length: 50 }, (_, nth) => `${start}-${nth}`)

test(
  'a worker process that is killed is started again, the others count on, and all end with the first',
  async () => {
    const host = await start('killed')
    await send(host, visitors('a'))
    await vi.waitUntil(async () => (await entered(host)) === 50, WAIT)
    const [first, second] = [host.pids.get(1), host.pids.get(2)]
    process.kill(first ?? 0, 'SIGKILL')
    await send(host, visitors('b'))
    await vi.waitUntil(async () => (await entered(host)) === 100, WAIT)
    await vi.waitUntil(() => host.pids.get(1) !== first, WAIT)
    expect(host.pids.get(2)).toBe(second)
    const exited = once(host.main, 'exit')
    host.main.kill('SIGTERM')
    expect((await exited)[0]).toBe(0)
    expect([...host.pids.values()].map(isThere)).toEqual([false, false])
  },
  TEST_MS,
)

test(
  'no worker process outlives the one that started it',
  async () => {
    const { main, pids } = await start('orphaned')
    main.kill('SIGKILL')
    await vi.waitUntil(() => [...pids.values()].every(pid => !isThere(pid)), WAIT)
  },
  TEST_MS,
)

test('without NATS it says that there is nothing to share out', async () => {
  const child = spawn(process.execPath, [MAIN, 'serve'], {
    env: { ...plainEnv(), PULSSI_WORKERS: '2', PULSSI_PORT: '0' },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let said = ''
  child.stderr.on('data', chunk => {
    said += chunk
  })
  expect((await once(child, 'close'))[0]).toBe(3)
  expect(said).toContain('server.workers: without server.nats')
})
