import { setTimeout as pause } from 'node:timers/promises'
import { type JetStreamClient, type JetStreamManager, jetstream, jetstreamManager } from '@nats-io/jetstream'
import { connect, type NatsConnection, type NodeConnectionOptions } from '@nats-io/transport-node'
import { authenticatorOf } from './credentials.js'
import {
  CONNECT_MS,
  DECIDE_MS,
  HEADER_BYTES,
  LEAST_PAYLOAD_BYTES,
  PATIENCE_MS,
  PING_MS,
  RECONNECT_MS,
  RECONNECT_SPREAD_MS,
} from './limits.js'
import { NatsUnusable, unusable } from './unusable.js'
import { isLasting } from './verdict.js'
import { unfit } from './version.js'

/** What goes to the client as it is (servers, tls, name …), and more. */
export interface LinkOptions extends NodeConnectionOptions {
  /** Of a `.creds` file, or the seed of an nkey; asked for with each connection. */
  readonly credentials?: () => Uint8Array
  /** Gets each link that is made with these options. */
  readonly onLink?: (link: Link) => void
}

/** The connection broke while an answer was awaited: what was asked for may have been done. */
export class LinkLost extends Error {
  constructor() {
    super('the connection to the NATS server broke')
    this.name = 'LinkLost'
  }
}

/**
 * - `up`: requests reach a server, as far as is known. A break leads to `down`.
 * - `down`: reconnecting without end. What is published now goes nowhere, so nothing should be.
 * - `closed`: for good.
 */
type State = 'up' | 'down' | 'closed'

/** One connection to a cluster that knows whether it stands, so that nobody waits for an answer that can't come. */
export class Link {
  readonly connection: NatsConnection
  readonly jetstream: JetStreamClient
  readonly manager: JetStreamManager
  /** Resolves with the reason once the server, and not `close`, has ended it for good: it won't let us in again. */
  readonly ended: Promise<NatsUnusable>
  #state: State = 'up'
  #reconnects = 0
  #payloadBytes: number
  readonly #lost = new Set<(error: Error) => void>()
  #changed: (() => void)[] = []

  private constructor(connection: NatsConnection, manager: JetStreamManager, servers: string) {
    this.connection = connection
    this.jetstream = jetstream(connection)
    this.manager = manager
    this.#payloadBytes = connection.info?.max_payload ?? LEAST_PAYLOAD_BYTES
    void this.#watch()
    this.ended = new Promise(resolve => {
      void connection.closed().then(error => {
        if (!this.isClosed) resolve(unusable(error, servers))
        this.#become('closed')
      })
    })
  }

  /** Rejects with NatsUnusable. */
  static async open({ credentials, onLink, ...options }: LinkOptions): Promise<Link> {
    const servers = [options.servers ?? []].flat().join(', ')
    let connection: NatsConnection | null = null
    try {
      connection = await connect({
        reconnectTimeWait: RECONNECT_MS,
        reconnectJitter: RECONNECT_SPREAD_MS,
        reconnectJitterTLS: RECONNECT_SPREAD_MS,
        pingInterval: PING_MS,
        timeout: CONNECT_MS,
        ...(credentials === undefined ? {} : { authenticator: authenticatorOf(credentials) }),
        ...options,
        maxReconnectAttempts: -1,
      })
      const problem = connection.info ? unfit(connection.info) : null
      if (problem !== null) throw new NatsUnusable('unfit', problem)
      const link = new Link(connection, await jetstreamManager(connection), servers)
      onLink?.(link)
      return link
    } catch (error) {
      await connection?.close()
      throw unusable(error, servers)
    }
  }

  /** Connections made after the first. */
  get reconnects(): number {
    return this.#reconnects
  }

  /** Requests whose answers have not come. */
  get unanswered(): number {
    return this.#lost.size
  }

  /** Longest message that the server takes, less the room for its headers. Of the one before, while there is none. */
  get messageBytes(): number {
    this.#payloadBytes = this.connection.info?.max_payload ?? this.#payloadBytes
    return this.#payloadBytes - HEADER_BYTES
  }

  get isUp(): boolean {
    return this.#state === 'up'
  }

  get isClosed(): boolean {
    return this.#state === 'closed'
  }

  /** Resolves once the link stands, or is closed for good. */
  async settled(): Promise<void> {
    while (this.#state === 'down') await new Promise<void>(resolve => this.#changed.push(resolve))
  }

  /** Rejects with LinkLost as soon as the connection breaks, rather than when the answer is overdue. */
  during<T>(work: () => Promise<T>): Promise<T> {
    if (this.#state !== 'up') return Promise.reject(new LinkLost())
    return new Promise<T>((resolve, reject) => {
      this.#lost.add(reject)
      const done = (): boolean => this.#lost.delete(reject)
      work().then(
        value => done() && resolve(value),
        error => done() && reject(error),
      )
    })
  }

  /** For what may be done twice: tries again while no server answers, PATIENCE_MS long. */
  async patiently<T>(work: () => Promise<T>): Promise<T> {
    const end = performance.now() + PATIENCE_MS
    for (;;) {
      try {
        return await this.during(work)
      } catch (error) {
        if (isLasting(error) || this.isClosed || performance.now() > end) throw error
      }
      await Promise.race([this.settled(), pause(PATIENCE_MS, undefined, { ref: false })])
      await pause(DECIDE_MS)
    }
  }

  async close(): Promise<void> {
    this.#become('closed')
    await this.connection.close()
  }

  async #watch(): Promise<void> {
    for await (const { type } of this.connection.status()) {
      if (type === 'disconnect' || type === 'staleConnection') this.#become('down')
      else if (type === 'reconnect') {
        this.#reconnects++
        this.#become('up')
      }
    }
  }

  #become(state: State): void {
    if (this.#state === 'closed') return
    this.#state = state
    if (state !== 'up') {
      const lost = [...this.#lost]
      this.#lost.clear()
      for (const reject of lost) reject(new LinkLost())
    }
    for (const wake of this.#changed.splice(0)) wake()
  }
}
