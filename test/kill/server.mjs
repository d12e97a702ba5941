/** The server under test as a process: started on one port and one data folder, killed, started again. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, readdirSync, watch } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const MAIN = fileURLToPath(new URL('../../aggregator/dist/cli/main.js', import.meta.url))
/** Below the ports that systems give to connections of their own, so that ours is still free after a kill. */
const FIRST_PORT = 20_000
const PORTS = 10_000
const READY_MS = 60_000
const UNFINISHED = '.new'

const isFree = port =>
  new Promise(resolve => {
    const server = createServer()
    server.once('error', () => resolve(false))
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)))
  })

/** `random` is the operating system's: two runs of one seed may go side by side. */
export const freePort = async (random = Math.random) => {
  for (;;) {
    const port = FIRST_PORT + Math.floor(random() * PORTS)
    if (await isFree(port)) return port
  }
}

export class Server {
  port
  #command
  #blobs
  #child = null
  #output = ''

  /** `command`: what Node runs in place of the built `pulssi serve`; it gets the same arguments. */
  constructor({ port, configFile, dataDir, command = [MAIN, 'serve'] }) {
    this.port = port
    this.#blobs = join(dataDir, 'store', 'blobs')
    mkdirSync(this.#blobs, { recursive: true })
    this.#command = [...command, '--config', configFile, '--data', dataDir, '--port', String(port), '--log-level=warn']
  }

  get url() {
    return `http://127.0.0.1:${this.port}`
  }

  /** Resolves with the time from the start of the process until it takes events. */
  async start() {
    const startedAt = performance.now()
    const child = spawn(process.execPath, this.#command, { stdio: ['ignore', 'pipe', 'pipe'] })
    this.#child = child
    this.#output = ''
    let timer
    await new Promise((resolve, reject) => {
      const fail = why => reject(new Error(`the server ${why}: ${this.#output}`))
      for (const stream of [child.stdout, child.stderr]) {
        stream.on('data', chunk => {
          this.#output += chunk
          if (/^listening on /m.test(this.#output)) resolve()
        })
      }
      child.once('exit', code => fail(`ended with code ${code}`))
      timer = setTimeout(() => fail('is not ready'), READY_MS)
    }).finally(() => clearTimeout(timer))
    return Math.round(performance.now() - startedAt)
  }

  /** Whether it ended by itself, and what it said. */
  get ended() {
    const { exitCode } = this.#child ?? {}
    return typeof exitCode === 'number' ? `the server ended with code ${exitCode}: ${this.#output}` : null
  }

  /** Resolves once an image is being written, or after `mostMs`. */
  async imageBegins(mostMs) {
    let watcher
    let timer
    await new Promise(resolve => {
      timer = setTimeout(resolve, mostMs)
      watcher = watch(this.#blobs, (_, name) => {
        if (name?.endsWith(UNFINISHED) && existsSync(join(this.#blobs, name))) resolve()
      })
    })
    clearTimeout(timer)
    watcher.close()
  }

  /** SIGKILL. Resolves once the process is gone with whether an image was left half written. */
  async kill() {
    const child = this.#child
    this.#child = null
    if (child === null || child.exitCode !== null) return false
    const gone = once(child, 'exit')
    child.kill('SIGKILL')
    await gone
    // A start removes what an earlier life left, so what is here belongs to this one.
    return readdirSync(this.#blobs).some(name => name.endsWith(UNFINISHED))
  }
}
