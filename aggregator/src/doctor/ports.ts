import { readFileSync } from 'node:fs'
import { get as getPlain } from 'node:http'
import { get as getSecure } from 'node:https'
import { createServer } from 'node:net'
import { join } from 'node:path'
import type { Config } from '../config/index.js'
import { codeOf, type Finding, fail, ok } from './finding.js'

const PROBE_MS = 2_000
const PROBE_CHARS = 1_024

/** null: it can be listened on. Else the error's code. */
const tryListen = (host: string, port: number): Promise<string | null> =>
  new Promise(resolve => {
    const server = createServer()
    server.once('error', error => resolve(codeOf(error)))
    server.listen(port, host, () => server.close(() => resolve(null)))
  })

/** Whether a server of ours answers there. Its certificate doesn't matter here: nothing is told to it. */
const isPulssi = (url: string): Promise<boolean> =>
  new Promise(resolve => {
    const get = url.startsWith('https:') ? getSecure : getPlain
    const request = get(url, { timeout: PROBE_MS, rejectUnauthorized: false }, response => {
      let text = ''
      response.setEncoding('utf8')
      response.on('data', (chunk: string) => {
        text += chunk
        if (text.length > PROBE_CHARS) response.destroy()
      })
      response.on('close', () => resolve(text.includes('"alive":true') || text.includes('pulssi_')))
    })
    request.on('timeout', () => request.destroy())
    request.on('error', () => resolve(false))
  })

/** Who has the data folder, as far as its lock says. */
const ownerOf = (dataDir: string): string => {
  try {
    const { pid } = JSON.parse(readFileSync(join(dataDir, 'lock'), 'utf8')) as { pid?: unknown }
    return typeof pid === 'number' ? ` (process ${pid})` : ''
  } catch {
    return ''
  }
}

interface Address {
  readonly check: string
  readonly host: string
  readonly port: number
  readonly probe: string
  readonly key: string
}

const checkPort = async ({ check, host, port, probe, key }: Address, owner: string): Promise<Finding> => {
  if (port === 0) return ok(check, 'any free port will do')
  const where = `${host}:${port}`
  switch (await tryListen(host, port)) {
    case null:
      return ok(check, `${where} is free`)
    case 'EADDRINUSE':
      if (await isPulssi(probe)) return ok(check, `pulssi${owner} listens on ${where}`)
      return fail(check, `another program listens on ${where}`, `stop it, or set another ${key}.port`)
    case 'EADDRNOTAVAIL':
      return fail(check, `${host} is no address of this machine`, `set ${key}.host to one of its own`)
    case 'EACCES':
      return fail(check, `this user may not listen on ${where}`, `set a ${key}.port over 1023, or allow it (setcap)`)
    default:
      return fail(check, `${where} can't be listened on`, `check ${key}.host and ${key}.port`)
  }
}

/** Whether the ports can be had, and if not, who has them. */
export const checkPorts = ({ server }: Config): Promise<Finding[]> => {
  const { host, port, tls, metrics, dataDir } = server
  const written = (name: string): string => (name.includes(':') ? `[${name}]` : name)
  const scheme = tls === undefined ? 'http' : 'https'
  const own = { check: 'port', host, port, probe: `${scheme}://${written(host)}:${port}/healthz`, key: 'server' }
  const addresses: Address[] = [own]
  if (metrics !== undefined) {
    const probe = `http://${written(metrics.host)}:${metrics.port}/metrics`
    addresses.push({ check: 'metrics port', ...metrics, probe, key: 'server.metrics' })
  }
  return Promise.all(addresses.map(address => checkPort(address, ownerOf(dataDir))))
}
