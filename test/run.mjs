// `npm test`: from a fresh clone to a verdict. Installs what is missing, builds, checks, runs every test.

import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chromium } from './tools/chromium.mjs'
import { install } from './tools/install.mjs'
import { natsServer } from './tools/nats-server.mjs'
import { proxies } from './tools/proxies.mjs'
import { root, step } from './tools/steps.mjs'

install()
const browser = chromium()
const nats = natsServer()
const proxyPaths = proxies()
step('build', 'npm', ['run', '--silent', 'build'])
step('check', process.execPath, ['test/check.mjs', '--built'])

const folder = mkdtempSync(join(tmpdir(), 'pulssi-test-'))
const report = join(folder, 'report.json')
console.log('\n▸ tests')
const { status } = spawnSync(
  process.execPath,
  ['node_modules/vitest/vitest.mjs', 'run', '--reporter=default', '--reporter=json', `--outputFile.json=${report}`],
  {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, ...proxyPaths, CHROMIUM_PATH: browser, NATS_SERVER_PATH: nats },
  },
)
const counted = existsSync(report) ? JSON.parse(readFileSync(report, 'utf8')) : null
rmSync(folder, { recursive: true, force: true })
if (counted === null) {
  console.error('the tests did not run to their end')
  process.exit(1)
}
const { numPassedTests: passed, numFailedTests: failed, numPendingTests: skipped } = counted
if (skipped > 0) console.error(`${skipped} tests were skipped: none may be`)
console.log(`\n${passed} passed, ${failed + skipped} failed`)
process.exit(status !== 0 || failed + skipped > 0 || passed === 0 ? 1 : 0)
