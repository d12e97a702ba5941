/** Runs tests in a copy of the tree and says what became of them. */
import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A test that waits for what a guard no longer brings. */
const TEST_MS = 20_000
/** A run that doesn't end is killed after this. */
const RUN_MS = 240_000

const escaped = text => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')

const spawned = (command, args, folder) =>
  new Promise(resolve => {
    const child = spawn(command, args, { cwd: folder, detached: true, env: { ...process.env, NO_COLOR: '1' } })
    let output = ''
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', chunk => {
        output += chunk
      })
    }
    // Its workers belong to its group.
    const timer = setTimeout(() => process.kill(-child.pid, 'SIGKILL'), RUN_MS)
    child.on('close', code => {
      clearTimeout(timer)
      resolve({ code, output })
    })
  })

/**
 * Runs the tests of one file whose names contain one of `titles`. Resolves with the names that passed and failed, or
 * with `broken`: why no test came to a verdict.
 */
export const runTests = async (folder, file, titles, timeoutMs = TEST_MS) => {
  const scratch = mkdtempSync(join(tmpdir(), 'pulssi-guard-report-'))
  const report = join(scratch, 'report.json')
  const pattern = titles.map(escaped).join('|')
  const args = [
    'node_modules/vitest/vitest.mjs',
    'run',
    file,
    '-t',
    pattern,
    '--reporter=json',
    `--outputFile=${report}`,
  ]
  try {
    const { output } = await spawned(process.execPath, [...args, `--testTimeout=${timeoutMs}`], folder)
    let results
    try {
      results = JSON.parse(readFileSync(report, 'utf8')).testResults
    } catch {
      return { passed: [], failed: [], broken: `the run did not end: ${output.slice(-2_000)}` }
    }
    const tests = results.flatMap(({ assertionResults }) => assertionResults)
    const named = status => tests.filter(test => test.status === status).map(({ fullName }) => fullName)
    const verdicts = { passed: named('passed'), failed: named('failed') }
    if (verdicts.passed.length + verdicts.failed.length > 0) return { ...verdicts, broken: null }
    const why = results.map(({ message }) => message).join('\n')
    return { ...verdicts, broken: why === '' ? 'no test has such a name' : why }
  } finally {
    rmSync(scratch, { recursive: true, force: true })
  }
}

const build = async folder => {
  const { code, output } = await spawned(
    process.execPath,
    ['node_modules/typescript/bin/tsc', '-b', 'aggregator'],
    folder,
  )
  return code === 0 ? null : `the build failed: ${output}`
}

const occurrences = (text, snippet) => text.split(snippet).length - 1

/** Takes the guard out, runs its test and puts it back. Resolves with null where the test failed, else why it is no use. */
export const tryGuard = async (folder, { file, old, new: changed, test, title, built }) => {
  const path = join(folder, file)
  const text = readFileSync(path, 'utf8')
  const count = occurrences(text, old)
  if (count !== 1) return `its snippet is found ${count} times in ${file}`
  writeFileSync(
    path,
    text.replace(old, () => changed),
  )
  try {
    const unbuilt = built ? await build(folder) : null
    if (unbuilt !== null) return unbuilt
    const { failed, broken } = await runTests(folder, test, [title])
    if (broken !== null) return `without it: ${broken}`
    return failed.length > 0 ? null : 'its test passes without it'
  } finally {
    writeFileSync(path, text)
    if (built) await build(folder)
  }
}
