/** The kill test in short; `npm run soak` runs it in full. Its processes run the build. */
import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { beforeAll, expect, test } from 'vitest'

const TEST_MS = 240_000
const MAIN = fileURLToPath(new URL('main.mjs', import.meta.url))

interface Audit {
  readonly events: number
  readonly accepted: number
  readonly lost: number
  readonly extra: number
  readonly shown: readonly string[]
}
interface Report {
  readonly kills: readonly { readonly frames: number; readonly image: boolean }[]
  readonly made: number
  readonly audits: readonly Audit[]
}

/** Resolves with the exit code, the report and what was told on the way. */
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

test.concurrent('what was acknowledged is counted once, whenever the server is killed', {
  timeout: TEST_MS,
}, async () => {
  const { code, report, told } = await run('--kills', '3', '--events', '100000', '--clients', '4')
  for (const { shown } of report.audits) expect(shown, told).toEqual([])
  expect(code).toBe(0)
  expect(report.audits[0]).toMatchObject({ events: report.made, accepted: report.made })
  expect(report.made).toBeGreaterThanOrEqual(100_000)
  expect(report.kills.filter(({ frames }) => frames > 0).length).toBeGreaterThanOrEqual(3)
  expect(report.kills.filter(({ image }) => image).length).toBeGreaterThanOrEqual(1)
})

test.concurrent('a server that acknowledges before it writes is found out', { timeout: TEST_MS }, async () => {
  const { code, report } = await run('--early-ack', '--kills', '2', '--events', '20000', '--clients', '4')
  expect(code).toBe(1)
  for (const { lost, accepted, events } of report.audits) {
    expect(lost).toBeGreaterThan(0)
    expect(accepted).toBeLessThan(events)
  }
})
