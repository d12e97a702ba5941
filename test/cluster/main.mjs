/**
 * `node test/cluster/main.mjs [--events N] [--faults N] [--seed N] [--nodes 1|3] [--gateways N] [--workers N]
 * [--partitions N] [--clients N] [--nats-down SECONDS] [--fault-seconds N] [--logs FOLDER] [--json]`: a cluster under
 * faults. Ends with 1 where something was lost, counted twice, committed by two owners in one epoch, or a process ended
 * by itself. `--fault-seconds`: what a fault is thought to take; the events are spread over all of that. `--logs`: keeps
 * what the processes said. `--json`: the report as JSON in place of the table.
 */
import { parseArgs } from 'node:util'
import { runFaults } from './run.mjs'
import { faultTable } from './table.mjs'

const SEEDS = 2 ** 31

const { values } = parseArgs({
  options: {
    events: { type: 'string', default: '100000' },
    faults: { type: 'string', default: '3' },
    seed: { type: 'string', default: String(Date.now() % SEEDS) },
    nodes: { type: 'string', default: '3' },
    gateways: { type: 'string', default: '2' },
    workers: { type: 'string', default: '3' },
    partitions: { type: 'string', default: '16' },
    clients: { type: 'string', default: '4' },
    'fault-seconds': { type: 'string', default: '12' },
    'nats-down': { type: 'string', default: '0' },
    logs: { type: 'string' },
    json: { type: 'boolean', default: false },
  },
})
const { json, logs, 'nats-down': natsDown, ...counts } = values
const { seed, ...positive } = Object.fromEntries(Object.entries(counts).map(([name, text]) => [name, Number(text)]))
const isCount = n => Number.isInteger(n) && n > 0
if (!Object.values(positive).every(isCount) || !Number.isInteger(seed) || !(Number(natsDown) >= 0)) {
  console.error('all but --seed, --logs and --nats-down are whole numbers, at least 1')
  process.exit(2)
}
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(130))
const shown = Object.entries({ seed, ...positive }).map(([name, n]) => `${name} ${n}`)
// Told first: a run that hangs or dies can be had again.
console.error(`cluster under faults: ${shown.join(', ')}`)
const tell = line => console.error(line)
const { 'fault-seconds': faultSeconds, ...sizes } = positive
const times = { faultMs: faultSeconds * 1_000, natsDownMs: Number(natsDown) * 1_000 }
const report = await runFaults({ ...sizes, ...times, seed, tell, ...(logs && { logs }) })
console.log(json ? JSON.stringify(report) : faultTable(report))
process.exitCode = report.held ? 0 : 1
