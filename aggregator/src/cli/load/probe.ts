import { Fault } from '@pulssi/protocol'
import type { WebSocketClass } from '@pulssi/sdk'
import { createLive, type Live } from '@pulssi/sdk/live'
import { WebSocket } from 'ws'
import { socketUrl } from '../address.js'
import { type Connected, connect } from '../connect.js'
import { CliError } from '../exits.js'
import { Histogram, type Quantiles } from './histogram.js'

/** One run at a time may have it: whoever else sends there makes the figures wrong. */
const TOUCHPOINT = 'load.probe'
/** Between two events whose way to the subscriber is measured. */
const PROBE_MS = 50
/** The server shows nothing for so long: then no figures are given. */
const FIRST_MS = 10_000

export interface ProbeOptions {
  readonly url: string
  readonly key: string
  readonly token?: string
  /** Beginning of its visitors' ids. */
  readonly name: string
  readonly nowMs: () => number
  readonly onFailed: (error: CliError) => void
}

const FATAL: ReadonlySet<number> = new Set([Fault.unauthorized, Fault.forbidden, Fault.tokenExpired])

/** Sends an event now and then, and measures how long it takes until a subscriber is shown it. */
export class Probe {
  readonly #options: ProbeOptions
  readonly #times = new Histogram()
  readonly #writer: Connected
  readonly #live: Live
  #sentMs: number[] = []
  #sent = 0
  #seen = 0
  #timer: NodeJS.Timeout | undefined

  constructor(options: ProbeOptions) {
    this.#options = options
    const { url, key, token, onFailed } = options
    this.#writer = connect({ url, key, coalesceMs: 0 }, onFailed)
    this.#live = createLive({
      url: socketUrl(url),
      ...(token !== undefined && { token: () => token }),
      WebSocket: WebSocket as unknown as WebSocketClass,
    })
    this.#live.on('error', ({ code, message }) => {
      if (!FATAL.has(code)) return
      onFailed(new CliError('refused', `${url}: ${message}: --live needs a read token, --token or PULSSI_TOKEN`))
    })
  }

  /** Resolves once the subscription stands, and begins to send; or once `signal` aborts. Rejects with CliError. */
  async start(signal: AbortSignal): Promise<void> {
    let before: number | null = null
    const { url } = this.#options
    await new Promise<void>((resolve, reject) => {
      const late = new CliError('refused', `${url} shows no figures: check --url and --token`)
      const first = setTimeout(() => reject(late), FIRST_MS)
      const end = (): void => {
        clearTimeout(first)
        resolve()
      }
      signal.addEventListener('abort', end, { once: true })
      this.#live.subscribe({ touchpoints: [TOUCHPOINT], windows: ['total'] }, ({ pulses }) => {
        const entered = pulses[0]?.visits.entered ?? 0
        before ??= entered
        this.#show(entered - before)
        end()
      })
    })
    if (signal.aborted) return
    this.#timer = setInterval(() => this.#send(), PROBE_MS)
  }

  /** Ends it; what is still on its way is not counted. */
  async stop(): Promise<Quantiles> {
    clearInterval(this.#timer)
    this.#live.close()
    await this.#writer.close()
    return this.#times.quantiles()
  }

  #send(): void {
    const visitor = `${this.#options.name}-probe-${this.#sent}`
    if (this.#writer.client.send({ visitor, kind: 'enter', touchpoint: TOUCHPOINT }) !== 'queued') return
    this.#sent++
    this.#sentMs.push(this.#options.nowMs())
    void this.#writer.client.flush(this.#sent)
  }

  /** `count`: events of ours that the subscriber has been shown in all. */
  #show(count: number): void {
    const now = this.#options.nowMs()
    const fresh = this.#sentMs.splice(0, Math.max(0, count - this.#seen))
    for (const sentMs of fresh) this.#times.add(now - sentMs)
    this.#seen += fresh.length
  }
}
