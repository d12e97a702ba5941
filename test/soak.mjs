#!/usr/bin/env node
// Usage: npm run soak -- [--runs N] [--seed N] [--folders N] [--kills N] [--events N] [--clients N] [--kill-seed N]
//   [--faults N] [--nats-down SECONDS] [--fault-seed N]
// The same tests as `npm test` runs in short, with their counts in full, spread over worker processes.
import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'

const WORKERS = 2
/** A line of the table that the simulation prints: two spaces, a feature, how many runs had it. */
const TABLE_LINE = /^ {2}(\S.*?) +(\d+)$/gm

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '10000' },
    folders: { type: 'string', default: '2500' },
    seed: { type: 'string', default: '1' },
    kills: { type: 'string', default: '20' },
    events: { type: 'string', default: '1000000' },
    clients: { type: 'string', default: '20' },
    'kill-seed': { type: 'string' },
    faults: { type: 'string', default: '30' },
    'nats-down': { type: 'string', default: '60' },
    'fault-seed': { type: 'string' },
  },
})
const runs = Number(values.runs)
const firstSeed = Number(values.seed)
if (!Number.isInteger(runs) || runs < 1 || !Number.isInteger(firstSeed)) {
  console.error('Usage: npm run soak -- [--runs N] [--seed N]; both are whole numbers, N of runs at least 1')
  process.exit(2)
}

const root = fileURLToPath(new URL('../', import.meta.url))

/** Runs one test file, or all where none is named, in a process of its own; resolves with its exit code and everything that it printed. */
const vitest = (file, env, more = []) =>
  new Promise(resolve => {
    const args = ['vitest', 'run', file, '--disable-console-intercept', '--reporter=default', ...more].filter(Boolean)
    const child = spawn('npx', args, { cwd: root, env: { ...process.env, NO_COLOR: '1', ...env } })
    let output = ''
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', chunk => {
        output += chunk
      })
    }
    child.on('close', code => resolve({ code: code ?? 1, output }))
  })

/** The seeds of the simulation in equal parts, one for each worker. */
const simulation = async () => {
  const share = Math.ceil(runs / WORKERS)
  const parts = []
  for (let done = 0; done < runs; done += share) {
    const part = { PULSSI_SIM_RUNS: String(Math.min(share, runs - done)), PULSSI_SIM_SEED: String(firstSeed + done) }
    parts.push(vitest('test/sim/sim.test.ts', part))
  }
  const results = await Promise.all(parts)
  const counts = new Map()
  for (const { output } of results) {
    for (const [, feature, n] of output.matchAll(TABLE_LINE))
      counts.set(feature, (counts.get(feature) ?? 0) + Number(n))
  }
  console.log(`simulation: ${runs} runs from seed ${firstSeed}; of these had`)
  for (const [feature, n] of counts) console.log(`  ${feature.padEnd(16)} ${String(n).padStart(6)}`)
  for (const { code, output } of results) if (code !== 0) console.error(output)
  return counts.size > 0 && results.every(({ code }) => code === 0)
}

const script = (file, args) =>
  new Promise(resolve => {
    const child = spawn(process.execPath, [file, ...args], { cwd: root, stdio: 'inherit' })
    child.on('close', code => resolve(code === 0))
  })

const seeded = seed => (seed === undefined ? [] : ['--seed', seed])

/** Clients send while the server is killed at random moments; an auditor compares what was acknowledged and counted. */
const kills = () => {
  const { kills, events, clients, 'kill-seed': seed } = values
  const args = ['--kills', kills, '--events', events, '--clients', clients]
  return script('test/kill/main.mjs', [...args, ...seeded(seed)])
}

/** The same of a cluster, whose processes and nodes of NATS are killed and stopped; NATS is also gone for a while. */
const cluster = () => {
  const { faults, events, 'nats-down': natsDown, 'fault-seed': seed } = values
  const args = ['--faults', faults, '--events', events, '--nats-down', natsDown]
  return script('test/cluster/main.mjs', [...args, ...seeded(seed)])
}

/** Faults in data folders: each leads to the right numbers or to a refused start that names the loss. */
const folders = async () => {
  const counts = { PULSSI_FOLDER_RUNS: values.folders, PULSSI_FOLDER_SEED: String(firstSeed) }
  const { code, output } = await vitest('test/folder/folder.test.ts', counts)
  console.log(code === 0 ? output.slice(output.indexOf(`${values.folders} faults`)) : output)
  return code === 0
}

/** The end-to-end tests of a server by itself, on one process and on several of a cluster. */
const onNats = async () => {
  let held = true
  for (const PULSSI_E2E of ['nats', 'cluster']) {
    const { code, output } = await vitest('', { PULSSI_E2E }, ['--config', 'test/e2e/nats.config.ts'])
    console.log(`end to end, ${PULSSI_E2E}:\n${code === 0 ? output.slice(output.lastIndexOf(' Test Files ')) : output}`)
    held &&= code === 0
  }
  return held
}

/** Customers with true opinions, asked by Pulssi and by simpler policies. */
const customers = () => script('test/customers/main.mjs', [])

/** Each answers whether it held. */
const suites = [simulation, folders, kills, cluster, onNats, customers]

const startedAt = Date.now()
let held = true
for (const suite of suites) held = (await suite()) && held
console.log(`${held ? 'held' : 'FAILED'} in ${Math.round((Date.now() - startedAt) / 1000)} s`)
process.exit(held ? 0 : 1)
