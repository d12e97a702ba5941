import { randomBytes } from 'node:crypto'
import { setMaxListeners } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { Fault } from '@pulssi/protocol'
import { type Connected, connect } from '../connect.js'
import { CliError } from '../exits.js'
import type { Ending, Figures } from './figures.js'
import { Histogram } from './histogram.js'
import { Journeys } from './journeys.js'
import { BATCHES_IN_FLIGHT, LoadLane, type Supply } from './lane.js'
import { openAll } from './opening.js'
import { paceOf } from './pace.js'
import { Probe } from './probe.js'

/** Acks are waited for so long after the last event; after Ctrl-C shorter. What has none by then is `unanswered`. */
const DRAIN_MS = 10_000
const STOP_MS = 2_000

export interface LoadPlan {
  readonly url: string
  readonly key: string
  /** How much: so many events or seconds, whichever comes first; null: not bounded by it. */
  readonly events: number | null
  readonly seconds: number | null
  readonly ratePerSecond: number | null
  readonly connections: number
  readonly batch: number
  readonly visitors: number
  /** null: the way to a subscriber is not measured. */
  readonly live: { readonly token?: string } | null
}

export interface Ran {
  readonly figures: Figures
  /** null: no connection failed for good. */
  readonly failure: CliError | null
}

/** A load on its way: what its connections share, and what ends it. */
class Run {
  readonly #plan: LoadPlan
  readonly #name = `load-${randomBytes(4).toString('hex')}`
  readonly #acks = new Histogram()
  readonly #connections: Connected[] = []
  readonly #stop = new AbortController()
  readonly #counts = { rateLimited: 0, overloaded: 0, disconnects: 0 }
  #ending: Ending | null = null
  #failure: CliError | null = null
  #taken = 0
  #startMs = 0

