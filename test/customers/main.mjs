/**
 * `node test/customers/main.mjs [--seeds N] [--audits N] [--policy-seconds N]`: simulated customers with true opinions,
 * asked by different policies; prints what each policy asked, how far from the truth it stayed and when it saw a drop;
 * how far silent moderates shift a score; and whether anybody was asked above the budget, through crashes. Ends with 1
 * where somebody was.
 */
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { parseArgs } from 'node:util'
import { bundle } from './bundle.mjs'

const PROCESSES = 2
const MODERATES = [1, 0.7, 0.4, 0.2]
const SILENCE_SEEDS = 4

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '30' },
    audits: { type: 'string', default: '3' },
    'policy-seconds': { type: 'string', default: '60' },
  },
})
const [seeds, audits, policySeconds] = [values.seeds, values.audits, values['policy-seconds']].map(Number)
if (![seeds, audits, policySeconds].every(n => Number.isInteger(n) && n >= 1)) {
  console.error('--seeds, --audits and --policy-seconds are whole numbers, at least 1')
  process.exit(2)
}

const folder = mkdtempSync(join(tmpdir(), 'pulssi-customers-'))
process.on('exit', () => rmSync(folder, { recursive: true, force: true }))

/** One result of one seed. */
const play = part =>
  new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [join(folder, 'parts.mjs'), JSON.stringify(part)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    let text = ''
    child.stdout.on('data', chunk => {
      text += chunk
    })
    child.on('close', code => (code === 0 ? resolve(JSON.parse(text)) : reject(new Error(`a part ended with ${code}`))))
  })

/** All parts, a few at a time, in their order. */
const playAll = async parts => {
  const results = []
  const next = parts.entries()
  const work = async () => {
    for (const [i, part] of next) results[i] = await play(part)
  }
  await Promise.all(Array.from({ length: PROCESSES }, work))
  return results
}

const each = (count, make) => Array.from({ length: count }, (_, i) => make(i + 1))

for (const name of ['parts', 'tables']) await bundle(name, join(folder, `${name}.mjs`))
const { auditTable, policyTable, silenceTable } = await import(pathToFileURL(join(folder, 'tables.mjs')))
const policyMs = policySeconds * 1_000
console.log(policyTable(await playAll(each(seeds, seed => ({ kind: 'judge', seeds: [seed], policyMs })))))
const silent = MODERATES.flatMap(moderate =>
  each(Math.min(seeds, SILENCE_SEEDS), seed => ({ kind: 'silence', seeds: [seed], moderate })),
)
console.log(`\n${silenceTable(await playAll(silent))}`)
const audited = await playAll(each(audits, seed => ({ kind: 'audit', seeds: [seed] })))
console.log(`\n${auditTable(audited)}`)
process.exitCode = audited.every(({ breaches }) => breaches.length === 0) ? 0 : 1
