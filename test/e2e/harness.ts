import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseConfig, type RunningServer } from '@pulssi/aggregator'
import {
  decode,
  encode,
  Frame,
  type PulseFrame,
  type ServerFrame,
  SUBPROTOCOL,
  type WelcomeFrame,
  type WireEvent,
} from '@pulssi/protocol/client'
import { pino } from 'pino'
import { onTestFinished } from 'vitest'
import { type ClientOptions, WebSocket } from 'ws'
import { nextGateway, startPlaced } from './placed.js'

export const KEYS = {
  page: 'pk_shop',
  service: 'sk_desk',
  token: 'rt_screen',
  some: 'rt_checkout',
  origin: 'https://shop.example',
} as const

/** Keys and tokens of every kind, so that nothing is open. */
export const CLOSED = {
  keys: [{ key: KEYS.page, origins: [KEYS.origin], channels: ['web'] }, { key: KEYS.service }],
  readTokens: [{ token: KEYS.token }, { token: KEYS.some, touchpoints: ['checkout.*'] }],
} as const

export const dataDir = (): string => {
  const folder = mkdtempSync(join(tmpdir(), 'pulssi-e2e-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

interface Settings {
  readonly server?: Record<string, unknown>
  readonly [name: string]: unknown
}

/** A server of its own on a free port; closed when the test ends. */
export const serve = async (settings: Settings = {}, folder = dataDir()): Promise<RunningServer> => {
  const config = parseConfig({ ...settings, server: { port: 0, dataDir: folder, ...settings.server } })
  const server = await startPlaced({ config, logger: pino({ level: 'silent' }) })
  onTestFinished(() => server.close())
  return server
}

export interface Closed {
  readonly code: number
  readonly reason: string
}

/** A client that speaks frames, and remembers all that it has heard. */
export class Client {
  readonly heard: ServerFrame[] = []
  readonly closed: Promise<Closed>
  readonly socket: WebSocket
  readonly #waiting = new Set<() => void>()
  #frame = 0

  private constructor(socket: WebSocket) {
    this.socket = socket
    socket.on('message', data => {
      this.heard.push(decode(new Uint8Array(data as Buffer)) as ServerFrame)
      for (const look of this.#waiting) look()
    })
    this.closed = new Promise(resolve => {
      socket.on('close', (code, reason) => {
        resolve({ code, reason: reason.toString() })
        for (const look of this.#waiting) look()
      })
    })
    socket.on('error', () => {})
    onTestFinished(() => socket.terminate())
  }

  static async open(server: RunningServer, options: ClientOptions = {}, protocol = SUBPROTOCOL): Promise<Client> {
    const socket = new WebSocket(nextGateway(server).socketUrl, protocol, options)
    const client = new Client(socket)
    await new Promise<void>((resolve, reject) => {
      socket.once('open', () => resolve())
      socket.once('error', reject)
    })
    return client
  }

  /** Opens, says hello as a service and waits for the welcome. */
  static async service(server: RunningServer, stream: string | null = null): Promise<Client> {
    const client = await Client.open(server)
    client.send([Frame.hello, KEYS.service, 0, null, null, stream, 'test'])
    await client.hear(frame => frame[0] === Frame.welcome)
    return client
  }

  /** Opens, says hello as a page of its own visitor and returns with the welcome. */
  static async page(
    server: RunningServer,
    identity = 0,
    visitor: string | null = null,
  ): Promise<[Client, WelcomeFrame]> {
    const client = await Client.open(server, { origin: KEYS.origin })
    client.send([Frame.hello, KEYS.page, identity, visitor, null, 's-1', 'test'])
    const welcome = await client.hear(frame => frame[0] === Frame.welcome)
    return [client, welcome as WelcomeFrame]
  }

  /** Opens with a read token. */
  static async reader(server: RunningServer, token: string = KEYS.token): Promise<Client> {
    const client = await Client.open(server)
    client.send([Frame.hello, null, 0, null, null, null, 'test'])
    client.send([Frame.auth, token])
    await client.hear(frame => frame[0] === Frame.welcome)
    return client
  }

  send(frame: readonly unknown[]): void {
    this.socket.send(encode(frame))
  }

  /** Sends the next batch: one group of one visitor; returns its number. */
  batch(
    visitor: string | null,
    stream: string | null,
    seq: number,
    events: readonly WireEvent[],
    place = 'cart',
  ): number {
    const frame = ++this.#frame
    const now = Date.now()
    this.send([Frame.batch, frame, now, [place], [[visitor, stream, seq, now, events]]])
    return frame
  }

  async acked(frame: number): Promise<ServerFrame> {
    return this.hear(heard => heard[0] === Frame.ack && heard[1] >= frame)
  }

  /** The first frame heard, or yet to come, that `wanted` says yes to. */
  async hear(wanted: (frame: ServerFrame) => boolean, from = 0): Promise<ServerFrame> {
    for (;;) {
      const found = this.heard.slice(from).find(wanted)
      if (found !== undefined) return found
      if (this.socket.readyState === WebSocket.CLOSED) {
        const { code, reason } = await this.closed
        throw new Error(`the connection was closed: ${code} ${reason}`)
      }
      await new Promise<void>(resolve => {
        const look = (): void => {
          this.#waiting.delete(look)
          resolve()
        }
        this.#waiting.add(look)
      })
    }
  }

  pulses(id: number): PulseFrame[] {
    return this.heard.filter((frame): frame is PulseFrame => frame[0] === Frame.pulse && frame[1] === id)
  }
}

export interface Answer {
  readonly status: number
  readonly headers: Headers
  // biome-ignore lint/suspicious/noExplicitAny: what a server answers is what the test is about
  readonly body: any
}

export const http = async (server: RunningServer, path: string, init: RequestInit = {}): Promise<Answer> => {
  const response = await fetch(`${server.url}${path}`, init)
  const text = await response.text()
  const isJson = response.headers.get('content-type')?.startsWith('application/json') === true
  return { status: response.status, headers: response.headers, body: isJson ? JSON.parse(text) : text }
}

export const bearer = (secret: string): Record<string, string> => ({ authorization: `Bearer ${secret}` })

export const post = (server: RunningServer, body: string, headers: Record<string, string> = {}): Promise<Answer> =>
  http(server, '/v1/events', {
    method: 'POST',
    headers: { ...bearer(KEYS.service), 'content-type': 'application/x-ndjson', ...headers },
    body,
  })

export const journey = async (server: RunningServer): Promise<Answer['body']> =>
  (await http(server, '/v1/journey?window=total', { headers: bearer(KEYS.token) })).body

const enter: WireEvent = [0, 0, 0]
export const ENTER = enter
