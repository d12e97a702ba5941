// Clients that behave, in a process of their own, while somebody else doesn't. Message: {target, url, seconds,
// framesPerSecond (null: as fast as acks come)}; answers {framesPerSecond, latenciesMs}.
import { Frame } from '@pulssi/protocol/client'
import { FrameRing } from './frame-ring.mjs'
import { RawSocket } from './raw-socket.mjs'

const CONNECTIONS = 50
const FRAMES = 64
/** Frames of a connection that wait for their ack at most. */
const WINDOW = 4
const WARM_UP_MS = 300
const PACE_MS = 2
const PATIENCE_MS = 30_000

const wait = ms => new Promise(resolve => setTimeout(resolve, ms))

class Client {
  latenciesMs = []
  #ring
  #socket
  #sentAt = []
  #acked = 0

  constructor(lane) {
    this.#ring = new FrameRing({ lane, frames: FRAMES, single: false })
  }

  async open(url) {
    this.#sentAt = []
    this.#acked = 0
    this.latenciesMs = []
    this.#socket = await RawSocket.hello(url, 'sk_bench')
    this.#socket.onFrame = frame => this.#hear(frame)
  }

  get waiting() {
    return this.#sentAt.length - this.#acked
  }

  /** Frames sent and frames still in a visitor's ring limit it; `due`: frames that should have been sent by now. */
  pump(due) {
    while (this.#sentAt.length < due && this.waiting < WINDOW) {
      this.#sentAt.push(performance.now())
      this.#socket.write(this.#ring.next(this.#sentAt.length))
    }
  }

  close() {
    this.#socket.close()
  }

  #hear(frame) {
    if (frame[0] !== Frame.ack || frame[2].length > 0) throw new Error(`not an ack of all: ${JSON.stringify(frame)}`)
    const now = performance.now()
    while (this.#acked < frame[1]) this.latenciesMs.push(now - this.#sentAt[this.#acked++])
  }
}

const known = new Map()
const clientsOf = target => {
  const clients = known.get(target) ?? Array.from({ length: CONNECTIONS }, (_, lane) => new Client(lane))
  known.set(target, clients)
  return clients
}

const run = async ({ target, url, seconds, framesPerSecond }) => {
  const clients = clientsOf(target)
  await Promise.all(clients.map(client => client.open(url)))
  const from = performance.now()
  const each = framesPerSecond === null ? null : framesPerSecond / CONNECTIONS / 1000
  const pump = () => {
    for (const [index, client] of clients.entries()) {
      // Each at its own moment, not all at once.
      const due = each === null ? Number.POSITIVE_INFINITY : (performance.now() - from) * each + index / CONNECTIONS
      client.pump(due)
    }
  }
  const pacer = setInterval(pump, each === null ? 0 : PACE_MS)
  await wait(WARM_UP_MS)
  for (const client of clients) client.latenciesMs.length = 0
  process.send({ type: 'started' })
  const begun = performance.now()
  await wait(seconds * 1000)
  const reached =
    (clients.reduce((sum, { latenciesMs }) => sum + latenciesMs.length, 0) / (performance.now() - begun)) * 1000
  clearInterval(pacer)
  const until = performance.now() + PATIENCE_MS
  while (clients.some(client => client.waiting > 0) && performance.now() < until) await wait(PACE_MS)
  if (clients.some(client => client.waiting > 0)) throw new Error('frames were never acknowledged')
  const latenciesMs = clients.flatMap(client => client.latenciesMs)
  for (const client of clients) client.close()
  process.send({ type: 'done', framesPerSecond: reached, latenciesMs })
}

process.on('message', run)
process.on('disconnect', () => process.exit())
process.on('unhandledRejection', error => {
  console.error(error)
  process.exit(1)
})
