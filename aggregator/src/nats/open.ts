import { setTimeout as pause } from 'node:timers/promises'
import type { Bus, EventLog, Store } from '../ports.js'
import { NatsBus, type NatsBusOptions } from './bus.js'
import { START_MS, START_RETRY_MS } from './limits.js'
import { Link, type LinkOptions } from './link.js'
import { NatsLog, type NatsLogOptions } from './log.js'
import { NatsStore } from './store.js'
import type { NatsUnusable } from './unusable.js'

/** A connection, as it is now. */
export interface NatsLink {
  readonly name: 'log' | 'bus' | 'store'
  readonly isUp: boolean
  /** Since the start. */
  readonly reconnects: number
  /** Requests whose answers have not come. */
  readonly unanswered: number
}

export interface Nats {
  readonly log: EventLog
  readonly bus: Bus
  readonly store: Store
  readonly links: readonly NatsLink[]
  /** Messages of the Bus that were not sent. */
  readonly droppedMessages: number
  /** The share of its bound that the fullest stream of the log took when last looked at; null: none has a bound. */
  readonly logFullness: number | null
  close(): Promise<void>
}

export interface NatsOptions extends NatsLogOptions, Pick<NatsBusOptions, 'onError'> {
  readonly connection: LinkOptions
  /**
   * Called where no server answers yet; then it is tried for START_MS. Without it the first failure is the last. What a
   * server refuses in so many words is never tried again.
   */
  readonly onWaiting?: (error: NatsUnusable) => void
  /** A server has ended a connection for good; the ports are of no more use. */
  readonly onEnded?: (error: NatsUnusable) => void
}

/** Resolves once a server takes connections and has its JetStream. Rejects with NatsUnusable. */
const reach = async ({ connection, onWaiting }: NatsOptions): Promise<void> => {
  const endMs = performance.now() + START_MS
  for (let tries = 1; ; tries++) {
    try {
      return await (await Link.open(connection)).close()
    } catch (error) {
      const isPassing = (error as NatsUnusable).why === 'unreachable'
      if (onWaiting === undefined || !isPassing || performance.now() > endMs) throw error
      if (tries === 1) onWaiting(error as NatsUnusable)
    }
    await pause(START_RETRY_MS)
  }
}

/**
 * The three ports of a member of a cluster. Each has a connection of its own: an image on its way to the Store then
 * holds up no append, and a reader that the server cuts off takes nothing else with it. Rejects with NatsUnusable.
 */
export const openNats = async (options: NatsOptions): Promise<Nats> => {
  const opened: { close(): Promise<void> }[] = []
  const links: { readonly name: NatsLink['name']; readonly link: Link }[] = []
  const keep = <T extends { close(): Promise<void> }>(port: T): T => {
    opened.push(port)
    return port
  }
  const named = (name: NatsLink['name']): NatsOptions => {
    const { connection, onEnded } = options
    const onLink = (link: Link): void => {
      links.push({ name, link })
      void link.ended.then(error => onEnded?.(error))
    }
    return { ...options, connection: { ...connection, name: `${connection.name ?? 'pulssi'} ${name}`, onLink } }
  }
  const close = async (): Promise<void> => {
    for (const port of opened.splice(0).reverse()) await port.close()
  }
  try {
    await reach(options)
    const store = keep(await NatsStore.open(named('store')))
    const bus = keep(await NatsBus.open(named('bus')))
    const log = keep(await NatsLog.open(named('log')))
    return {
      ...{ log, bus, store, close },
      get links() {
        return links.map(({ name, link: { isUp, reconnects, unanswered } }) => ({ name, isUp, reconnects, unanswered }))
      },
      get droppedMessages() {
        return bus.droppedMessages
      },
      get logFullness() {
        return log.fullness
      },
    }
  } catch (error) {
    await close()
    throw error
  }
}
