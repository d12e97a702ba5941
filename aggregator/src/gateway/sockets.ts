import { randomBytes } from 'node:crypto'
import { type IncomingMessage, STATUS_CODES } from 'node:http'
import type { Duplex } from 'node:stream'
import { Close, Fault, Frame, HEARTBEAT_MS, INCIDENT_STATES, type Incident, SUBPROTOCOL } from '@pulssi/protocol'
import type { Logger } from 'pino'
import { WebSocketServer } from 'ws'
import { prepareFrame } from '../board/index.js'
import { Connection, type Surroundings } from './connection.js'
import type { Door } from './door.js'
import { heartbeat } from './hearing.js'
import type { Proxies } from './proxies.js'
import type { Overheard } from './voicing.js'

export const SOCKET_PATH = '/v1/ws'

const PING_BYTES = 8

interface Refusal {
  readonly status: number
  readonly message: string
  readonly retryMs?: number
}

const refuse = (stream: Duplex, { status, message, retryMs = 0 }: Refusal): void => {
  const body = `${message}\n`
  const retry = retryMs === 0 ? '' : `Retry-After: ${Math.ceil(retryMs / 1_000)}\r\n`
  stream.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nConnection: close\r\nContent-Type: text/plain; charset=utf-8\r\n` +
      `${retry}Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  )
}

/** All WebSocket connections: upgrades, pings, heartbeats, caps. */
export class Sockets {
  readonly #around: Surroundings
  readonly #door: Door
  readonly #logger: Logger
  readonly #server: WebSocketServer
  readonly #connections = new Set<Connection>()
  readonly #proxies: Proxies
  readonly #timers: NodeJS.Timeout[]
  #closing = false
  #emptied: (() => void) | null = null

  constructor(around: Surroundings, door: Door, proxies: Proxies, logger: Logger) {
    const { limits, board } = around
    this.#around = around
    this.#door = door
    this.#proxies = proxies
    this.#logger = logger
    this.#server = new WebSocketServer({
      noServer: true,
      clientTracking: false,
      perMessageDeflate: false,
      autoPong: false,
      maxPayload: limits.frameBytes,
      maxFragments: limits.fragments,
      handleProtocols: () => SUBPROTOCOL,
    })
    this.#timers = [
      setInterval(() => {
        const content = randomBytes(PING_BYTES)
        for (const connection of this.#connections) connection.ping(content)
      }, limits.pingMs),
      setInterval(() => {
        const beat = heartbeat(board.clock)
        for (const connection of this.#connections) connection.beat(beat)
      }, HEARTBEAT_MS),
    ]
  }

  /** Keys and tokens have changed: whose is gone is told so and closed. */
  review(): void {
    for (const connection of this.#connections) connection.review()
  }

  /** Tells all who may know that an incident has another state. */
  inform({ id, rule, touchpoint, state }: Incident, at: number): void {
    const prepared = prepareFrame([Frame.incident, id, rule, touchpoint, INCIDENT_STATES.indexOf(state), at])
    for (const connection of this.#connections) connection.inform(touchpoint, prepared)
  }

  /** Tells of new comments, oldest first, to who subscribes and may know of them. */
  overhear(news: readonly Overheard[]): void {
    for (const connection of this.#connections) connection.overhear(news)
  }

  /** WebSockets that stand. */
  get size(): number {
    return this.#connections.size
  }

  upgrade(request: IncomingMessage, stream: Duplex, head: Buffer): void {
    stream.on('error', () => stream.destroy())
    const address = this.#proxies.address(request)
    const refusal = this.#refusal(request, address)
    if (refusal !== null) return refuse(stream, refusal)
    this.#server.handleUpgrade(request, stream, head, socket => {
      socket.on('error', error => this.#logger.debug({ code: (error as { code?: unknown }).code }, 'a socket failed'))
      const { addresses } = this.#around
      const userAgent = request.headers['user-agent'] ?? ''
      const caller = { address, userAgent, origin: request.headers.origin ?? null }
      const release = addresses.hold(address, 'sockets')
      const connection = new Connection(socket, stream, caller, this.#around)
      this.#connections.add(connection)
      this.#around.tally.opened++
      socket.on('close', code => {
        release()
        this.#ended(connection, code)
      })
      if (!addresses.of(address).overfull) return
      connection.leave(Fault.tooManyConnections, 'this address has as many connections as it may')
    })
  }

  /**
   * Takes no more frames, waits until what was taken is durable and acknowledged, and says goodbye to all; who doesn't
   * answer in time is cut off.
   */
  async close(): Promise<void> {
    const { appender, limits } = this.#around
    this.#closing = true
    for (const timer of this.#timers) clearInterval(timer)
    for (const connection of this.#connections) connection.rest()
    await within(limits.drainMs, appender.drain())
    for (const connection of this.#connections) connection.leave(Close.goingAway, 'the server shuts down')
    const cut = setTimeout(() => {
      for (const connection of this.#connections) connection.terminate()
    }, limits.closeMs)
    if (this.#connections.size > 0) {
      await new Promise<void>(resolve => {
        this.#emptied = resolve
      })
    }
    clearTimeout(cut)
  }

  #refusal(request: IncomingMessage, address: string): Refusal | null {
    const { addresses, limits } = this.#around
    // Who comes without a proxy was counted on arrival.
    if (this.#proxies.trusts(request.socket.remoteAddress ?? '')) {
      const retryMs = addresses.of(address).attempt()
      if (retryMs > 0) return { status: 429, message: 'this address connects too often', retryMs }
    }
    const turned = this.#door.check(request)
    if (turned !== null) return turned
    const path = request.url?.split('?')[0]
    if (path !== SOCKET_PATH) return { status: 404, message: `there is no socket here: connect to ${SOCKET_PATH}` }
    const offered = (request.headers['sec-websocket-protocol'] ?? '').split(',').map(name => name.trim())
    if (!offered.includes(SUBPROTOCOL)) return { status: 400, message: `ask for the subprotocol ${SUBPROTOCOL}` }
    if (this.#closing) return { status: 503, message: 'the server is closing' }
    if (this.#connections.size < limits.connections) return null
    return { status: 503, message: 'the server has as many connections as it may' }
  }

  #ended(connection: Connection, code: number): void {
    this.#connections.delete(connection)
    this.#around.tally.closes.add(connection.closedWith ?? code)
    this.#logger.debug({ code, connections: this.#connections.size }, 'a connection ended')
    if (this.#connections.size === 0) this.#emptied?.()
  }
}

/** Waits for the work, or for the time to pass; and then until what it set going in this turn is done. */
const within = async (ms: number, work: Promise<void>): Promise<void> => {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<void>(resolve => {
    timer = setTimeout(resolve, ms)
  })
  await Promise.race([work, late])
  clearTimeout(timer)
  await new Promise(resolve => setImmediate(resolve))
}
