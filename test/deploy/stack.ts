/** What compose.yaml starts, without containers: the same commands, configuration and checks of health, on loopback. */
import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { onTestFinished, vi } from 'vitest'
import { plainEnv, root } from '../package/pack.js'
import { readCompose, readDeployed, secrets } from './files.js'
import { freePort } from './free-port.js'
import { startNodes } from './nodes.js'

const MAIN = join(root, 'aggregator/dist/cli/main.js')
const START_MS = 90_000

export interface Running {
  readonly name: string
  readonly port: number
  readonly metricsPort: number
  readonly process: ChildProcess
}

export interface Stack {
  /** Removed with the test. */
  readonly folder: string
  readonly all: readonly Running[]
  /** Runs a command of the image where the configuration is; resolves with what it prints. */
  pulssi(...args: readonly string[]): Promise<string>
  /** With SIGTERM; resolves with its exit code. */
  stop(name: string): Promise<number | null>
}

/** Whether the service's own check of health says yes. */
export const isHealthy = async ({ name, port, metricsPort }: Running): Promise<boolean> => {
  const [, program = '', ...args] = readCompose().services[name]?.healthcheck?.test ?? []
  const there = args.map(arg => arg.replace(':8700', `:${port}`).replace(':9464', `:${metricsPort}`))
  return promisify(execFile)(program, there).then(
    () => true,
    () => false,
  )
}

/** The configuration as it is, but for addresses. */
const configuration = (addresses: readonly string[], port: number, metricsPort: number): string => {
  const config = JSON.parse(readDeployed('pulssi.config.json'))
  const { server } = config
  Object.assign(server, { host: '127.0.0.1', port, hosts: ['localhost'], trustProxy: ['127.0.0.1/32'] })
  server.metrics = { host: '127.0.0.1', port: metricsPort }
  server.nats.servers = addresses
  return JSON.stringify(config)
}

/** Everything of Pulssi in compose.yaml, once it is healthy. Ends with the test. */
export const startStack = async (): Promise<Stack> => {
  const nodes = await startNodes()
  const addresses = nodes.map(({ address }) => address)
  const folder = mkdtempSync(join(tmpdir(), 'pulssi-stack-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const env = { ...plainEnv(), ...secrets() }
  const prepare = async (name: string): Promise<Omit<Running, 'process'> & { readonly file: string }> => {
    const [port, metricsPort] = [await freePort(), await freePort()]
    const file = join(folder, `${name}.json`)
    writeFileSync(file, configuration(addresses, port, metricsPort))
    return { name, port, metricsPort, file }
  }
  const { file } = await prepare('pulssi')
  const pulssi: Stack['pulssi'] = async (...args) => {
    const run = promisify(execFile)(process.execPath, [MAIN, ...args], { env: { ...env, PULSSI_CONFIG: file } })
    return (await run).stdout
  }
  const { services } = readCompose()
  const { init } = services
  await pulssi(...(init?.command ?? []))
  const all: Running[] = []
  for (const [name, { command = [] }] of Object.entries(services).filter(([, one]) => one.command?.[0] === 'serve')) {
    const own = await prepare(name)
    const around = { ...env, PULSSI_CONFIG: own.file, PULSSI_LOG_LEVEL: 'error' }
    const child = spawn(process.execPath, [MAIN, ...command], { env: around, stdio: ['ignore', 'ignore', 'inherit'] })
    onTestFinished(() => void child.kill('SIGKILL'))
    all.push({ ...own, process: child })
  }
  const healthy = async (): Promise<boolean> => (await Promise.all(all.map(isHealthy))).every(Boolean)
  await vi.waitUntil(healthy, { timeout: START_MS, interval: 1_000 })
  const stop = async (name: string): Promise<number | null> => {
    const child = all.find(one => one.name === name)?.process
    if (child === undefined) throw new Error(`there is no ${name}`)
    const exited = once(child, 'exit')
    child.kill('SIGTERM')
    return (await exited)[0] as number | null
  }
  return { folder, all, pulssi, stop }
}
