/**
 * `node test/customers/main.mjs [--seeds N]`: simulated customers with true opinions, asked by different policies; prints
 * what each policy asked, and how far from the truth it stayed. Ends with 1 where something isn't as it should be.
 */
import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'

const { values } = parseArgs({ options: { seeds: { type: 'string', default: '30' } } })
const seeds = Number(values.seeds)
if (!Number.isInteger(seeds) || seeds < 1) {
  console.error('--seeds is a whole number, at least 1')
  process.exit(2)
}
const args = ['vitest', 'run', 'test/customers/customers.test.ts', '--disable-console-intercept']
const env = { ...process.env, NO_COLOR: '1', PULSSI_CUSTOMERS_SEEDS: String(seeds) }
const root = fileURLToPath(new URL('../../', import.meta.url))
const child = spawn('npx', args, { cwd: root, env, stdio: 'inherit' })
child.on('close', code => {
  process.exitCode = code ?? 1
})
