// `npm run test:nats-versions -- PATH…`: the contract tests of the NATS adapters against each of these servers, and a
// table of what came of it. Without a path: against the one that `npm test` uses.

import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { natsServer } from './tools/nats-server.mjs'
import { root } from './tools/steps.mjs'

const FOLDER = 'test/contract'
const files = readdirSync(join(root, FOLDER))
  .filter(name => /^(nats.*|copy|calls)\.test\.ts$/.test(name))
  .map(name => `${FOLDER}/${name}`)

const versionOf = binary =>
  execFileSync(binary, ['--version'], { encoding: 'utf8' }).trim().replace('nats-server: ', '')

const runAgainst = binary => {
  const folder = mkdtempSync(join(tmpdir(), 'pulssi-versions-'))
  const report = join(folder, 'report.json')
  const reporters = ['--reporter=dot', '--reporter=json', `--outputFile.json=${report}`]
  try {
    spawnSync(process.execPath, ['node_modules/vitest/vitest.mjs', 'run', ...reporters, ...files], {
      cwd: root,
      stdio: ['ignore', 'ignore', 'inherit'],
      env: { ...process.env, NATS_SERVER_PATH: binary },
    })
    const { numPassedTests: passed, numFailedTests: failed, testResults } = JSON.parse(readFileSync(report, 'utf8'))
    const titles = testResults.flatMap(({ assertionResults, name }) =>
      assertionResults.length === 0
        ? [`${name}: did not run`]
        : assertionResults.filter(({ status }) => status === 'failed').map(({ fullName }) => fullName),
    )
    return { version: versionOf(binary), passed, failed, titles }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

const named = process.argv.slice(2)
const results = (named.length > 0 ? named : [natsServer()]).map(binary => {
  const result = runAgainst(binary)
  console.log(`${result.version.padEnd(10)} ${result.passed} passed, ${result.failed} failed`)
  for (const title of result.titles) console.log(`           ${title}`)
  return result
})
process.exitCode = results.every(({ titles, passed }) => titles.length === 0 && passed > 0) ? 0 : 1
