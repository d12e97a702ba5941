// Runs the commands of a script one after the other, each with its name and its time, and stops at the first that fails.
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

export const root = fileURLToPath(new URL('../..', import.meta.url))

/** `npm` and the packages' own commands are found as npm itself would find them. */
const env = { ...process.env, PATH: `${root}node_modules/.bin:${process.env.PATH}` }

export function step(name, command, args, extra = {}) {
  const start = Date.now()
  console.log(`\n▸ ${name}`)
  const { status, error } = spawnSync(command, args, { cwd: root, stdio: 'inherit', env: { ...env, ...extra } })
  if (error) console.error(`${command}: ${error.message}`)
  const seconds = ((Date.now() - start) / 1000).toFixed(1)
  if (status !== 0) {
    console.error(`✗ ${name} failed after ${seconds} s`)
    process.exit(status ?? 1)
  }
  console.log(`✓ ${name} (${seconds} s)`)
}
