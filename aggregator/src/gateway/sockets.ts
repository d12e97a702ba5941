import { type IncomingMessage, STATUS_CODES } from 'node:http'
import type { Duplex } from 'node:stream'
import { Close, Fault, HEARTBEAT_MS, SUBPROTOCOL } from '@pulssi/protocol'
import type { Logger } from 'pino'
import { WebSocketServer } from 'ws'
import { addressGroup } from './address.js'
import { Connection, heartbeat, type Surroundings } from './connection.js'
import type { Door } from './door.js'
import { FAREWELL_MS } from './retry.js'

export const SOCKET_PATH = '/v1/ws'

const refuse = (stream: Duplex, status: number, message: string): void => {
  const body = `${message}\n`
  stream.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nConnection: close\r\nContent-Type: text/plain; charset=utf-8\r\n` +
      `Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  )
}

/** All WebSocket connections: upgrades, pings, heartbeats, caps. */
export class Sockets {
  readonly #around: Surroundings
  readonly #door: Door
  readonly #logger: Logger
  readonly #server: WebSocketServer
  readonly #connections = new Set<Connection>()
  readonly #perAddress = new Map<string, number>()
  readonly #timers: NodeJS.Timeout[]
  #closing = false
  #emptied: (() => void) | null = null

  constructor(around: Surroundings, door: Door, logger: Logger) {
    const { limits, board } = around
    this.#around = around
    this.#door = door
    this.#logger = logger
    this.#server = new WebSocketServer({
      noServer: true,
      clientTracking: false,
      perMessageDeflate: false,
      maxPayload: limits.frameBytes,
      maxFragments: limits.fragments,
      handleProtocols: () => SUBPROTOCOL,
    })
    this.#timers = [
      setInterval(() => {
        for (const connection of this.#connections) connection.ping()
      }, limits.pingMs),
      setInterval(() => {
        const beat = heartbeat(board.clock)
        for (const connection of this.#connections) connection.beat(beat)
      }, HEARTBEAT_MS),
    ]
  }

  upgrade(request: IncomingMessage, stream: Duplex, head: Buffer): void {
    stream.on('error', () => stream.destroy())
    const turned = this.#door.check(request)
    if (turned !== null) return refuse(stream, turned.status, turned.message)
    const path = request.url?.split('?')[0]
    if (path !== SOCKET_PATH) return refuse(stream, 404, `there is no socket here: connect to ${SOCKET_PATH}`)
    const offered = (request.headers['sec-websocket-protocol'] ?? '').split(',').map(name => name.trim())
    if (!offered.includes(SUBPROTOCOL)) return refuse(stream, 400, `ask for the subprotocol ${SUBPROTOCOL}`)
    if (this.#closing) return refuse(stream, 503, 'the server is closing')
    if (this.#connections.size >= this.#around.limits.connections) {
      return refuse(stream, 503, 'the server has as many connections as it may')
    }
    this.#server.handleUpgrade(request, stream, head, socket => {
      socket.on('error', error => this.#logger.debug({ code: (error as { code?: unknown }).code }, 'a socket failed'))
      const address = request.socket.remoteAddress ?? ''
      const userAgent = request.headers['user-agent'] ?? ''
      const caller = { address, userAgent, origin: request.headers.origin ?? null }
      const connection = new Connection(socket, stream, caller, this.#around)
      this.#connections.add(connection)
      const group = addressGroup(address)
      const ofAddress = (this.#perAddress.get(group) ?? 0) + 1
      this.#perAddress.set(group, ofAddress)
      socket.on('close', code => this.#ended(connection, group, code))
      if (ofAddress > this.#around.limits.connectionsPerAddress) {
        connection.leave(Fault.tooManyConnections, 'this address has as many connections as it may')
      }
    })
  }

  /** Says goodbye to all; who doesn't answer in time is cut off. */
  async close(): Promise<void> {
    this.#closing = true
    for (const timer of this.#timers) clearInterval(timer)
    for (const connection of this.#connections) connection.leave(Close.goingAway, 'the server shuts down')
    const cut = setTimeout(() => {
      for (const connection of this.#connections) connection.terminate()
    }, FAREWELL_MS)
    if (this.#connections.size > 0) {
      await new Promise<void>(resolve => {
        this.#emptied = resolve
      })
    }
    clearTimeout(cut)
  }

  #ended(connection: Connection, group: string, code: number): void {
    this.#connections.delete(connection)
    const left = (this.#perAddress.get(group) ?? 1) - 1
    if (left === 0) this.#perAddress.delete(group)
    else this.#perAddress.set(group, left)
    this.#logger.debug({ code, connections: this.#connections.size }, 'a connection ended')
    if (this.#connections.size === 0) this.#emptied?.()
  }
}
