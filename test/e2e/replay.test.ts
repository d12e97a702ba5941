import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { type Journey, WINDOWS } from '@pulssi/protocol/client'
import { describe, expect, it, onTestFinished } from 'vitest'
import { Random } from '../sim/random.js'

const main = fileURLToPath(new URL('../../aggregator/dist/cli/main.js', import.meta.url))
const run = promisify(execFile)
const VISITORS = 400
const BROKEN = ['{"visitor":', '{"visitor":"v-1","at":1700000000000,"kind":"dance","touchpoint":"a"}', '[]']
const REJECTED_EXIT = 5

const CONFIG = {
  project: 'replay',
  journey: {
    idle: '20m',
    stages: ['attract', 'close'],
    touchpoints: {
      home: { stage: 'attract' },
      'checkout.*': { stage: 'close', idle: '10m' },
      'checkout.thanks': { stage: 'close', end: true },
    },
  },
}

const places = ['home', 'search', 'checkout.cart', 'checkout.payment', 'checkout.thanks', 'phone.support']

/** Walks of many visitors over two days, in order of time, with lines in between that are no events. */
const journeys = (seed: number): { lines: string[]; events: number; broken: number } => {
  const random = new Random(seed)
  const events: { at: number; line: string }[] = []
  for (let i = 0; i < VISITORS; i++) {
    let at = 1_700_000_000_000 + random.int(0, 36 * 3_600_000 - 1)
    const steps = 2 + random.int(0, 11)
    for (let seq = 0; seq < steps; seq++) {
      at += random.int(0, 15 * 60_000 - 1)
      const touchpoint = random.pick(places)
      const kind = random.pick(['enter', 'enter', 'enter', 'leave', 'goal', 'signal', 'feedback'])
      const rest =
        kind === 'signal' ? { name: 'rage' } : kind === 'feedback' ? { scale: 'nps', score: random.int(0, 11) } : {}
      const channel = touchpoint.startsWith('phone') ? { channel: 'phone' } : {}
      const event = { visitor: `v-${i}`, stream: `s-${i}`, seq, at, kind, touchpoint, ...channel, ...rest }
      events.push({ at, line: JSON.stringify(event) })
    }
  }
  const lines = events.sort((a, b) => a.at - b.at).map(event => event.line)
  // Early, so that they are among the rejected lines that are named.
  BROKEN.forEach((line, i) => {
    lines.splice(2 + 3 * i, 0, line)
  })
  return { lines, events: events.length, broken: BROKEN.length }
}

const serve = async (folder: string): Promise<string> => {
  const args = ['serve', '--port', '0', '--data', join(folder, 'data'), '--clock', 'data', '--log-level', 'error']
  const child: ChildProcess = spawn(process.execPath, [main, ...args, '--config', join(folder, 'config.json')], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  onTestFinished(async () => {
    const ended = once(child, 'exit')
    child.kill('SIGTERM')
    await ended
  })
  let said = ''
  for await (const chunk of child.stdout ?? []) {
    said += chunk
    const url = /listening on (http:\S+)/.exec(said)?.[1]
    if (url !== undefined) return url
  }
  throw new Error(`the server ended: ${said}`)
}

const replay = async (args: string[]): Promise<{ stdout: string; stderr: string }> => {
  const failed = await run(process.execPath, [main, 'replay', ...args], { maxBuffer: 2 ** 26 }).then(
    () => null,
    (error: { code: number; stdout: string; stderr: string }) => error,
  )
  expect(failed?.code, failed?.stderr).toBe(REJECTED_EXIT)
  return failed as { stdout: string; stderr: string }
}

const apart = (journey: Journey): Journey => ({
  ...journey,
  events: { ...journey.events, late: 0, tooLate: 0 },
  pulses: journey.pulses.map(pulse => ({ ...pulse, late: 0 })),
})

describe('a replay', () => {
  it.each([1, 8])('streamed over %i connections counts what the same file counts offline', async connections => {
    const folder = mkdtempSync(join(tmpdir(), 'pulssi-replay-'))
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
    const { lines, events, broken } = journeys(connections)
    const file = join(folder, 'events.ndjson')
    const config = join(folder, 'config.json')
    writeFileSync(file, `${lines.join('\n')}\n`)
    writeFileSync(config, JSON.stringify(CONFIG))

    const offline = await replay([file, '--config', config, '--offline', ...WINDOWS.flatMap(one => ['--window', one])])
    const expected = offline.stdout
      .trim()
      .split('\n')
      .map(line => JSON.parse(line) as Journey)
    const total = expected.at(-1)?.events
    expect(total?.accepted).toBeGreaterThan(events / 2)
    expect((total?.accepted ?? 0) + (total?.rejected ?? 0)).toBe(events + broken)
    for (const line of BROKEN) expect(offline.stderr).toContain(`line ${lines.indexOf(line) + 1}`)

    const url = await serve(folder)
    const streamed = await replay([file, '--url', url, '--key', 'sk_test', '--connections', String(connections)])
    for (const line of BROKEN) expect(streamed.stderr).toContain(`line ${lines.indexOf(line) + 1}`)
    for (const journey of expected) {
      const path = `${url}/v1/journey?window=${journey.window}`
      await expect
        .poll(async () => apart((await (await fetch(path)).json()) as Journey), { timeout: 10_000, interval: 100 })
        .toEqual(apart(journey))
    }
  })
})
