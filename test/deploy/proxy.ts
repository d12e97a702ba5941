/** A real proxy with the configuration of examples/deploy, on loopback: addresses, certificate and folders replaced. */
import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { onTestFinished, vi } from 'vitest'
import { makeCertificate } from '../tools/certificate.js'
import { readDeployed } from './files.js'
import { freePort } from './free-port.js'

const FINDER = fileURLToPath(new URL('../tools/proxies.mjs', import.meta.url))
const START_MS = 20_000
const PORTS = /\b(?:gateway-([12]):8700|8080|8081|8443)\b/g

export const KINDS = ['nginx', 'caddy'] as const
export type Kind = (typeof KINDS)[number]

export interface Deployed {
  /** `https://localhost:PORT` */
  readonly url: string
  /** Of the WebSocket. */
  readonly socketUrl: string
  /** PEM */
  readonly ca: string
}

const programOf = (kind: Kind): string => {
  const found = execFileSync(process.execPath, [FINDER], { encoding: 'utf8' }).trim().split('\n')
  return found[KINDS.indexOf(kind)] ?? ''
}

/** Replaces every address by one of loopback. */
const moved = async (text: string, gateways: readonly [number, number]): Promise<[text: string, port: number]> => {
  const ports = new Map<string, number>()
  for (const port of ['8080', '8081', '8443']) ports.set(port, await freePort())
  const there = text
    .replaceAll('pulse.example', 'localhost')
    .replace(PORTS, (found, gateway?: string) =>
      gateway === undefined ? `${ports.get(found)}` : `127.0.0.1:${gateways[Number(gateway) - 1]}`,
    )
  return [there, ports.get('8443') ?? 0]
}

const ARGUMENTS: Record<Kind, (file: string) => string[]> = {
  nginx: file => ['-e', 'stderr', '-c', file, '-g', 'daemon off;'],
  caddy: file => ['run', '--adapter', 'caddyfile', '--config', file],
}

/** What differs here: the certificate is a file of ours, and nothing listens beyond this machine. */
const settled = (kind: Kind, text: string, folder: string): string => {
  const [cert, key] = [join(folder, 'fullchain.pem'), join(folder, 'privkey.pem')]
  if (kind === 'caddy') {
    return text
      .replace('admin off', 'admin off\n\tdefault_bind 127.0.0.1')
      .replace('localhost {', `localhost {\n\ttls ${cert} ${key}`)
  }
  return text
    .replace(/listen (\d+)/g, 'listen 127.0.0.1:$1')
    .replaceAll('/tmp/', `${folder}/`)
    .replaceAll('/etc/nginx/tls/', `${folder}/`)
}

const isReached = (port: number): Promise<boolean> =>
  new Promise(resolve => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy()
      resolve(true)
    })
    socket.once('error', () => resolve(false))
  })

const FILES: Record<Kind, string> = { nginx: 'nginx.conf', caddy: 'Caddyfile' }

/** `change`: made to the file first. Ends with the test. */
export const startProxy = async (
  kind: Kind,
  gateways: readonly [number, number],
  change: (text: string) => string = text => text,
): Promise<Deployed> => {
  const folder = mkdtempSync(join(tmpdir(), `pulssi-${kind}-`))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const { cert, key } = makeCertificate(kind)
  writeFileSync(join(folder, 'fullchain.pem'), cert)
  writeFileSync(join(folder, 'privkey.pem'), key)
  const [text, port] = await moved(change(readDeployed(FILES[kind])), gateways)
  const file = join(folder, FILES[kind])
  writeFileSync(file, settled(kind, text, folder))
  mkdirSync(join(folder, 'data'))
  const env = { ...process.env, XDG_DATA_HOME: join(folder, 'data'), XDG_CONFIG_HOME: join(folder, 'data') }
  const child = spawn(programOf(kind), ARGUMENTS[kind](file), { env, stdio: ['ignore', 'ignore', 'pipe'] })
  let said = ''
  child.stderr.on('data', chunk => {
    said += chunk
  })
  const exited = once(child, 'exit')
  onTestFinished(async () => {
    child.kill('SIGTERM')
    await exited
  })
  await vi.waitUntil(() => child.exitCode !== null || isReached(port), { timeout: START_MS })
  if (child.exitCode !== null) throw new Error(`${kind} ended: ${said}`)
  return { url: `https://localhost:${port}`, socketUrl: `wss://localhost:${port}/v1/ws`, ca: cert }
}
