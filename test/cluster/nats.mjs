/** A real NATS cluster on this machine: nodes with folders and ports of their own, to be killed, stopped and restarted. */
import { execFileSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { jetstreamManager } from '@nats-io/jetstream'
import { connect } from '@nats-io/transport-node'
import { freePort } from '../kill/server.mjs'

const FINDER = fileURLToPath(new URL('../tools/nats-server.mjs', import.meta.url))
const READY = /Server is ready/
const READY_MS = 30_000
const CURRENT_MS = 90_000
const LOOK_MS = 100

const pause = ms => new Promise(resolve => setTimeout(resolve, ms))

const settings = ({ folder, name, port, http, route, routes }) => `
  server_name: ${name}
  listen: "127.0.0.1:${port}"
  http: "127.0.0.1:${http}"
  max_payload: 8MB
  jetstream { store_dir: "${folder}", max_file_store: 64GB }
  ${routes.length < 2 ? '' : `cluster { name: faults, listen: "127.0.0.1:${route}", routes: [${routes.map(at => `"nats://127.0.0.1:${at}"`)}] }`}
`

const distinctPorts = async count => {
  const ports = new Set()
  while (ports.size < count) ports.add(await freePort())
  return [...ports]
}

const node = (processes, binary, name, places) => {
  const folder = join(processes.folder, name)
  mkdirSync(folder)
  const file = join(folder, 'nats.conf')
  writeFileSync(file, settings({ folder: join(folder, 'data'), name, ...places }))
  return { life: processes.add(name, [binary, '-c', file]), http: places.http }
}

/** Rejects with the last error once it has failed for so long. */
const patiently = async (withinMs, work) => {
  const until = performance.now() + withinMs
  for (;;) {
    try {
      return await work()
    } catch (error) {
      if (performance.now() > until) throw error
      await pause(LOOK_MS)
    }
  }
}

export class Nats {
  servers
  #nodes

  constructor(nodes, servers) {
    this.#nodes = nodes
    this.servers = servers
  }

  static async start(processes, count) {
    const binary = execFileSync(process.execPath, [FINDER], { encoding: 'utf8' }).trim()
    const ports = await distinctPorts(3 * count)
    const [clients, routes, monitors] = [0, 1, 2].map(part => ports.slice(part * count, (part + 1) * count))
    const places = clients.map((port, i) => ({ port, route: routes[i], http: monitors[i], routes }))
    const nodes = places.map((place, i) => node(processes, binary, `nats-${i}`, place))
    const nats = new Nats(
      nodes,
      clients.map(port => `nats://127.0.0.1:${port}`),
    )
    await Promise.all(nodes.map((_, i) => nats.startNode(i)))
    return nats
  }

  get lives() {
    return this.#nodes.map(({ life }) => life)
  }

  async startNode(index) {
    return await this.#nodes[index].life.start(READY, READY_MS)
  }

  /** Resolves once a node says that all it keeps is current. */
  async current(index) {
    const { http } = this.#nodes[index]
    await patiently(CURRENT_MS, async () => {
      const { status } = await fetch(`http://127.0.0.1:${http}/healthz`, { signal: AbortSignal.timeout(1_000) })
      if (status !== 200) throw new Error(`node ${index} of NATS is not current: ${status}`)
    })
  }

  /**
   * Makes the bucket of values before anybody else does, with all their versions kept: so it can be told afterwards who
   * wrote what, and when. Resolves once it is there, which in a cluster takes an election.
   */
  async keepHistory(bucket, replicas) {
    const connection = await connect({ servers: this.servers })
    try {
      await patiently(READY_MS, async () => {
        const manager = await jetstreamManager(connection)
        await manager.streams.add({
          name: `KV_${bucket}`,
          subjects: [`$KV.${bucket}.>`],
          max_msgs_per_subject: -1,
          num_replicas: replicas,
          allow_rollup_hdrs: true,
          allow_direct: true,
          discard: 'new',
        })
      })
    } finally {
      await connection.close()
    }
  }
}
