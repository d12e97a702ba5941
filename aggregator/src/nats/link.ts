import { setTimeout as pause } from 'node:timers/promises'
import { type JetStreamClient, type JetStreamManager, jetstream, jetstreamManager } from '@nats-io/jetstream'
import { connect, type NatsConnection, type NodeConnectionOptions } from '@nats-io/transport-node'
import { DECIDE_MS, HEADER_BYTES, PATIENCE_MS, PING_MS, RECONNECT_MS, RECONNECT_SPREAD_MS } from './limits.js'
import { isLasting } from './verdict.js'
import { unfit } from './version.js'

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
  #state: State = 'up'
  readonly #lost = new Set<(error: Error) => void>()
  #changed: (() => void)[] = []

  private constructor(connection: NatsConnection, manager: JetStreamManager) {
    this.connection = connection
    this.jetstream = jetstream(connection)
    this.manager = manager
    void this.#watch()
    void connection.closed().then(() => this.#become('closed'))
  }

  /** `options` go to the client as they are (servers, tls, authenticator …). Rejects where the server doesn't fit. */
  static async open(options: NodeConnectionOptions): Promise<Link> {
    const connection = await connect({
      reconnectTimeWait: RECONNECT_MS,
      reconnectJitter: RECONNECT_SPREAD_MS,
      reconnectJitterTLS: RECONNECT_SPREAD_MS,
      pingInterval: PING_MS,
      ...options,
      maxReconnectAttempts: -1,
    })
    try {
      const problem = connection.info ? unfit(connection.info) : null
      if (problem !== null) throw new Error(problem)
      return new Link(connection, await jetstreamManager(connection))
    } catch (error) {
      await connection.close()
      throw error
    }
  }

  /** Longest message that the server takes, less the room for its headers. */
  get messageBytes(): number {
    return (this.connection.info?.max_payload ?? 0) - HEADER_BYTES
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
      else if (type === 'reconnect') this.#become('up')
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
