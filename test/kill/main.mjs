/**
 * `node test/kill/main.mjs [--kills N] [--events N] [--clients N] [--seed N] [--early-ack] [--json]`: one kill test. Ends
 * with 1 where something was lost or counted twice. `--early-ack`: against a server that lies. `--json`: the report as
 * JSON in place of the table.
 */
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { runKills } from './run.mjs'
import { killTable } from './table.mjs'

const SEEDS = 2 ** 31

const { values } = parseArgs({
  options: {
    kills: { type: 'string', default: '3' },
    events: { type: 'string', default: '100000' },
    clients: { type: 'string', default: '4' },
    seed: { type: 'string', default: String(Date.now() % SEEDS) },
    'early-ack': { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
  },
})
const [kills, events, clients, seed] = [values.kills, values.events, values.clients, values.seed].map(Number)
if (![kills, events, clients].every(n => Number.isInteger(n) && n > 0) || !Number.isInteger(seed)) {
  console.error('--kills, --events, --clients and --seed are whole numbers; all but the last at least 1')
  process.exit(2)
}
const command = [fileURLToPath(new URL('early-ack.mjs', import.meta.url))]
// Told first: a run that hangs or dies can be had again.
console.error(`kill test: seed ${seed}, ${kills} kills, ${events} events, ${clients} clients`)
const report = await runKills({ seed, kills, events, clients, ...(values['early-ack'] && { command }) })
console.log(values.json ? JSON.stringify(report) : killTable(report))
process.exitCode = report.held ? 0 : 1
