/** The processes of Pulssi in a cluster: each one role or more, started again whenever one ends. */
import { fileURLToPath } from 'node:url'
import { jetstreamManager } from '@nats-io/jetstream'
import { connect } from '@nats-io/transport-node'
import { freePort } from '../kill/server.mjs'

const MAIN = fileURLToPath(new URL('../../aggregator/dist/cli/main.js', import.meta.url))
const READY = /^(?:listening on|serving as) /m
const READY_MS = 60_000
/** A start without NATS fails; a supervisor would try again. */
const STARTS = 20
const AGAIN_MS = 500
const ANSWER_MS = 3_000

const pause = ms => new Promise(resolve => setTimeout(resolve, ms))

export class Fleet {
  gateways = []
  workers = []
  /** Processes that ended by themselves: {name, said}. */
  crashes = []
  failedStarts = 0
  #isClosing = false

  /** The first of each kind may own the alerts. */
  static async start(processes, { gateways, workers, configFile }) {
    const fleet = new Fleet()
    const add = (name, roles, more) => {
      const args = [MAIN, 'serve', '--config', configFile, '--role', roles, '--log-level=info', ...more]
      const life = processes.add(name, [process.execPath, ...args])
      life.onCrash = said => {
        if (fleet.#isClosing) return
        fleet.crashes.push({ name, said })
        fleet.up(life).catch(error => fleet.crashes.push({ name, said: error.message }))
      }
      return life
    }
    for (let i = 0; i < gateways; i++) {
      const port = await freePort()
      const life = add(`gateway-${i}`, i === 0 ? 'gateway,alerts' : 'gateway', ['--port', String(port)])
      fleet.gateways.push({ life, url: `http://127.0.0.1:${port}`, socketUrl: `ws://127.0.0.1:${port}` })
    }
    for (let i = 0; i < workers; i++)
      fleet.workers.push({ life: add(`worker-${i}`, i === 0 ? 'worker,alerts' : 'worker', []) })
    await Promise.all(fleet.lives.map(life => fleet.up(life)))
    return fleet
  }

  get lives() {
    return [...this.gateways, ...this.workers].map(({ life }) => life)
  }

  /** Resolves once it is ready, after as many starts as that takes. */
  async up(life) {
    for (let tries = 1; ; tries++) {
      try {
        return await life.start(READY, READY_MS)
      } catch (error) {
        await life.end()
        if (tries === STARTS || this.#isClosing) throw error
        this.failedStarts++
        await pause(AGAIN_MS)
      }
    }
  }

  /** All at once, by SIGKILL. */
  async killAll() {
    await Promise.all(this.lives.map(life => life.end()))
  }

  async upAll() {
    await Promise.all(this.lives.map(life => this.up(life)))
  }

  closing() {
    this.#isClosing = true
  }
}

/** Who holds which partition, as it stands in the bucket. */
export class Leases {
  #connection
  #bucket
  #partitions

  constructor(connection, bucket, partitions) {
    this.#connection = connection
    this.#bucket = bucket
    this.#partitions = partitions
  }

  static async open(servers, bucket, partitions) {
    const connection = await connect({ servers, maxReconnectAttempts: -1, reconnectTimeWait: AGAIN_MS })
    return new Leases(connection, bucket, partitions)
  }

  /** partition → epoch, of those that a process holds; null: nobody answers. */
  async of(pid) {
    try {
      const manager = await jetstreamManager(this.#connection, { timeout: ANSWER_MS, checkAPI: false })
      const held = new Map()
      const look = async partition => {
        const subject = `$KV.${this.#bucket}.lease.partition.${partition}`
        const found = await manager.streams.getMessage(`KV_${this.#bucket}`, { last_by_subj: subject })
        const { owner, epoch } = found === null ? { owner: null } : JSON.parse(found.string())
        if (owner?.includes(`-${pid}-`)) held.set(partition, epoch)
      }
      await Promise.all(Array.from({ length: this.#partitions }, (_, partition) => look(partition)))
      return held
    } catch {
      return null
    }
  }

  async close() {
    await this.#connection.close()
  }
}
