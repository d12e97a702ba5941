import { spawn } from 'node:child_process'
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

const READY_TIMEOUT_MS = 60_000
const READY_POLL_MS = 100
/** An aggregator that has not written its snapshot by then is ended the hard way; its log loses nothing. */
const END_TIMEOUT_MS = 10_000
const LOG_TAIL_LINES = 12

/**
 * Starts the aggregator as a process of its own and resolves once it answers. Its log goes to `demo.log` in the data
 * folder, of this run only. `ended` resolves with a sentence when it stops without being asked.
 */
export async function startAggregator({ root, config, dataDir, port, signal }) {
  mkdirSync(dataDir, { recursive: true })
  const logFile = join(dataDir, 'demo.log')
  const log = openSync(logFile, 'w')
  const main = join(root, 'aggregator', 'dist', 'cli', 'main.js')
  const args = ['serve', '--config', config, '--host', '127.0.0.1', '--port', String(port), '--data', dataDir]
  // A group of its own, so that Ctrl-C reaches the demo alone, which then ends its parts in order.
  const detached = process.platform !== 'win32'
  const child = spawn(process.execPath, [main, ...args], { cwd: root, detached, stdio: ['ignore', log, log] })
  closeSync(log)

  let stopping = false
  const exited = new Promise(resolve => {
    child.once('exit', (code, name) => resolve(code ?? name))
    child.once('error', error => resolve(error.message))
  })
  const ended = exited.then(reason => (stopping ? null : `The aggregator ended (${reason}):\n${tail(logFile)}`))
  const stop = async () => {
    stopping = true
    child.kill('SIGTERM')
    const timer = setTimeout(() => child.kill('SIGKILL'), END_TIMEOUT_MS)
    await exited
    clearTimeout(timer)
  }

  const url = `http://127.0.0.1:${port}`
  try {
    await Promise.race([ready(url, signal), ended.then(reason => Promise.reject(new Error(reason)))])
  } catch (error) {
    await stop()
    throw error
  }
  return { url, socketUrl: `ws://127.0.0.1:${port}/v1/ws`, stop, ended }
}

async function ready(url, signal) {
  const until = Date.now() + READY_TIMEOUT_MS
  while (Date.now() < until) {
    signal.throwIfAborted()
    const answer = await fetch(`${url}/readyz`, { signal }).catch(() => null)
    await answer?.body?.cancel()
    if (answer?.ok) return
    await new Promise(resolve => setTimeout(resolve, READY_POLL_MS))
  }
  throw new Error(`The aggregator at ${url} was not ready within ${READY_TIMEOUT_MS / 1000} s`)
}

function tail(file) {
  return readFileSync(file, 'utf8').trimEnd().split('\n').slice(-LOG_TAIL_LINES).join('\n')
}
