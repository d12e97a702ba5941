import type { Bus, Store } from '../../../aggregator/src/ports.js'
import type { Actor, World } from './world.js'

/** How bad the network and the Store's servers are. Shares are of all requests. */
export interface Weather {
  /** Longest way of a request or an answer. */
  readonly wayMs: number
  /** The request never arrives, or so late that nobody waits for it any more. */
  readonly lost: number
  /** It is done, but its answer never arrives, or late. */
  readonly unanswered: number
  /** A read is answered by a server that doesn't know the newest. */
  readonly stale: number
  /** Whether anything is answered at all. */
  readonly isDown: boolean
}

export const CALM: Weather = { wayMs: 20, lost: 0, unanswered: 0, stale: 0, isDown: false }

interface Value {
  readonly value: Uint8Array
  readonly revision: number
}

/** Longest that a caller is left without an answer, which is then an error. */
const PATIENCE_MS = 6_000

/** One Store in the middle of the world, and each actor's way to it. */
export class Middle {
  weather = CALM
  /** Those who reach nobody, and are reached by nobody. */
  readonly cut = new Set<Actor>()
  readonly #world: World
  readonly #values = new Map<string, readonly Value[]>()
  readonly #listeners = new Set<{
    actor: Actor
    subject: string
    listener: (bytes: Uint8Array, subject: string) => void
  }>()
  readonly #onPut: (key: string, value: Uint8Array) => void
  #revision = 0

  constructor(world: World, onPut: (key: string, value: Uint8Array) => void) {
    this.#world = world
    this.#onPut = onPut
  }

  storeOf(actor: Actor): Store {
    const refuse = (): never => {
      throw new Error('no blobs here')
    }
    return {
      get: key => this.#ask(actor, () => this.#get(key)),
      put: (key, value, revision) => this.#ask(actor, () => this.#put(key, value, revision)),
      delete: key => this.#ask(actor, () => void this.#values.delete(key)),
      keys: prefix => this.#ask(actor, () => [...this.#values.keys()].filter(key => key.startsWith(prefix)).sort()),
      putBlob: refuse,
      getBlob: refuse,
      deleteBlob: refuse,
      blobs: refuse,
      close: async () => undefined,
    }
  }

  /** Loses messages as the Store loses requests. */
  busOf(actor: Actor): Bus {
    return {
      publish: (subject, bytes) => {
        for (const heard of this.#listeners) {
          if (heard.subject !== subject || this.#isUnlucky(this.weather.lost, actor, heard.actor)) continue
          this.#world.at(this.#world.nowMs + this.#way(), () => heard.actor.enter(() => heard.listener(bytes, subject)))
        }
      },
      subscribe: (subject, listener) => {
        const heard = { actor, subject, listener }
        this.#listeners.add(heard)
        return () => this.#listeners.delete(heard)
      },
      close: async () => undefined,
    }
  }

  get(key: string): Uint8Array | null {
    return this.#values.get(key)?.at(-1)?.value ?? null
  }

  #get(key: string): Value | null {
    const values = this.#values.get(key) ?? []
    const isStale = this.#world.random.chance(this.weather.stale)
    return values.at(isStale ? -2 : -1) ?? values.at(-1) ?? null
  }

  #put(key: string, value: Uint8Array, revision: number | null): number | null {
    const before = this.#values.get(key) ?? []
    if (revision !== null && revision !== (before.at(-1)?.revision ?? 0)) return null
    this.#onPut(key, value)
    this.#revision++
    this.#values.set(key, [...before.slice(-1), { value, revision: this.#revision }])
    return this.#revision
  }

  #way(): number {
    return this.#world.random.next() * this.weather.wayMs
  }

  #isUnlucky(share: number, ...actors: readonly Actor[]): boolean {
    return this.weather.isDown || actors.some(actor => this.cut.has(actor)) || this.#world.random.chance(share)
  }

  #ask<Answer>(actor: Actor, work: () => Answer): Promise<Answer> {
    const { random } = this.#world
    return new Promise((resolve, reject) => {
      const fail = (): void => reject(new Error('no server answers'))
      const beganMs = this.#world.nowMs
      // A rejection may come before what was asked for is done, or after it, or long after it is of any use.
      const failMs = beganMs + random.int(50, PATIENCE_MS)
      if (this.#isUnlucky(this.weather.lost, actor)) {
        if (random.chance(0.5)) this.#world.at(beganMs + random.int(0, 2 * PATIENCE_MS), () => void work())
        return this.#world.at(failMs, () => actor.enter(fail))
      }
      this.#world.at(beganMs + this.#way(), () => {
        const answer = work()
        if (this.#isUnlucky(this.weather.unanswered, actor)) {
          const end = random.chance(0.5) ? fail : (): void => resolve(answer)
          return this.#world.at(failMs, () => actor.enter(end))
        }
        this.#world.at(this.#world.nowMs + this.#way(), () => actor.enter(() => resolve(answer)))
      })
    })
  }
}
