import {
  decode,
  Fault,
  Frame,
  INCIDENT_STATES,
  type PulseFrame,
  SCALES,
  type ServerFrame,
  STALE_MS,
  SUBSCRIPTION_PATTERNS,
  SUBSCRIPTIONS,
  TOUCHPOINT_CHARS,
  WINDOWS,
} from '@pulssi/protocol/client'
import { Phase, SILENT, Turn } from '../connection.js'
import { createEmitter, type Emitter } from '../emitter.js'
import type { Environment } from '../environment.js'
import { RETRY_MS } from '../limits.js'
import { addPage } from '../page.js'
import { VERSION } from '../version.js'
import { addWire, type Wire } from '../wire.js'
import { Table } from './table.js'
import type { Live, LiveOptions, LiveState, LiveTold, Query, Update } from './types.js'

const AGENT = `live/${VERSION}`

interface Subscription {
  readonly query: Query
  readonly table: Table
  readonly listener: (update: Update) => void
}

const isPattern = (pattern: unknown) =>
  typeof pattern === 'string' &&
  pattern.length <= TOUCHPOINT_CHARS + 1 &&
  pattern.length > 0 &&
  !pattern.slice(0, -1).includes('*')

const queryFault = ({ touchpoints, windows }: Query): string | false => {
  const patterns = touchpoints.length
  if (patterns < 1 || patterns > SUBSCRIPTION_PATTERNS || !touchpoints.every(isPattern)) return 'touchpoints'
  const known = windows.length > 0 && windows.every(window => WINDOWS.includes(window))
  return !(known && new Set(windows).size === windows.length) && 'windows'
}

/**
 * Keeps subscriptions alive on one connection. `connecting` until the first figures come and after a loss of the
 * connection; `live` while something is heard at least every STALE_MS; `stale` beyond, until figures come again;
 * `closed` when the host closed or the server refused for good.
 */
export class Reader {
  readonly #options: LiveOptions
  readonly #environment: Environment
  readonly #tell: Emitter<LiveTold>[1]
  readonly #wire: Wire
  readonly #subscriptions = new Map<number, Subscription>()
  #state: LiveState = 'connecting'
  #lastId = 0
  /** Whether the token, where one is needed, has been handed in on this connection. */
  #admitted = false
  /** Counts connections, so that a token that comes too late is not sent on the next one. */
  #connection = 0
  #cancelWatch = () => {}
  #wasOpen = false

