import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { connect, createServer, type Server, type Socket } from 'node:net'

/** One connection through the line: what its client said, and what is held back of it. */
interface Pair {
  readonly client: Socket
  readonly server: Socket
  held: Buffer[]
}

/**
 * A TCP line to a server that can lose answers, hold requests back, and break. What was held when it broke can be let
 * through afterwards, as a network may.
 */
export class Line {
  readonly #server: Server
  readonly #pairs = new Set<Pair>()
  readonly #stranded: Pair[] = []
  /** Nothing that the server says comes through. */
  losesAnswers = false
  /** Nothing that a client says comes through; it is held back. */
  holdsRequests = false

  private constructor(target: string) {
    const [host, port] = target.split(':')
    this.#server = createServer(client => this.#join(client, connect(Number(port), host)))
  }

  static async open(target: string): Promise<Line> {
    const line = new Line(target)
    line.#server.listen(0, '127.0.0.1')
    await once(line.#server, 'listening')
    return line
  }

  get url(): string {
    return `127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  /** Resolves once something is held back. */
  async holds(): Promise<void> {
    while (![...this.#pairs].some(({ held }) => held.length > 0)) await once(this.#server, 'held')
  }

  /** Ends each connection for its client; the server keeps those whose requests are held back. New ones work. */
  break(): void {
    this.losesAnswers = false
    this.holdsRequests = false
    for (const pair of this.#pairs) {
      pair.client.destroy()
      if (pair.held.length > 0) this.#stranded.push(pair)
      else pair.server.destroy()
    }
    this.#pairs.clear()
  }

  /** Lets through what was held back when the line broke; resolves once the server has read all of it. */
  async release(): Promise<void> {
    for (const { server, held } of this.#stranded.splice(0)) {
      for (const bytes of held) server.write(bytes)
      server.end()
      server.resume()
      await once(server, 'close')
    }
  }

  async close(): Promise<void> {
    this.break()
    for (const { server } of this.#stranded) server.destroy()
    this.#server.close()
    await once(this.#server, 'close')
  }

  #join(client: Socket, server: Socket): void {
    const pair: Pair = { client, server, held: [] }
    this.#pairs.add(pair)
    client.on('data', bytes => {
      if (!this.holdsRequests) return void server.write(bytes)
      pair.held.push(bytes)
      this.#server.emit('held')
    })
    server.on('data', bytes => {
      if (!this.losesAnswers && !client.destroyed) client.write(bytes)
    })
    for (const socket of [client, server]) socket.on('error', () => undefined)
    client.on('close', () => {
      if (this.#pairs.delete(pair)) server.destroy()
    })
    server.on('close', () => {
      this.#pairs.delete(pair)
      client.destroy()
    })
  }
}
