import { randomUUID } from 'node:crypto'
import { MemoryBus } from '../../aggregator/src/embedded/index.js'
import { NatsBus } from '../../aggregator/src/nats/index.js'
import type { Bus } from '../../aggregator/src/ports.js'
import type { NatsServer } from './nats-server.js'

/** Two processes that hear each other, as their buses. */
export interface Pair {
  readonly one: Bus
  readonly two: Bus
  readonly close: () => Promise<void>
}

const inMemory = async (): Promise<Pair> => {
  const bus = new MemoryBus()
  return { one: bus, two: bus, close: () => bus.close() }
}

const overNats = async ({ url }: NatsServer): Promise<Pair> => {
  const options = { connection: { servers: url }, project: randomUUID() }
  const [one, two] = [await NatsBus.open(options), await NatsBus.open(options)]
  const close = async (): Promise<void> => {
    await one.close()
    await two.close()
  }
  return { one, two, close }
}

/** Each Bus, and how to open it on a server. */
export const PAIRS: readonly [name: string, open: (server: NatsServer) => Promise<Pair>][] = [
  ['MemoryBus', inMemory],
  ['NatsBus', overNats],
]
