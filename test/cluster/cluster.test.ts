/** A cluster under faults, in short; `npm run soak` runs it in full. Its processes run the build. */
import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { beforeAll, expect, test } from 'vitest'

const TEST_MS = 300_000
const MAIN = fileURLToPath(new URL('main.mjs', import.meta.url))
const EVENTS = 100_000
const FAULTS = 3
const LONG_STOP_MS = 3_500

interface Audit {
  readonly events: number
  readonly accepted: number
  readonly shown: readonly string[]
}
interface Report {
  readonly faults: readonly { readonly target: string; readonly how: string; readonly holdMs: number }[]
  readonly made: number
  readonly audits: readonly (readonly Audit[])[]
  readonly crashes: readonly unknown[]
  readonly disagreements: readonly unknown[]
  readonly history: { readonly rows: readonly { readonly commits: number }[]; readonly wrong: readonly string[] }
}

const run = (...args: string[]): Promise<{ code: number; report: Report; told: string }> =>
  new Promise((resolve, reject) => {
    execFile(process.execPath, [MAIN, '--json', ...args], (error, stdout, stderr) => {
      if (stdout === '') reject(new Error(`the run broke off: ${stderr}`))
      else resolve({ code: typeof error?.code === 'number' ? error.code : 0, report: JSON.parse(stdout), told: stderr })
    })
  })

beforeAll(() => {
  const built = fileURLToPath(new URL('../../aggregator/dist/cli/main.js', import.meta.url))
  if (!existsSync(built)) throw new Error('the aggregator is not built: npm run build')
})

test('in a cluster under faults what was acknowledged is counted once, whichever gateway is asked', {
  timeout: TEST_MS,
}, async () => {
  const counts = [
    '--events',
    `${EVENTS}`,
    '--faults',
    `${FAULTS}`,
    '--nodes',
    '1',
    '--partitions',
    '6',
    '--fault-seconds',
    '6',
  ]
  const { code, report, told } = await run(...counts)
  const audits = report.audits.flat()
  expect(audits.length, told).toBe(4)
  for (const { shown, events, accepted } of audits) {
    expect(shown, told).toEqual([])
    expect([events, accepted]).toEqual([report.made, report.made])
  }
  expect(report.history.wrong, told).toEqual([])
  expect(report.crashes, told).toEqual([])
  expect(report.disagreements).toEqual([])
  expect(code).toBe(0)
  expect(report.made).toBeGreaterThanOrEqual(EVENTS)
  expect(report.faults.length).toBe(FAULTS)
  const longStops = report.faults.filter(({ how, holdMs }) => how === 'stop' && holdMs > LONG_STOP_MS)
  expect(longStops.length).toBeGreaterThanOrEqual(1)
  expect(report.history.rows.reduce((sum, { commits }) => sum + commits, 0)).toBeGreaterThan(0)
})
