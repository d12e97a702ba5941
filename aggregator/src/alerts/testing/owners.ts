import { pino } from 'pino'
import type { Hook } from '../../config/index.js'
import { Courier, type Send } from '../hooks/courier.js'
import { Records } from '../records.js'
import type { Kept } from '../stored.js'
import { incidentOf, messageOf, NOW } from './incidents.js'
import { MemoryStore } from './memory-store.js'
import { PassingTenure } from './passing-tenure.js'

const logger = pino({ level: 'silent' })
const HOOK: Hook = { url: 'http://127.0.0.1:9/', format: 'slack', allowInternal: true }
/** Long enough for every run: none is given up. */
const DELAYS_MS: readonly number[] = Array.from({ length: 1_000 }, (_, n) => n)

/** A store that knows who writes, and what stood in it one after the other. */
class WatchedStore extends MemoryStore {
  /** Messages of each incident, in the order in which they came into the store. */
  readonly appeared = new Map<string, string[]>()

  override async put(key: string, value: Uint8Array, revision: number | null): Promise<number | null> {
    try {
      return await super.put(key, value, revision)
    } finally {
      if (this.values.get(key) === value) this.#note(JSON.parse(Buffer.from(value).toString()) as Kept)
    }
  }

  #note({ incident, outbox }: Kept): void {
    const known = this.appeared.get(incident.id) ?? []
    this.appeared.set(incident.id, known)
    for (const { id } of outbox) if (!known.includes(id)) known.push(id)
  }
}

/** Where a courier's timer stands until somebody lets its time pass. */
interface Slot {
  timer: { readonly at: number; readonly run: () => void } | null
}

interface Life {
  readonly records: Records
  readonly courier: Courier
  readonly slot: Slot
}

export interface Owner {
  readonly tenure: PassingTenure
  /** null: it is reading. */
  life: Life | null
}

/**
 * Owners of the same alerts, one after the other, on one store: each goes on believing that they are its own until it
 * asks. `turns` and `works` say how long things take, and whether the receiver is well.
 */
export class Owners {
  readonly store = new WatchedStore()
  readonly all: Owner[] = []
  /** What reached the receiver. */
  readonly heard: { readonly incident: string; readonly message: string }[] = []
  /** What somebody did whose time was over. */
  readonly violations: string[] = []
  readonly #turns: () => number
  readonly #works: () => boolean
  readonly #reading = new Set<Promise<void>>()
  #now = NOW
  #messages = 0

  constructor(turns: () => number, works: () => boolean) {
    this.#turns = turns
    this.#works = works
    this.store.turns = turns
  }

  get current(): Owner | undefined {
    return this.all.at(-1)
  }

  /** The tenure of the one before is over, without its knowing; the next one reads what the store has. */
  pass(): void {
    const before = this.current
    if (before !== undefined) before.tenure.isHeld = false
    const owner: Owner = { tenure: new PassingTenure(this.all.length + 1), life: null }
    this.all.push(owner)
    this.#open(owner)
  }

  /** Whoever it is, it believes that an incident has another state. */
  tell(owner: Owner | undefined, incident: string): void {
    const { life } = owner ?? {}
    if (life === null || life === undefined) return
    const kept = life.records.get(incident) ?? { incident: incidentOf(incident), hook: 'ops', outbox: [] }
    const message = messageOf(`${incident}/${++this.#messages}`)
    this.#attend(life.records.put({ ...kept, outbox: [...kept.outbox, message] }).then(() => life.courier.pump()))
  }

  /** Its timer is due, or it looks for what the store didn't take. */
  wake(owner: Owner | undefined): void {
    const { life } = owner ?? {}
    if (life === null || life === undefined) return
    const due = life.slot.timer
    life.slot.timer = null
    this.#now = Math.max(this.#now, due?.at ?? 0)
    due?.run()
    this.#attend(life.records.retry().then(ids => ids.length > 0 && life.courier.pump()))
  }

  /** Lets the last one do all that is left. */
  async settle(): Promise<void> {
    this.store.losesAnswers = false
    for (let quiet = 0; quiet < 3; quiet++) {
      for (let turn = 0; turn < 40; turn++) await new Promise(setImmediate)
      await Promise.all(this.#reading)
      const { life } = this.current ?? {}
      if (life === null || life === undefined || life.slot.timer !== null) quiet = -1
      this.wake(this.current)
      await this.current?.life?.records.survey().catch(() => undefined)
    }
    for (const { life } of this.all) life?.courier.close()
  }

  #open(owner: Owner): void {
    const reading = this.#read(owner).finally(() => this.#reading.delete(reading))
    this.#reading.add(reading)
  }

  async #read(owner: Owner): Promise<void> {
    const { tenure } = owner
    const own = this.#storeOf(owner)
    const records = await Records.open({
      ...{ store: own, logger, tenure },
      onFenced: () => {
        owner.life?.courier.close()
        owner.life = null
        if (tenure.isHeld) this.#open(owner)
      },
    })
    const slot: Slot = { timer: null }
    const life: Life = { records, courier: this.#courierOf(tenure, records, slot), slot }
    owner.life = life
    life.courier.replace({ ops: HOOK })
  }

  #courierOf(tenure: PassingTenure, records: Records, slot: Slot): Courier {
    const send: Send = async (_, { id }, signal, mayGo) => {
      for (let turns = this.#turns(); turns > 0; turns--) await new Promise(setImmediate)
      if (signal.aborted || !mayGo()) return { type: 'failed', status: null, reason: 'held back', askedMs: null }
      this.heard.push({ incident: id.split('/')[0] ?? '', message: id })
      if (tenure !== this.current?.tenure) this.violations.push(`${tenure.owner} sent ${id}`)
      if (this.#works()) return { type: 'delivered', status: 200 }
      return { type: 'failed', status: 500, reason: 'it answered 500', askedMs: null }
    }
    const after = (ms: number, run: () => void): (() => void) => {
      const timer = { at: this.#now + ms, run }
      slot.timer = timer
      return () => {
        if (slot.timer === timer) slot.timer = null
      }
    }
    const schedule = { delaysMs: DELAYS_MS, random: () => 0 }
    return new Courier({ records, clock: { now: () => this.#now }, logger, schedule, tenure, send, after })
  }

  /** The store as one owner reaches it. */
  #storeOf({ tenure }: Owner): MemoryStore {
    const note = (key: string): void => {
      if (!tenure.isHeld) this.violations.push(`${tenure.owner} wrote ${key}`)
    }
    const { store } = this
    return Object.assign(Object.create(store) as MemoryStore, {
      get: (key: string) => store.get(key),
      keys: (prefix: string) => store.keys(prefix),
      put: (key: string, value: Uint8Array, revision: number | null) => {
        note(key)
        return store.put(key, value, revision)
      },
      delete: (key: string) => {
        note(key)
        return store.delete(key)
      },
    })
  }

  /** What one owner can't do any more is of no interest. */
  #attend(work: Promise<unknown>): void {
    work.catch(() => undefined)
  }
}
