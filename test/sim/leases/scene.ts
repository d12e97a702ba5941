import { Tenancy } from '../../../aggregator/src/cluster/index.js'
import { createLogger } from '../../../aggregator/src/logger.js'
import type { Store, Tenure } from '../../../aggregator/src/ports.js'
import { Random } from '../random.js'
import { Middle } from './store.js'
import { type Actor, World } from './world.js'

export const NAMES = ['partition/0', 'partition/1']
export const never = (): Promise<void> => new Promise(() => undefined)

interface Opened {
  readonly tenancy: Tenancy
  readonly actor: Actor
  readonly store: Store
}

/** A world in which a test says what taking and leaving do. */
export class Scene {
  readonly world = new World(new Random(1))
  readonly middle = new Middle(this.world, () => undefined)
  readonly said: string[] = []
  readonly logged: string[] = []
  readonly tenures: Tenure[] = []
  onTake: (tenure: Tenure, actor: Actor) => Promise<void> = async () => undefined
  onLeave: (tenure: Tenure, actor: Actor) => Promise<void> = async () => undefined

  /** `changed`: its way to the Store, where that is not the plain one. */
  async open(owner: string, names = NAMES, changed: (store: Store) => Partial<Store> = () => ({})): Promise<Opened> {
    const actor = this.world.actor(1, 0)
    const plain = this.middle.storeOf(actor)
    const store = { ...plain, ...changed(plain) }
    const opening = Tenancy.open({
      ...{ store, bus: this.middle.busOf(actor), clock: actor, owner, names, role: 'worker' },
      logger: createLogger('info', { write: line => void this.logged.push(line) }),
      onTake: async tenure => {
        this.tenures.push(tenure)
        this.said.push(`${owner} takes ${tenure.name} ${tenure.epoch}`)
        await this.onTake(tenure, actor)
      },
      onLeave: async (tenure, why) => {
        this.said.push(`${owner} leaves ${tenure.name} ${tenure.epoch}: ${why}`)
        await this.onLeave(tenure, actor)
        this.said.push(`${owner} left ${tenure.name}`)
      },
      steadyMs: actor.steadyMs,
      after: actor.after,
    })
    await this.pass(1_000)
    return { tenancy: await opening, actor, store }
  }

  async pass(ms: number): Promise<void> {
    await this.world.run(this.world.nowMs + ms, () => undefined)
  }

  lease(name: string): { owner: string | null; epoch: number } {
    return JSON.parse(Buffer.from(this.middle.get(`lease/${name}`) ?? []).toString())
  }

  /** What was said since the last time. */
  heard(): string[] {
    return this.said.splice(0).sort()
  }

  async ask<T>(work: Promise<T>): Promise<T> {
    await this.pass(500)
    return work
  }
}