  constructor(options: LiveOptions, environment: Environment, tell: Emitter<LiveTold>[1]) {
    this.#options = options
    this.#environment = environment
    this.#tell = tell
    const wire = {
      ...environment,
      $hello: () => [Frame.hello, null, 0, null, null, null, AGENT],
      $hear: (data: ArrayBuffer) => this.#hear(decode(new Uint8Array(data)) as unknown as ServerFrame),
      $dropped: (_code: number, retryMs: number | null) => this.#dropped(retryMs),
      $failed: (message: unknown, code?: number) => this.failed(message, code),
      $pump: () => {
        const isOpen = wire.$phase === Phase.open
        if (isOpen && !this.#wasOpen) this.#ready()
        this.#wasOpen = isOpen
      },
      $start: () => this.start(),
      $leavePage: () => {},
    } as Partial<Wire> as Wire
    this.#wire = wire
    addWire(wire, options.url)
    if (globalThis.document) addPage(wire)
  }

  get state(): LiveState {
    return this.#state
  }

  start(): void {
    if (this.#wire.$phase < Phase.connecting) this.#wire.$turn(this.#wire.$phase as Turn)
  }

  subscribe(query: Query, listener: (update: Update) => void): () => void {
    const fault = this.#subscriptions.size < SUBSCRIPTIONS ? queryFault(query) : 'number of subscriptions'
    if (fault) {
      this.failed(`subscribe: not a good ${fault}`)
      return () => {}
    }
    const id = ++this.#lastId
    const { touchpoints, windows } = query
    const kept = { touchpoints: [...touchpoints], windows: [...windows] }
    this.#subscriptions.set(id, { query: kept, table: new Table(), listener })
    this.#ask(id)
    return () => {
      if (this.#subscriptions.delete(id) && this.#admitted) this.#wire.$send([Frame.unsubscribe, id])
    }
  }

  async renew(): Promise<void> {
    const connection = this.#connection
    const token = await this.#options.token?.()
    if (connection === this.#connection && token !== undefined) this.#wire.$send([Frame.auth, token])
  }

  close(): void {
    this.#wire.$turn(Turn.close)
    this.#become('closed')
  }

  #ready(): void {
    const connection = this.#connection
    const admit = () => {
      if (connection !== this.#connection || this.#wire.$phase !== Phase.open) return
      this.#admitted = true
      for (const id of this.#subscriptions.keys()) this.#ask(id)
    }
    this.renew().then(admit, error => {
      this.failed(error)
      if (connection === this.#connection) this.#drop()
    })
  }

  #hear(frame: ServerFrame): void {
    this.#watch()
    if (frame[0] === Frame.welcome) this.#wire.$turn(Turn.welcomed)
    else if (frame[0] === Frame.error) {
      const [, code, message, retryMs] = frame
      this.#wire.$hintMs = retryMs ?? 0
      this.failed(message, code)
      if (code !== Fault.rateLimited && code !== Fault.overloaded) return
      this.#admitted = false
      this.#wire.$turn(Turn.refused, retryMs ?? RETRY_MS)
    } else if (frame[0] === Frame.pulse) this.#update(frame)
    else if (frame[0] === Frame.incident) {
      const [, id, rule, touchpoint, state, at] = frame
      this.#tell('incident', { id, rule, touchpoint, state: INCIDENT_STATES[state], at })
    } else if (frame[0] === Frame.voice) {
      const [, id, touchpoint, at, scale, score, text] = frame
      this.#tell('voice', { id, touchpoint, at, scale: SCALES[scale ?? -1] ?? null, score, text })
    } else if (frame[0] === Frame.heartbeat && this.#admitted) this.#become('live')
  }

  #dropped(retryMs: number | null): void {
    this.#connection++
    this.#admitted = false
    for (const { table } of this.#subscriptions.values()) table.forget()
    if (this.#wire.$phase === Phase.stopped) this.close()
    else if (this.#state === 'live' && retryMs !== null) this.#become('connecting')
  }

  failed(message: unknown, code = 0): void {
    this.#tell('error', { code, message: String(message) })
  }

  #drop(): void {
    this.#wire.$turn(Turn.dropped, 0, SILENT)
  }

  #ask(id: number): void {
    const { query } = this.#subscriptions.get(id) ?? {}
    if (!this.#admitted || !query) return
    this.#wire.$send([Frame.subscribe, id, query.touchpoints, query.windows.map(window => WINDOWS.indexOf(window))])
  }

  #update(frame: PulseFrame): void {
    const { table, listener } = this.#subscriptions.get(frame[1]) ?? {}
    if (!table || !listener) return
    const update = table.apply(frame)
    if (update) {
      this.#become('live')
      listener(update)
    } else if (table.forget()) this.#ask(frame[1])
  }

  /** Called whenever something is heard. A connection that stays silent is given up. */
  #watch(): void {
    this.#cancelWatch()
    this.#cancelWatch = this.#environment.$after(STALE_MS, () => {
      this.#become('stale')
      this.#drop()
    })
  }

  #become(state: LiveState): void {
    if (state === this.#state || this.#state === 'closed') return
    this.#state = state
    if (state === 'closed') this.#cancelWatch()
    this.#tell('state', state)
  }
}

export const createReader = (options: LiveOptions, environment: Environment): Live => {
  const [on, tell] = createEmitter<LiveTold>()
  const reader = new Reader(options, environment, tell)
  const failed = (error: unknown) => reader.failed(error)
  if (typeof options.url === 'string') reader.start()
  else environment.$after(0, () => reader.failed('not a good url'))
  return {
    get state() {
      return reader.state
    },
    subscribe: (query, listener) => {
      try {
        return reader.subscribe(query, listener)
      } catch (error) {
        failed(error)
        return () => {}
      }
    },
    on,
    renew: () => void reader.renew().catch(failed),
    close: () => reader.close(),
  }
}
