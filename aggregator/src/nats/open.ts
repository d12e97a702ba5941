import type { Bus, EventLog, Store } from '../ports.js'
import { NatsBus, type NatsBusOptions } from './bus.js'
import { NatsLog, type NatsLogOptions } from './log.js'
import { NatsStore } from './store.js'

export interface Nats {
  readonly log: EventLog
  readonly bus: Bus
  readonly store: Store
  close(): Promise<void>
}

export type NatsOptions = NatsLogOptions & Pick<NatsBusOptions, 'onError'>

/**
 * The three ports of a member of a cluster. Each has a connection of its own: an image on its way to the Store then
 * holds up no append, and a reader that the server cuts off takes nothing else with it.
 */
export const openNats = async (options: NatsOptions): Promise<Nats> => {
  const opened: { close(): Promise<void> }[] = []
  const keep = <T extends { close(): Promise<void> }>(port: T): T => {
    opened.push(port)
    return port
  }
  const close = async (): Promise<void> => {
    for (const port of opened.splice(0).reverse()) await port.close()
  }
  try {
    const store = keep(await NatsStore.open(options))
    const bus = keep(await NatsBus.open(options))
    const log = keep(await NatsLog.open(options))
    return { log, bus, store, close }
  } catch (error) {
    await close()
    throw error
  }
}
