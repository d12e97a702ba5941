/** The client processes of a run. */
import { fork } from 'node:child_process'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const CLIENTS = ['raw-client.mjs', 'sdk-client.mjs'].map(file => fileURLToPath(new URL(file, import.meta.url)))
/** Between the seeds of two clients. */
const SEED_STEP = 7_919
/** Whatever is awaited of the clients: so long without anything new from any of them, and the run has failed. */
const PATIENCE_MS = 120_000
const LOOK_MS = 1_000

export class Crew {
  #members = []
  #looks = new Set()
  #failure = null
  #heardAt = 0

  /** Every other client is the SDK, the rest speak the wire by themselves. `urls`: of gateways that all do. */
  constructor({ clients, seed, folder, urls, key, perSecond }) {
    for (let client = 0; client < clients; client++) {
      const file = join(folder, `acknowledged-${client}.ndjson`)
      const options = { client, seed: seed + (client + 1) * SEED_STEP, file, urls, key, perSecond: perSecond / clients }
      const child = fork(CLIENTS[client % 2], [JSON.stringify(options)], { execArgv: [] })
      const member = {
        child,
        isUp: false,
        acked: 0,
        refusals: 0,
        mostHeld: 0,
        made: 0,
        sent: 0,
        isDone: false,
        down: null,
      }
      this.#members.push(member)
      child.on('message', message => this.#hear(member, message))
      child.on('exit', code => {
        if (!member.isDone) this.#failure = new Error(`client ${client} ended with code ${code}`)
        this.#look()
      })
    }
  }

  /** Events acknowledged so far, as far as told. */
  get acked() {
    return this.#sum('acked')
  }

  /** Times that a client was told to wait and come again. */
  get refusals() {
    return this.#sum('refusals')
  }

  /** The most events that a client has kept for want of an acknowledgement. */
  get mostHeld() {
    return Math.max(...this.#members.map(({ mostHeld }) => mostHeld))
  }

  get made() {
    return this.#sum('made')
  }

  get sent() {
    return this.#sum('sent')
  }

  /** Resolves once every client has its connection. */
  async allUp() {
    await this.#until('all connected', () => this.#members.every(({ isUp, isDone }) => isUp || isDone))
  }

  /** Resolves once so many are acknowledged. */
  async reaches(events) {
    await this.#until(`${events} acknowledged`, () => this.acked >= events)
  }

  /**
   * The server is gone: resolves once every client that had a connection knows, with what was on its way. `held`: the
   * events that SDKs kept, who don't tell their frames.
   */
  async losses() {
    await this.#until('all disconnected', () => this.#members.every(({ isUp }) => !isUp))
    const losses = { clients: 0, frames: 0, events: 0, held: 0 }
    for (const member of this.#members) {
      const { frames, events } = member.down ?? { frames: 0, events: 0 }
      member.down = null
      if (frames === null) losses.held += events
      else if (frames > 0) {
        losses.clients++
        losses.frames += frames
        losses.events += events
      }
    }
    return losses
  }

  /** No more events; resolves once all that were made are acknowledged. */
  async drain() {
    for (const { child } of this.#members) child.send({ type: 'stop' })
    await this.#until('all drained', () => this.#members.every(({ isDone }) => isDone))
  }

  end() {
    for (const { child, isDone } of this.#members) if (!isDone) child.kill('SIGKILL')
  }

  #hear(member, { type, ...told }) {
    if (type === 'up') member.isUp = true
    if (type === 'down') Object.assign(member, { isUp: false, down: told })
    if (type !== 'progress' || told.acked > member.acked) this.#heardAt = performance.now()
    if (type === 'progress') Object.assign(member, told)
    if (type === 'done') Object.assign(member, told, { isDone: true, isUp: false })
    this.#look()
  }

  #sum(name) {
    return this.#members.reduce((sum, member) => sum + member[name], 0)
  }

  #look() {
    for (const look of this.#looks) look()
  }

  async #until(what, holds) {
    await new Promise((resolve, reject) => {
      this.#heardAt = performance.now()
      const timer = setInterval(() => {
        if (performance.now() - this.#heardAt < PATIENCE_MS) return
        this.#failure ??= new Error(`clients waited in vain: ${what}`)
        look()
      }, LOOK_MS)
      const look = () => {
        if (this.#failure === null && !holds()) return
        this.#looks.delete(look)
        clearInterval(timer)
        if (this.#failure === null) resolve()
        else reject(this.#failure)
      }
      this.#looks.add(look)
      look()
    })
  }
}
