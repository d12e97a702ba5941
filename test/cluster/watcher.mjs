/**
 * Subscribers of one gateway each, who see what anybody sees: which partitions are stale. And an ear at every node of
 * NATS that hears which epoch of a partition folds.
 */
import { connect } from '@nats-io/transport-node'
import { pack, unpack } from 'msgpackr'
import { WebSocket } from 'ws'

const HELLO = 1
const SUBSCRIBE = 3
const AUTH = 5
const WELCOME = 64
const PULSE = 68
const DAY = 0
const FIVE_MINUTES = 1
const ROLL_UP = '~journey'
const AGAIN_MS = 100
/** Without a word for so long the connection is made anew; a pulse comes with every tick. */
const SILENT_MS = 6_000

export class Subscriber {
  /** Partitions that are stale; null: nobody says. */
  stale = null
  heardAt = 0
  #url
  #token
  #socket = null
  #timer
  #isClosed = false

  constructor(url, token) {
    this.#url = url
    this.#token = token
    this.#connect()
    this.#timer = setInterval(() => {
      if (performance.now() - this.heardAt > SILENT_MS) this.#socket?.terminate()
    }, AGAIN_MS)
  }

  close() {
    this.#isClosed = true
    clearInterval(this.#timer)
    this.#socket?.terminate()
  }

  #connect() {
    if (this.#isClosed) return
    this.heardAt = performance.now()
    const socket = new WebSocket(`${this.#url}/v1/ws`, 'pulssi.v1')
    this.#socket = socket
    socket.on('error', () => undefined)
    socket.on('open', () => socket.send(pack([HELLO, null, DAY, null, null, null, 'watcher'])))
    socket.on('message', data => this.#hear(unpack(data)))
    socket.on('close', () => {
      this.stale = null
      setTimeout(() => this.#connect(), AGAIN_MS)
    })
  }

  #hear([type, ...fields]) {
    this.heardAt = performance.now()
    if (type === WELCOME) {
      this.#socket.send(pack([AUTH, this.#token]))
      this.#socket.send(pack([SUBSCRIBE, 1, [ROLL_UP], [FIVE_MINUTES]]))
    }
    if (type === PULSE) this.stale = fields[5]
  }
}

/** The newest epoch of each partition that was heard to fold, and when it last was. */
export class Ear {
  #connections = []
  /** partition → {epoch, since, at, gapMs}: `since` it was first heard, `at` last; `gapMs` since the one before was. */
  heard = new Map()

  /** One connection to each node, so that no node that stands still makes it deaf. */
  static async open(servers, project) {
    const ear = new Ear()
    for (const server of servers) {
      const connection = await connect({
        servers: server,
        maxReconnectAttempts: -1,
        reconnectTimeWait: AGAIN_MS,
        ignoreClusterUpdates: true,
      })
      ear.#connections.push(connection)
      connection.subscribe(`pulssi.${project}.bus.folded.*`, {
        callback: (error, message) => {
          if (error === null || error === undefined) ear.#hear(message)
        },
      })
    }
    return ear
  }

  #hear({ subject, data }) {
    const partition = Number(subject.slice(subject.lastIndexOf('.') + 1))
    const epoch = new DataView(data.buffer, data.byteOffset).getFloat64(0, true)
    const at = performance.now()
    const known = this.heard.get(partition)
    if (known === undefined || epoch > known.epoch) {
      this.heard.set(partition, { epoch, since: at, at, gapMs: at - (known?.at ?? at) })
    }
    if (epoch === known?.epoch) known.at = at
  }

  async close() {
    await Promise.all(this.#connections.map(connection => connection.close()))
  }
}
