import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

const FINDER = fileURLToPath(new URL('../tools/nats-server.mjs', import.meta.url))
const PORT = /Listening for client connections on 127\.0\.0\.1:(\d+)/
const READY = 'Server is ready'
/** As the kernel tells a thread's state. */
const STOPPED = 'T'

/** Where it is; throws a sentence that says what to do where there is none: no test is skipped. */
const binary = (): string => execFileSync(process.execPath, [FINDER], { encoding: 'utf8' }).trim()

/** Every thread of it: a signal stops them one after the other. */
const standsStill = (pid: number): boolean => {
  const threads = `/proc/${pid}/task`
  return readdirSync(threads).every(thread => {
    const stat = readFileSync(`${threads}/${thread}/stat`, 'latin1')
    return stat[stat.lastIndexOf(')') + 2] === STOPPED
  })
}

const configuration = (folder: string, port: number, settings: string): string => `
  listen: "127.0.0.1:${port}"
  ${settings.replace('FOLDER', join(folder, 'data'))}
`

/** What the adapters need; a server of other settings is made with a text of its own, FOLDER its place for data. */
const SETTINGS = `
  max_payload: 8MB
  jetstream { store_dir: "FOLDER" }
`

/** A real server of one node, with a port and a folder of its own. */
export class NatsServer {
  readonly #folder: string
  readonly #binary: string
  #settings: string
  #process: ChildProcess | null = null
  #port = -1

  private constructor(folder: string, path: string, settings: string) {
    this.#folder = folder
    this.#binary = path
    this.#settings = settings
  }

  static async start(settings = SETTINGS): Promise<NatsServer> {
    const server = new NatsServer(await mkdtemp(join(tmpdir(), 'pulssi-nats-')), binary(), settings)
    await server.start()
    return server
  }

  get url(): string {
    return `127.0.0.1:${this.#port}`
  }

  get isRunning(): boolean {
    return this.#process !== null
  }

  /** On the port that it had before, if any. Resolves once it takes connections; rejects with what it said if it ends. */
  async start(): Promise<void> {
    const file = join(this.#folder, 'nats.conf')
    await writeFile(file, configuration(this.#folder, this.#port, this.#settings))
    const child = spawn(this.#binary, ['-c', file], { stdio: ['ignore', 'ignore', 'pipe'] })
    this.#process = child
    const said: string[] = []
    await new Promise<void>((resolve, reject) => {
      child.on('error', reject)
      child.on('exit', () => reject(new Error(`nats-server ended: ${said.join('\n')}`)))
      createInterface({ input: child.stderr }).on('line', line => {
        said.push(line)
        const port = PORT.exec(line)?.[1]
        if (port !== undefined) this.#port = Number(port)
        if (line.includes(READY)) resolve()
      })
    })
  }

  /** From the next start on. */
  set settings(settings: string) {
    this.#settings = settings
  }

  /** SIGKILL; resolves once it is gone. */
  async kill(): Promise<void> {
    const child = this.#process
    this.#process = null
    if (child === null || child.exitCode !== null || child.signalCode !== null) return
    const gone = new Promise(resolve => child.once('exit', resolve))
    child.kill('SIGKILL')
    await gone
  }

  /** Stops it where it stands (SIGSTOP): connections stay, and once this resolves nothing is answered. */
  async freeze(): Promise<void> {
    const child = this.#process
    if (child?.pid === undefined) throw new Error('there is no process to freeze')
    child.kill('SIGSTOP')
    while (!standsStill(child.pid)) await new Promise(setImmediate)
  }

  thaw(): void {
    this.#process?.kill('SIGCONT')
  }

  async dispose(): Promise<void> {
    await this.kill()
    await rm(this.#folder, { recursive: true, force: true })
  }
}
