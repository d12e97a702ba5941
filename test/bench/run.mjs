#!/usr/bin/env node
// Usage: npm run bench -- [--only engine,codec] [--quick] [--json FILE] [--profile FOLDER] [--attack-seconds 30] [--replicas 3]
// Prints what was measured beside what DESIGN.md, section 11, asks for. Figures of --quick say only that it runs, those
// of --profile are slower. With --replicas 3 the log and the ingest of `nats` run on three nodes.
import { fork } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { machine } from './machine.mjs'
import { PARTS, PLAN } from './plan.mjs'
import { profiling } from './profiling.mjs'
import { heading, report, row } from './table.mjs'
import { TARGETS } from './targets.mjs'

const usage = message => {
  console.error(
    `${message}\nUsage: npm run bench -- [--only ${PARTS.join(',')}] [--quick] [--json FILE] [--profile FOLDER] [--attack-seconds 30] [--replicas 3]`,
  )
  process.exit(2)
}

const readOptions = () => {
  try {
    const text = { type: 'string' }
    return parseArgs({
      options: {
        only: text,
        quick: { type: 'boolean' },
        json: text,
        profile: text,
        'attack-seconds': text,
        replicas: text,
      },
    }).values
  } catch (error) {
    return usage(error.message)
  }
}

const { only, quick = false, json, profile, 'attack-seconds': attackSeconds, replicas } = readOptions()
const wanted = only?.split(',') ?? PARTS
const unknown = wanted.find(part => !PARTS.includes(part))
if (unknown !== undefined) usage(`there is no part "${unknown}"`)

/** Runs one script; resolves with its results. Rejects if it fails. */
const runStep = ({ script, options }) =>
  new Promise((resolve, reject) => {
    const args = [JSON.stringify({ ...options, quick, profile, attackSeconds, replicas })]
    const path = fileURLToPath(new URL(script, import.meta.url))
    const child = fork(path, args, { execArgv: ['--expose-gc', ...profiling(profile)] })
    const results = []
    child.on('message', message => {
      if (message.type === 'note') return console.log(`  ${message.text}`)
      results.push(message)
      console.log(row(message))
    })
    child.on('error', reject)
    child.on('close', code => (code === 0 ? resolve(results) : reject(new Error(`${script} ended with ${code}`))))
  })

for (const text of machine()) console.log(text)
if (quick) console.log('Quick: small counts, no figure to quote.')
console.log(`\n${heading()}`)
const results = []
let failed = false
for (const step of PLAN.filter(({ part }) => wanted.includes(part))) {
  try {
    results.push(...(await runStep(step)))
  } catch (error) {
    failed = true
    console.error(error.message)
  }
}
const missed = results.filter(
  ({ name, value, valid }) => Object.hasOwn(TARGETS, name) && !(valid && TARGETS[name].good(value)),
).length
const verdict = missed === 0 ? 'All targets measured here are met.' : `Targets missed: ${missed}.`
console.log(`\n${failed ? 'A bench failed. ' : ''}${verdict}`)
if (json !== undefined) writeFileSync(json, `${JSON.stringify(report(results), null, 2)}\n`)
process.exit(failed ? 1 : 0)
