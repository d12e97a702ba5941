import { randomUUID } from 'node:crypto'
import { MemoryStore } from '../../aggregator/src/alerts/testing/memory-store.js'
import { MemoryBus } from '../../aggregator/src/embedded/index.js'
import { NatsBus, NatsStore } from '../../aggregator/src/nats/index.js'
import type { Bus, Store } from '../../aggregator/src/ports.js'
import { Member, type MemberOptions } from './alerts-member.js'
import type { NatsServer } from './nats-server.js'

/** Where members meet. */
export class World {
  readonly members: Member[] = []
  readonly #bus: () => Promise<Bus>
  readonly #store: () => Promise<Store>
  #outside: Store | null = null
  readonly #opened: { close(): Promise<void> }[] = []

  private constructor(bus: () => Promise<Bus>, store: () => Promise<Store>) {
    this.#bus = bus
    this.#store = store
  }

  static inMemory(): World {
    const [bus, store] = [new MemoryBus(), new MemoryStore()]
    return new World(
      async () => bus,
      async () => store,
    )
  }

  static onNats(server: NatsServer): World {
    const options = { connection: { servers: server.url }, project: randomUUID() }
    return new World(
      () => NatsBus.open(options),
      () => NatsStore.open(options),
    )
  }

  /** Each member has connections of its own. */
  async join(options: Omit<MemberOptions, 'bus' | 'store'>): Promise<Member> {
    const member = await Member.open({ ...options, ...(await this.ports()) })
    this.members.push(member)
    return member
  }

  /** As one more process reaches them. */
  async ports(): Promise<{ readonly bus: Bus; readonly store: Store }> {
    const [bus, store] = [await this.#bus(), await this.#store()]
    this.#opened.push(bus, store)
    return { bus, store }
  }

  /** As somebody reaches it who looks from outside. */
  async store(): Promise<Store> {
    this.#outside ??= (await this.ports()).store
    return this.#outside
  }

  async close(): Promise<void> {
    for (const member of this.members) await member.close()
    for (const port of this.#opened) await port.close()
  }
}
