import { Tenancy } from '../../../aggregator/src/cluster/index.js'
import { createLogger } from '../../../aggregator/src/logger.js'
import type { Tenure } from '../../../aggregator/src/ports.js'
import { Middle } from './store.js'
import type { Actor, World } from './world.js'

/** A silent one: what goes wrong here is meant to. */
const logger = createLogger('silent', { write: () => undefined })

/** A tenure may be over for this long before its signal tells, since timers aren't exact. */
const SIGNAL_MS = 5

export interface Manners {
  /** Longest that taking and leaving take. */
  readonly takeMs: number
  readonly leaveMs: number
  /** Shares of takings that reject, and that hang until their signal aborts, or for a while beyond. */
  readonly refused: number
  readonly hanging: number
}

export const QUICK: Manners = { takeMs: 20, leaveMs: 20, refused: 0, hanging: 0 }

interface Served {
  readonly tenure: Tenure
  readonly member: Member
  overSinceMs: number | null
  stage: 'taking' | 'served' | 'leaving' | 'left'
}

export interface Member {
  readonly owner: string
  readonly actor: Actor
  tenancy: Tenancy | null
  isLeaving: boolean
}

/** Members that share names, and whoever watches that they never share one. Breaches are thrown by `check`. */
export class Cluster {
  readonly middle: Middle
  readonly members: Member[] = []
  readonly names: readonly string[]
  manners = QUICK
  /** Taken and left so far. */
  changes = 0
  readonly #world: World
  readonly #served = new Set<Served>()
  readonly #epochs = new Map<string, number>()
  readonly #stored = new Map<string, { epoch: number; owner: string | null }>()
  #breach: Error | null = null

  constructor(world: World, names: readonly string[]) {
    this.#world = world
    this.names = names
    this.middle = new Middle(world, (key, value) => this.#checkStored(key, value))
  }

  /** Those that are to go on. */
  get living(): Member[] {
    return this.members.filter(({ actor, isLeaving }) => !actor.isDead && !isLeaving)
  }

  join(rate = 1, skewMs = 0): Member {
    const actor = this.#world.actor(rate, skewMs)
    const member: Member = { owner: `member-${this.members.length}`, actor, tenancy: null, isLeaving: false }
    this.members.push(member)
    void this.#open(member)
    return member
  }

  /** By their own judgement, those who run and those who stand still alike. */
  holdersOf(name: string): Served[] {
    return [...this.#served].filter(
      ({ tenure, member }) => tenure.name === name && !member.actor.isDead && tenure.isHeld,
    )
  }

  check(): void {
    if (this.#breach) throw this.#breach
    const holders = new Map<string, Member>()
    for (const { tenure, member } of this.#served) {
      if (member.actor.isDead || !tenure.isHeld) continue
      const other = holders.get(tenure.name)
      if (other) throw new Error(`${tenure.name} is held by ${other.owner} and ${member.owner}`)
      holders.set(tenure.name, member)
    }
    for (const served of this.#served) this.#checkSignal(served)
  }

  #fail(message: string): void {
    this.#breach ??= new Error(message)
  }

  async #open(member: Member): Promise<void> {
    const { actor, owner } = member
    const [store, bus] = [this.middle.storeOf(actor), this.middle.busOf(actor)]
    try {
      member.tenancy = await Tenancy.open({
        ...{ store, bus, clock: actor, logger, owner, names: this.names, role: 'worker' },
        onTake: tenure => this.#take(member, tenure),
        onLeave: (tenure, why) => this.#leave(tenure, why),
        steadyMs: actor.steadyMs,
        after: actor.after,
      })
    } catch {
      actor.after(1_000, () => void this.#open(member))
    }
  }

  async #take(member: Member, tenure: Tenure): Promise<void> {
    this.changes++
    const { name, epoch } = tenure
    if (epoch <= (this.#epochs.get(name) ?? 0)) this.#fail(`epoch ${epoch} of ${name} was there before`)
    this.#epochs.set(name, epoch)
    const served: Served = { tenure, member, overSinceMs: null, stage: 'taking' }
    this.#served.add(served)
    const { random } = this.#world
    if (random.chance(this.manners.hanging)) {
      await new Promise((_, reject) => {
        const callOff = (): void => reject(new Error('called off'))
        const lateMs = random.chance(0.5) ? 0 : random.int(0, 5_000)
        tenure.signal.addEventListener('abort', () => member.actor.after(lateMs, callOff))
      })
    }
    await new Promise(resolve => void member.actor.after(random.next() * this.manners.takeMs, () => resolve(null)))
    if (random.chance(this.manners.refused)) throw new Error('can’t be served')
    served.stage = 'served'
  }

  async #leave(tenure: Tenure, why: string): Promise<void> {
    this.changes++
    const served = [...this.#served].find(one => one.tenure === tenure)
    if (served?.stage !== 'served') return this.#fail(`${tenure.name} is left while ${served?.stage}`)
    if (why === 'lost' && !tenure.signal.aborted) this.#fail(`${tenure.name} is lost, and its signal is silent`)
    served.stage = 'leaving'
    const delayMs = this.#world.random.next() * this.manners.leaveMs
    await new Promise(resolve => void served.member.actor.after(delayMs, () => resolve(null)))
    served.stage = 'left'
  }

  /** What a process still believes after it could have known better. */
  #checkSignal(served: Served): void {
    const { tenure, member } = served
    if (member.actor.isDead || (tenure.signal.aborted && served.stage === 'left')) this.#served.delete(served)
    if (member.actor.isDead || tenure.signal.aborted || tenure.isHeld) return
    served.overSinceMs ??= this.#world.nowMs
    const couldMs = Math.max(served.overSinceMs, member.actor.wokenMs)
    if (!member.actor.isStill && this.#world.nowMs > couldMs + SIGNAL_MS)
      throw new Error(`${tenure.name} of ${member.owner} is over, and its signal is silent`)
  }

  #checkStored(key: string, value: Uint8Array): void {
    if (!key.startsWith('lease/')) return
    const { epoch, owner } = JSON.parse(Buffer.from(value).toString()) as { epoch: number; owner: string | null }
    const before = this.#stored.get(key)
    this.#stored.set(key, { epoch, owner })
    if (before === undefined) return
    if (epoch < before.epoch) this.#fail(`the epoch of ${key} went back from ${before.epoch} to ${epoch}`)
    const isOther = owner !== null && owner !== before.owner
    if (epoch === before.epoch && isOther) this.#fail(`${key} has two owners in epoch ${epoch}`)
    if (epoch > before.epoch + 1) this.#fail(`the epoch of ${key} leapt from ${before.epoch} to ${epoch}`)
  }
}
