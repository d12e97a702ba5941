import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { jetstreamManager } from '@nats-io/jetstream'
import { connect } from '@nats-io/transport-node'
import { folderBytes, rssBytes } from './loads.mjs'
import { cpuSeconds } from './servers.mjs'

const FINDER = fileURLToPath(new URL('../tools/nats-server.mjs', import.meta.url))
const LOOK_MS = 50
const PATIENCE_MS = 20_000

/** Ports that were free a moment ago: the nodes of a cluster have to know of each other before they start. */
const freePorts = async count => {
  const servers = Array.from({ length: count }, () => createServer().listen(0, '127.0.0.1'))
  await Promise.all(servers.map(server => once(server, 'listening')))
  const ports = servers.map(server => server.address().port)
  await Promise.all(servers.map(server => once(server.close(), 'close')))
  return ports
}

const settings = ({ folder, name, port, route, routes }) => `
  server_name: ${name}
  listen: "127.0.0.1:${port}"
  max_payload: 8MB
  jetstream { store_dir: "${folder}", max_file_store: 64GB }
  ${routes.length === 1 ? '' : `cluster { name: bench, listen: "127.0.0.1:${route}", routes: [${routes.map(at => `"nats://127.0.0.1:${at}"`)}] }`}
`

const startNode = async (binary, folder, options) => {
  mkdirSync(folder)
  const file = join(folder, 'nats.conf')
  writeFileSync(file, settings({ folder: join(folder, 'data'), ...options }))
  const child = spawn(binary, ['-c', file], { stdio: ['ignore', 'ignore', 'pipe'] })
  const said = []
  await new Promise((resolve, reject) => {
    child.once('exit', () => reject(new Error(`nats-server ended: ${said.join('\n')}`)))
    createInterface({ input: child.stderr }).on('line', line => {
      said.push(line)
      if (line.includes('Server is ready')) resolve()
    })
  })
  return child
}

/** Resolves once JetStream answers, which in a cluster takes an election. */
const answers = async servers => {
  const connection = await connect({ servers })
  const until = performance.now() + PATIENCE_MS
  try {
    for (;;) {
      try {
        const manager = await jetstreamManager(connection)
        await manager.streams.add({ name: 'ready', subjects: ['ready'], num_replicas: servers.length })
        return await manager.streams.delete('ready')
      } catch (error) {
        if (performance.now() > until) throw error
        await new Promise(resolve => setTimeout(resolve, LOOK_MS))
      }
    }
  } finally {
    await connection.close()
  }
}

/** Real nats-servers on this machine, one or a cluster, with folders of their own. */
export const startNats = async (nodes = 1) => {
  const binary = execFileSync(process.execPath, [FINDER], { encoding: 'utf8' }).trim()
  const folder = mkdtempSync(join(tmpdir(), 'pulssi-bench-nats-'))
  const ports = await freePorts(2 * nodes)
  const routes = ports.slice(nodes)
  const children = []
  const kill = () => {
    for (const child of children) child.kill('SIGKILL')
    rmSync(folder, { recursive: true, force: true })
  }
  process.once('exit', kill)
  const starting = routes.map((route, i) =>
    startNode(binary, join(folder, `${i}`), { name: `n${i}`, port: ports[i], route, routes }),
  )
  children.push(...(await Promise.all(starting)))
  const servers = ports.slice(0, nodes).map(port => `127.0.0.1:${port}`)
  await answers(servers)
  const sum = each => children.reduce((total, child) => total + each(child), 0)
  return {
    servers,
    /** CPU seconds of all nodes so far. */
    cpuSeconds: () => sum(({ pid }) => cpuSeconds(pid)),
    rssBytes: () => sum(({ pid }) => rssBytes(pid)),
    /** Bytes of all nodes on disk. */
    diskBytes: () => folderBytes(folder),
    close: async () => {
      const gone = children.map(child => once(child, 'exit'))
      kill()
      await Promise.all(gone)
      process.off('exit', kill)
    },
  }
}
