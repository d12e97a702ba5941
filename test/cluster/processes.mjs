/** Every process of a run, and its folder: all end with the run, however it ends. */
import { fork, spawn } from 'node:child_process'
import { once } from 'node:events'
import { appendFileSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const REAPER = fileURLToPath(new URL('reaper.mjs', import.meta.url))
/** Of what a process said: as much of its end is shown when it fails. */
const SHOWN_BYTES = 4_000

/**
 * A process that may be started, killed and stopped where it stands, again and again.
 * - `down`: there is none.
 * - `up`: it runs.
 * - `still`: SIGSTOP has stopped it; SIGCONT lets it go on.
 */
export class Life {
  name
  state = 'down'
  /** Called with what it said where it ends though nobody ended it, once it was ready. */
  onCrash = () => undefined
  #processes
  #command
  #file
  #child = null
  #said = ''

  constructor(processes, name, command) {
    this.name = name
    this.#processes = processes
    this.#command = command
    this.#file = join(processes.folder, `${name}.log`)
    writeFileSync(this.#file, '')
  }

  get pid() {
    return this.#child?.pid ?? null
  }

  /** All that it said in all its lives. */
  get log() {
    return readFileSync(this.#file, 'utf8')
  }

  /** Resolves with how long it took until it said what `ready` finds. Rejects if it ends first, or takes too long. */
  async start(ready, withinMs) {
    const startedAt = performance.now()
    const [path, ...args] = this.#command
    const child = spawn(path, args, { stdio: ['ignore', 'pipe', 'pipe'] })
    this.#child = child
    this.#said = ''
    this.state = 'up'
    this.#processes.told({ born: child.pid })
    child.once('exit', () => {
      this.#processes.told({ gone: child.pid })
      if (this.#child !== child) return
      this.#child = null
      this.state = 'down'
      if (isReady) this.onCrash(this.#said.slice(-SHOWN_BYTES))
    })
    let isReady = false
    let timer
    await new Promise((resolve, reject) => {
      const fail = why => reject(new Error(`${this.name} ${why}: ${this.#said.slice(-SHOWN_BYTES)}`))
      for (const stream of [child.stdout, child.stderr]) {
        stream.on('data', chunk => {
          this.#said += chunk
          appendFileSync(this.#file, chunk)
          if (ready.test(this.#said)) resolve()
        })
      }
      child.once('error', reject)
      child.once('exit', code => fail(`ended with code ${code}`))
      timer = setTimeout(() => fail('is not ready'), withinMs)
    }).finally(() => clearTimeout(timer))
    isReady = true
    return performance.now() - startedAt
  }

  /** Resolves once it is gone. */
  async end(signal = 'SIGKILL') {
    const child = this.#child
    this.#child = null
    if (child !== null && child.exitCode === null && child.signalCode === null) {
      const gone = once(child, 'exit')
      child.kill(signal)
      await gone
    }
    this.state = 'down'
  }

  stop() {
    if (this.state !== 'up') return
    this.#child.kill('SIGSTOP')
    this.state = 'still'
  }

  goOn() {
    if (this.state !== 'still') return
    this.#child.kill('SIGCONT')
    this.state = 'up'
  }
}

export class Processes {
  folder
  #reaper
  #lives = []

  constructor() {
    this.folder = mkdtempSync(join(tmpdir(), 'pulssi-cluster-'))
    // A group of its own: what a terminal sends to all doesn't reach it.
    this.#reaper = fork(REAPER, [this.folder], { detached: true, execArgv: [] })
  }

  /** `command`: a program and its arguments. */
  add(name, command) {
    const life = new Life(this, name, command)
    this.#lives.push(life)
    return life
  }

  told(message) {
    if (this.#reaper.connected) this.#reaper.send(message)
  }

  logs() {
    return new Map(this.#lives.map(life => [life.name, life.log]))
  }

  /** Ends all of them and removes the folder. */
  async close() {
    await Promise.all(this.#lives.map(life => life.end()))
    const gone = once(this.#reaper, 'exit')
    this.#reaper.disconnect()
    await gone
  }
}
