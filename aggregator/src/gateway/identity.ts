import { createHmac, randomBytes } from 'node:crypto'
import { DAY_PREFIX, PAGE_PREFIX } from '../intake/index.js'
import type { Clock, Store } from '../ports.js'
import { addressGroup, isLoopback } from './address.js'

const PREFIX = 'salt/'
const SALT_BYTES = 32
/** 128 bits: two people of one day never share an id. */
const ID_BYTES = 16
const DATE_CHARS = 10

/** The callers of one address begin so: no visitor's id can be the same. */
const GROUP_PREFIX = 'g/'

/**
 * Makes visitor ids for identity `day`: a keyed hash of address and browser under a salt of the UTC day. All gateways
 * share the salt through the Store; once its day is over it is deleted, and nobody can tell who an id was.
 */
export class DayIdentity {
  readonly #store: Store
  readonly #clock: Clock
  readonly #destroyDeleted: () => Promise<void>
  #salt: Uint8Array = new Uint8Array()
  #day = ''
  /** Salts of other days may still be there, in the store or in what it has deleted. */
  #hasOld = true

  private constructor(store: Store, clock: Clock, destroyDeleted: () => Promise<void>) {
    this.#store = store
    this.#clock = clock
    this.#destroyDeleted = destroyDeleted
  }

  /** `destroyDeleted`: makes sure that nothing is left on the disk of what the store has deleted. */
  static async open(
    store: Store,
    clock: Clock,
    destroyDeleted: () => Promise<void> = async () => {},
  ): Promise<DayIdentity> {
    const identity = new DayIdentity(store, clock, destroyDeleted)
    await identity.rotate()
    return identity
  }

  /** Takes the salt of the day that it is now, and deletes those of other days. Cheap while the day lasts. */
  async rotate(): Promise<void> {
    const day = new Date(this.#clock.now()).toISOString().slice(0, DATE_CHARS)
    if (day === this.#day) return this.#destroyOld()
    const fresh = randomBytes(SALT_BYTES)
    const mine = await this.#store.put(PREFIX + day, fresh, 0)
    const salt = mine === null ? (await this.#store.get(PREFIX + day))?.value : fresh
    if (salt === undefined) throw new Error('the salt of the day is gone from the store')
    this.#salt = salt
    this.#day = day
    this.#hasOld = true
    await this.#destroyOld()
  }

  /** Done again until it succeeds: a disk may refuse for a while. */
  async #destroyOld(): Promise<void> {
    if (!this.#hasOld) return
    for (const key of await this.#store.keys(PREFIX)) if (key < PREFIX + this.#day) await this.#store.delete(key)
    await this.#destroyDeleted()
    this.#hasOld = false
  }

  /** Whether a visitor id that a client brings was made here, so that a reconnect over midnight keeps its visitor. */
  continues(visitor: string | null): visitor is string {
    return visitor?.startsWith(DAY_PREFIX) === true
  }

  visitor(address: string, userAgent: string): string {
    const hash = createHmac('sha256', this.#salt).update(address).update('\n').update(userAgent).digest()
    return DAY_PREFIX + hash.subarray(0, ID_BYTES).toString('base64url')
  }

  /**
   * Stands for all who call from one address (IPv6: one /64) this day; null on this machine, where each visitor counts
   * by itself.
   */
  group(address: string): string | null {
    if (isLoopback(address)) return null
    const hash = createHmac('sha256', this.#salt).update('group\n').update(addressGroup(address)).digest()
    return GROUP_PREFIX + hash.subarray(0, ID_BYTES).toString('base64url')
  }
}

export const pageVisitor = (): string => PAGE_PREFIX + randomBytes(ID_BYTES).toString('base64url')
