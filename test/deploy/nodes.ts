/** The NATS nodes of compose.yaml on loopback: its environment, its configuration, ports and folders of their own. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { onTestFinished, vi } from 'vitest'
import { interpolated, readCompose, readDeployed, secrets } from './files.js'
import { freePort } from './free-port.js'

const FINDER = fileURLToPath(new URL('../tools/nats-server.mjs', import.meta.url))
const START_MS = 50_000
const NODES = ['nats-1', 'nats-2', 'nats-3'] as const

export const natsServer = (): string => execFileSync(process.execPath, [FINDER], { encoding: 'utf8' }).trim()

/** What compose gives a node, with these secrets. */
export const nodeEnvironment = (name: string): Record<string, string> => {
  const { environment = {} } = readCompose().services[name] ?? {}
  return Object.fromEntries(Object.entries(environment).map(([key, text]) => [key, interpolated(text, secrets())]))
}

export interface Node {
  /** `127.0.0.1:PORT`, for clients. */
  readonly address: string
  /** `http://127.0.0.1:PORT` */
  readonly monitorUrl: string
  readonly process: ChildProcess
  /** Its log so far. */
  said(): string
  /** Kills it, and starts a new one of the same name in its place, with an empty disk. */
  replace(): Promise<void>
}

interface Ports {
  readonly client: number
  readonly monitor: number
  readonly route: number
}

const moved = (text: string, { client, monitor, route }: Ports, folder: string): string =>
  text
    .replace('0.0.0.0:4222', `127.0.0.1:${client}`)
    .replace('0.0.0.0:8222', `127.0.0.1:${monitor}`)
    .replace('0.0.0.0:6222', `127.0.0.1:${route}`)
    .replace('"/data"', `"${folder}"`)

export const isHealthy = async ({ monitorUrl }: Pick<Node, 'monitorUrl'>): Promise<boolean> =>
  (await fetch(`${monitorUrl}/healthz`).catch(() => null))?.status === 200

class RunningNode implements Node {
  readonly address: string
  readonly monitorUrl: string
  readonly #data: string
  readonly #start: () => ChildProcess
  #process: ChildProcess
  #said = ''

  constructor(program: string, file: string, data: string, env: Record<string, string>, ports: Ports) {
    this.address = `127.0.0.1:${ports.client}`
    this.monitorUrl = `http://127.0.0.1:${ports.monitor}`
    this.#data = data
    this.#start = () => {
      const child = spawn(program, ['-c', file], { env, stdio: ['ignore', 'ignore', 'pipe'] })
      child.stderr.on('data', chunk => {
        this.#said += chunk
      })
      return child
    }
    this.#process = this.#start()
  }

  get process(): ChildProcess {
    return this.#process
  }

  said(): string {
    return this.#said
  }

  async replace(): Promise<void> {
    await this.kill()
    rmSync(this.#data, { recursive: true })
    this.#process = this.#start()
  }

  async kill(): Promise<void> {
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return
    const exited = once(this.#process, 'exit')
    this.#process.kill('SIGKILL')
    await exited
  }
}

/**
 * Three, once `healthy` of them are. They end with the test. `change`: made to the environment of each first.
 */
export const startNodes = async (
  change: (env: Record<string, string>) => Record<string, string> = env => env,
  healthy = 3,
): Promise<Node[]> => {
  const folder = mkdtempSync(join(tmpdir(), 'pulssi-nodes-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const ports = new Map<string, Ports>()
  for (const name of NODES) {
    ports.set(name, { client: await freePort(), monitor: await freePort(), route: await freePort() })
  }
  const program = natsServer()
  const nodes = [...ports].map(([name, own]) => {
    const data = join(folder, name)
    const file = `${data}.conf`
    writeFileSync(file, moved(readDeployed('nats.conf'), own, data))
    const env = change(nodeEnvironment(name))
    const { NATS_ROUTES: written = '' } = env
    const routes = written.replace(/(nats-\d):6222/g, (_, node: string) => `127.0.0.1:${ports.get(node)?.route}`)
    return new RunningNode(program, file, data, { ...env, NATS_ROUTES: routes }, own)
  })
  for (const node of nodes) onTestFinished(() => node.kill())
  const all = async (): Promise<boolean> => {
    const ended = nodes.find(node => node.process.exitCode !== null)
    if (ended !== undefined) throw new Error(`a node of NATS ended: ${ended.said()}`)
    return (await Promise.all(nodes.map(isHealthy))).filter(Boolean).length >= healthy
  }
  await vi.waitUntil(all, { timeout: START_MS, interval: 100 })
  return nodes
}