  constructor(plan: LoadPlan, signal: AbortSignal) {
    this.#plan = plan
    // Every connection waits with it.
    setMaxListeners(0, this.#stop.signal)
    signal.addEventListener('abort', () => this.#end('stopped'), { once: true })
    if (signal.aborted) this.#end('stopped')
  }

  /** Share of the run that is done, 0 to 1. */
  get done(): number {
    const { events, seconds } = this.#plan
    if (this.#startMs === 0) return 0
    const byTime = seconds === null ? 0 : (performance.now() - this.#startMs) / (seconds * 1_000)
    return Math.min(1, Math.max(byTime, events === null ? 0 : this.#taken / events))
  }

  get acknowledged(): number {
    return this.#connections.reduce((sum, { client }) => sum + client.stats().acked, 0)
  }

  async run(): Promise<Ran> {
    const probe = this.#plan.live === null ? null : this.#newProbe(this.#plan.live)
    try {
      await openAll(this.#plan.connections, index => this.#open(index), this.#stop.signal)
      if (this.#ending === null) await probe?.start(this.#stop.signal)
      const seconds = this.#ending === null ? await this.#send() : 0
      const liveMs = (await probe?.stop()) ?? null
      const failure = this.#failure
      if (failure !== null && this.acknowledged === 0) throw failure
      return { figures: { ...this.#figures(seconds), liveMs }, failure }
    } finally {
      await Promise.all([probe?.stop(), ...this.#connections.map(connection => connection.close())])
    }
  }

  /** Resolves with the seconds that it took. */
  async #send(): Promise<number> {
    const { connections, seconds, ratePerSecond, batch, visitors } = this.#plan
    const startMs = performance.now()
    this.#startMs = startMs
    const timer = seconds === null ? undefined : setTimeout(() => this.#end('seconds'), seconds * 1_000)
    const lanes = this.#connections.map(({ client }, index) => {
      const journeys = new Journeys(`${this.#name}-${index}`, shareOf(visitors, index, connections))
      const lane = new LoadLane(client, journeys, this.#supply())
      return lane.send(paceOf(ratePerSecond, batch, startMs, index, connections), batch)
    })
    const over = new Promise<void>(resolve => {
      this.#stop.signal.addEventListener('abort', () => resolve(), { once: true })
    })
    const given = new AbortController()
    const patience = async (): Promise<void> => {
      await over
      await pause(this.#ending === 'stopped' ? STOP_MS : DRAIN_MS, given.signal)
    }
    await Promise.race([Promise.all(lanes), patience()])
    clearTimeout(timer)
    given.abort()
    return Math.round(performance.now() - startMs) / 1_000
  }

  #supply(): Supply {
    return {
      take: batch => {
        if (this.#ending !== null) return 0
        const count = Math.min(batch, (this.#plan.events ?? Number.POSITIVE_INFINITY) - this.#taken)
        this.#taken += count
        if (count === 0) this.#end('events')
        return count
      },
      wait: ms => pause(ms, this.#stop.signal),
      nowMs: () => performance.now(),
      acks: this.#acks,
    }
  }

  #open(index: number): Connected {
    const { url, key, batch } = this.#plan
    const options = { url, key, framesInFlight: BATCHES_IN_FLIGHT, coalesceMs: 0 } as const
    const connection = connect({ ...options, outboxEvents: 2 * BATCHES_IN_FLIGHT * batch }, error => this.#fail(error))
    connection.client.on('error', ({ code, message }) => {
      if (code === Fault.rateLimited) this.#counts.rateLimited++
      else if (code === Fault.overloaded) this.#counts.overloaded++
      else if (code === Fault.tooManyConnections) {
        const how = 'use fewer --connections, or raise server.limits.connectionsPerAddress'
        this.#fail(new CliError('refused', `${url} lets in no more than ${index} connections: ${message}; ${how}`))
      }
    })
    connection.client.on('close', () => {
      if (this.#ending === null) this.#counts.disconnects++
    })
    this.#connections.push(connection)
    return connection
  }

  #newProbe({ token }: { readonly token?: string }): Probe {
    const { url, key } = this.#plan
    const onFailed = (error: CliError): void => this.#fail(error)
    const nowMs = (): number => performance.now()
    return new Probe({ url, key, ...(token !== undefined && { token }), name: this.#name, nowMs, onFailed })
  }

  #fail(error: CliError): void {
    if (this.#ending === null) this.#failure = error
    this.#end('failed')
  }

  #end(ending: Ending): void {
    this.#ending ??= ending
    this.#stop.abort()
  }

  #figures(seconds: number): Omit<Figures, 'liveMs'> {
    const { url, connections, batch, ratePerSecond, visitors } = this.#plan
    const stats = this.#connections.map(({ client }) => client.stats())
    const sum = (of: (each: (typeof stats)[number]) => number): number => stats.reduce((all, each) => all + of(each), 0)
    const acknowledged = sum(({ acked }) => acked)
    const refused = sum(({ refused, lost }) => refused + lost.refused)
    const sent = acknowledged + refused + sum(({ queued, lost }) => queued + lost.consent + lost.stopped + lost.closed)
    const { rateLimited, overloaded, disconnects } = this.#counts
    return {
      url,
      endedBy: this.#ending ?? 'events',
      seconds,
      connections,
      visitors: Math.max(visitors, connections),
      batch,
      ratePerSecond,
      events: {
        sent,
        acknowledged,
        refused,
        unanswered: sent - acknowledged - refused,
        repeated: Math.max(0, sum(each => each.sent) - sent),
      },
      acknowledgedPerSecond: seconds > 0 ? acknowledged / seconds : 0,
      ackMs: this.#acks.quantiles(),
      refusals: { rateLimited, overloaded },
      disconnects,
    }
  }
}

/** The visitors of one connection; each has one at least. */
const shareOf = (visitors: number, index: number, connections: number): number =>
  Math.max(1, Math.floor(visitors / connections) + (index < visitors % connections ? 1 : 0))

const pause = (ms: number, signal: AbortSignal): Promise<void> =>
  sleep(ms, undefined, { signal }).catch(() => undefined)

/** `onStarted` hears of the run, whose progress may then be asked for. Throws CliError where nothing was acknowledged. */
export const runLoad = (
  plan: LoadPlan,
  signal: AbortSignal,
  onStarted: (run: Pick<Run, 'done' | 'acknowledged'>) => void,
): Promise<Ran> => {
  const run = new Run(plan, signal)
  onStarted(run)
  return run.run()
}
