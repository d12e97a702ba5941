import { fromLine, type JsonEvent, type NormalEvent, Refusal } from '@pulssi/protocol'
import type { Sent } from '@pulssi/sdk'
import { IdHash } from '../engine/index.js'
import { type Connected, connect } from './connect.js'
import { CliError } from './exits.js'
import { Lane, Pack } from './lanes.js'
import { LINE_CHARS, type Line } from './lines.js'
import { postLines } from './post.js'
import { isRefusal, type Rejections } from './rejections.js'

export interface OnlineOptions {
  readonly url: string
  readonly key: string
  readonly connections: number
  /** How many times faster than it happened; null: as fast as the server takes it. */
  readonly speed: number | null
  readonly signal: AbortSignal
  now(): number
  wait(ms: number, signal: AbortSignal): Promise<void>
}

export interface Summary {
  lines: number
  /** Over WebSocket a repeat is acknowledged like the first: duplicates are among these. */
  accepted: number
  rejected: number
  seconds: number
}

const OUTBOX_EVENTS = 4_000
const OUTBOX_BYTES = 4 * 1024 * 1024
/** A full outbox goes on once it is down to this. */
const REFILL_EVENTS = 3_000
const FRAMES_IN_FLIGHT = 32
const COALESCE_MS = 1
/** Broken lines gathered for one POST, and their characters. */
const BROKEN_LINES = 500
const BROKEN_CHARS = 256 * 1024
/** Goes in place of a line that is too long to go: no event either, and so it is counted. */
const TOO_LONG = '"too long"'
/** What only the engine can refuse is told after the ack: so long after the last one it is waited for. */
const LATE_REFUSALS_MS = 300
/** Shorter waits are not worth a timer. */
const LEAST_WAIT_MS = 5

/** A line that goes as it is. `isNamed`: that it is rejected has been said. */
interface Broken {
  readonly text: string
  readonly number: number
  readonly isNamed: boolean
}

/** Streams lines to a server, each with the visitor, stream, seq and time that it has, and counts what came of it. */
export class OnlineReplay {
  readonly #options: OnlineOptions
  readonly #rejections: Rejections
  readonly #connections: readonly Connected[]
  readonly #lanes: readonly Lane[]
  readonly #pack: Pack
  readonly #hash = new IdHash([0, 0])
  readonly #startMs: number
  #broken: Broken[] = []
  #brokenChars = 0
  /** Refused values that their lines were named for already. */
  readonly #named = new Set<string>()
  #firstAt: number | null = null
  #failure: Error | null = null
  /** Ends what is being waited for. */
  #wake: (error: Error) => void = () => undefined
  #lines = 0
  #postedAccepted = 0

