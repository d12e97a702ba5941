import { fork, spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { asked } from './child.mjs'
import { profiling } from './profiling.mjs'

const script = name => fileURLToPath(new URL(name, import.meta.url))
const once = (emitter, event) => new Promise(resolve => emitter.once(event, resolve))
const TICKS_PER_SECOND = 100
const FREE = 1_000_000_000
/** Every touchpoint stands in the map: those that don't are few by a cap. */
const JOURNEY = { touchpoints: { 'checkout.*': { stage: 'close' }, '*': { stage: 'convert' } } }

/** CPU seconds of a process so far, all threads (Linux: utime and stime of /proc). */
export const cpuSeconds = pid => {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ')
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND
}

/** `ws` and msgpackr alone, or with another script what that one adds to them. */
export const startBare = async (name = 'bare-server.mjs', options = {}) => {
  const child = fork(script(name), [JSON.stringify(options)])
  const { url } = await once(child, 'message')
  return {
    url,
    pid: child.pid,
    close: async () => {
      const gone = once(child, 'exit')
      child.disconnect()
      await gone
    },
  }
}

/** Rates and caps per address: benches come from one address, faster than any client should. */
export const LIFTED = {
  serviceMessagesPerSecond: FREE,
  readerMessagesPerSecond: FREE,
  connectionsPerAddress: FREE,
  attemptsPerAddressPerSecond: FREE,
  pendingPerAddress: FREE,
  subscriptionsPerAddress: FREE,
  readerRequestsPerSecond: FREE,
}

export const benchFolder = () => mkdtempSync(join(tmpdir(), 'pulssi-bench-'))

/**
 * `pulssi serve` as built, with a log on disk of its own, or with that in `kept`, which then stays; rates and caps per
 * address are lifted. `server`: more of its settings; without a gateway among its roles it has the address of its metrics. `onLine` hears the lines of its log.
 */
export const startPulssi = async ({
  limits = LIFTED,
  kept,
  clock = 'wall',
  server: more,
  onLine,
  ...settings
} = {}) => {
  const folder = kept ?? benchFolder()
  const file = join(folder, 'pulssi.config.json')
  const server = { port: 0, dataDir: join(folder, 'data'), limits, clock, ...more }
  writeFileSync(file, JSON.stringify({ journey: JOURNEY, ...settings, server }))
  const main = script('../../aggregator/dist/cli/main.js')
  const args = [
    ...profiling(asked.profile),
    main,
    'serve',
    '--config',
    file,
    '--log-level',
    onLine === undefined ? 'warn' : 'info',
  ]
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', onLine === undefined ? 'inherit' : 'pipe'] })
  if (onLine !== undefined) {
    createInterface(child.stderr).on('line', text => {
      // What is no line of the log says why the process can't go on.
      if (text.startsWith('{')) onLine(JSON.parse(text))
      else console.error(text)
    })
  }
  const kill = () => child.kill('SIGKILL')
  process.once('exit', kill)
  const http = await new Promise((resolve, reject) => {
    createInterface(child.stdout).on('line', line => {
      const [url] = line.match(/http:\/\/\S+/) ?? []
      if (url) resolve(url)
    })
    child.once('exit', code => reject(new Error(`pulssi serve ended with ${code}`)))
  })
  const end = async signal => {
    const gone = once(child, 'exit')
    child.kill(signal)
    await gone
    process.off('exit', kill)
  }
  return {
    url: `${http.replace(/^http/, 'ws')}/v1/ws`,
    http,
    dataDir: join(folder, 'data'),
    pid: child.pid,
    kill: () => end('SIGKILL'),
    close: async () => {
      await end('SIGTERM')
      if (kept === undefined) rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** What the server says of all events so far. */
export const eventTotals = async ({ http }) => {
  const answer = await fetch(`${http}/v1/journey?window=total`)
  return (await answer.json()).events
}

const LOOK_MS = 20
const PATIENCE_MS = 60_000

/** Waits until `sent` events are counted; resolves with the ms that took. Throws where one is counted otherwise. */
export const counted = async (server, sent) => {
  const from = performance.now()
  while (performance.now() - from < PATIENCE_MS) {
    const { accepted, duplicates, lost, tooLate, rejected, bots } = await eventTotals(server)
    if (duplicates + lost + tooLate + rejected + bots > 0 || accepted > sent) break
    if (accepted === sent) return performance.now() - from
    await new Promise(resolve => setTimeout(resolve, LOOK_MS))
  }
  throw new Error(`${sent} events were sent, and counted are ${JSON.stringify(await eventTotals(server))}`)
}
