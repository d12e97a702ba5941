/**
 * `npm start`: brings a fresh clone to a live screen. Installs and builds what is missing or old, then runs
 * `pulssi dev` with the options given, such as `npm start -- --no-visitors`.
 */
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { prepare } from './start/fresh.mjs'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const ENDINGS = ['SIGINT', 'SIGTERM', 'SIGHUP']

const say = line => process.stdout.write(`${line}\n`)

/** Throws what can't be done; resolves with false where it was asked to end meanwhile. */
async function isPrepared() {
  const ending = new AbortController()
  const end = () => ending.abort()
  for (const name of ENDINGS) process.once(name, end)
  try {
    await prepare(ROOT, say, ending.signal)
    return !ending.signal.aborted
  } catch (error) {
    if (ending.signal.aborted) return false
    throw error
  } finally {
    for (const name of ENDINGS) process.off(name, end)
  }
}

async function main() {
  const [major, minor] = process.versions.node.split('.').map(Number)
  if (major < 20 || (major === 20 && minor < 19)) throw new Error('Pulssi needs Node 20.19 or newer')
  if (!(await isPrepared())) return
  process.argv.splice(2, 0, 'dev')
  await import(pathToFileURL(join(ROOT, 'aggregator', 'dist', 'cli', 'main.js')).href)
}

main().catch(error => {
  process.stderr.write(`${error.message}\n`)
  process.exitCode = 1
})