  constructor(options: OnlineOptions, rejections: Rejections) {
    this.#options = options
    this.#rejections = rejections
    this.#startMs = options.now()
    const { url, key } = options
    this.#connections = Array.from({ length: options.connections }, () => {
      const settings = {
        url,
        key,
        sentAt: null,
        outboxEvents: OUTBOX_EVENTS,
        outboxBytes: OUTBOX_BYTES,
        framesInFlight: FRAMES_IN_FLIGHT,
        coalesceMs: COALESCE_MS,
      } as const
      return connect(settings, error => this.#fail(error))
    })
    options.signal.addEventListener('abort', () => this.#fail(stopped()), { once: true })
    if (options.signal.aborted) this.#fail(stopped())
    for (const { client } of this.#connections) {
      client.on('refused', ({ code, message, event }) => {
        const { visitor, stream, seq } = event ?? {}
        const id = `visitor ${visitor}, stream ${stream}, seq ${seq}`
        if (!this.#named.delete(id)) this.#rejections.add(id, code as Refusal, message)
      })
    }
    this.#lanes = this.#connections.map(({ client }) => new Lane(client))
    this.#pack = new Pack(this.#lanes)
  }

  get lines(): number {
    return this.#lines
  }

  /** Resolves when there is room for the next line. Throws CliError. */
  async take({ number, text }: Line): Promise<void> {
    this.#lines++
    if (text === null) {
      this.#rejections.add(`line ${number}`, Refusal.badEvent, `longer than ${LINE_CHARS} characters`)
      return this.#post({ text: TOO_LONG, number, isNamed: true })
    }
    const judged = fromLine(text, this.#options.now())
    if (isRefusal(judged)) {
      this.#rejections.add(`line ${number}`, judged.code, judged.message)
      if (judged.event !== null) this.#named.add(idOf(judged.event))
    }
    const event = isRefusal(judged) ? judged.event : judged
    if (event === null) await this.#post({ text, number, isNamed: true })
    else await this.#send(event, text, number)
  }

  /** Resolves when everything is acknowledged. Throws CliError. */
  async finish(): Promise<Summary> {
    await this.#postBroken()
    await this.#orFail(Promise.all(this.#lanes.map(({ client }) => client.flush())))
    await this.#orFail(this.#options.wait(LATE_REFUSALS_MS, this.#options.signal))
    const stats = this.#lanes.map(({ client }) => client.stats())
    const seconds = (this.#options.now() - this.#startMs) / 1_000
    const acked = stats.reduce((sum, each) => sum + each.acked, 0)
    return { lines: this.#lines, accepted: acked + this.#postedAccepted, rejected: this.#rejections.count, seconds }
  }

  async close(): Promise<void> {
    await Promise.all(this.#connections.map(connection => connection.close()))
  }

  async #send(event: NormalEvent, text: string, number: number): Promise<void> {
    const lane = this.#lanes[this.#hash.of(event.visitor).lo % this.#lanes.length]
    if (lane === undefined) return
    await this.#pace(event.at)
    const wait = this.#pack.mayGo(lane, event.at)
    if (wait !== null) await this.#orFail(wait)
    const json = JSON.parse(text) as JsonEvent
    for (;;) {
      const sent: Sent = lane.client.send(json)
      switch (sent) {
        case 'queued':
          lane.sent(event.at)
          return
        case 'full':
          await this.#orFail(lane.client.flush(REFILL_EVENTS))
          continue
        case 'bad':
          // The SDK won't put it into a frame, so it goes as it is, after what came before it.
          await this.#orFail(lane.client.flush())
          return this.#post({ text, number, isNamed: this.#named.delete(idOf(event)) })
        case 'closed':
          await this.#orFail(new Promise<never>(() => undefined))
          return
        default:
          sent satisfies never
      }
    }
  }

  async #pace(at: number): Promise<void> {
    const { speed, now, wait, signal } = this.#options
    if (speed === null || !Number.isFinite(at)) return
    this.#firstAt ??= at
    const aheadMs = (at - this.#firstAt) / speed - (now() - this.#startMs)
    if (aheadMs >= LEAST_WAIT_MS) await this.#orFail(wait(aheadMs, signal))
  }

  async #post(line: Broken): Promise<void> {
    this.#broken.push(line)
    this.#brokenChars += line.text.length
    if (this.#broken.length >= BROKEN_LINES || this.#brokenChars >= BROKEN_CHARS) await this.#postBroken()
  }

  async #postBroken(): Promise<void> {
    const broken = this.#broken
    if (broken.length === 0) return
    this.#broken = []
    this.#brokenChars = 0
    const { url, key } = this.#options
    const texts = broken.map(({ text }) => text)
    const { accepted, rejected } = await this.#orFail(postLines(url, key, texts))
    this.#postedAccepted += accepted
    for (const { index, code, message } of rejected) {
      const line = broken[index]
      if (line?.isNamed === false) this.#rejections.add(`line ${line.number}`, code, message)
    }
  }

  #fail(error: Error): void {
    this.#failure ??= error
    this.#wake(error)
  }

  /** Ends early when a connection has failed for good, or the user has had enough. */
  #orFail<Value>(work: Promise<Value>): Promise<Value> {
    return new Promise<Value>((resolve, reject) => {
      this.#wake = reject
      work.then(resolve, reject)
      if (this.#failure !== null) reject(this.#failure)
    })
  }
}

const idOf = ({ visitor, stream, seq }: NormalEvent): string =>
  `visitor ${visitor}, stream ${stream ?? undefined}, seq ${seq ?? undefined}`

const stopped = (): CliError =>
  new CliError('failed', 'stopped before the end: run it again, what was taken is not counted twice')
