import type { Incident } from '@pulssi/protocol/client'
import type { Logger } from 'pino'
import type { Store } from '../ports.js'
import { INCIDENT_MEMORY_MS, INCIDENTS } from './limits.js'

/** A message on its way to a hook. */
export interface Message {
  /** The same in every attempt, so that a receiver knows what it has had. */
  readonly id: string
  readonly hook: string
  /** As it is sent, in every attempt. */
  readonly body: string
  readonly attempts: number
  /** Of the next attempt, ms since 1970 by the wall clock. */
  readonly dueAt: number
}

/** An incident with what its hook is still to be told, oldest first: one value of the store, so that both are there. */
export interface Kept {
  readonly incident: Incident
  readonly hook: string | null
  readonly outbox: readonly Message[]
}

const PREFIX = 'incident/'

const read = (bytes: Uint8Array): Kept | null => {
  try {
    const kept = JSON.parse(Buffer.from(bytes).toString()) as Partial<Kept>
    return typeof kept.incident?.id === 'string' && Array.isArray(kept.outbox) ? (kept as Kept) : null
  } catch {
    return null
  }
}

/** The incidents that have fired, in memory and in the store. Writes of one incident follow each other. */
export class Records {
  readonly #store: Store
  readonly #logger: Logger
  readonly #kept = new Map<string, Kept>()
  readonly #writes = new Map<string, Promise<void>>()
  /** What the store did not take. */
  readonly #unsaved = new Set<string>()
  /** Messages that went with an incident for which there was no place any more. */
  dropped = 0

  private constructor(store: Store, logger: Logger) {
    this.#store = store
    this.#logger = logger
  }

  static async open(store: Store, logger: Logger): Promise<Records> {
    const records = new Records(store, logger)
    for (const key of await store.keys(PREFIX)) {
      const kept = read((await store.get(key))?.value ?? new Uint8Array())
      if (kept !== null) records.#kept.set(kept.incident.id, kept)
      else logger.warn('an incident in the store can not be read and is left alone')
    }
    return records
  }

  all(): IterableIterator<Kept> {
    return this.#kept.values()
  }

  get(id: string): Kept | undefined {
    return this.#kept.get(id)
  }

  /** Whether the store has what is known here of an incident. */
  isDurable(id: string): boolean {
    return !this.#writes.has(id) && !this.#unsaved.has(id)
  }

  /** Resolves with true once it is durable, with false where the store doesn't take it now: `retry` tries again. */
  put(kept: Kept): Promise<boolean> {
    const { id } = kept.incident
    if (!this.#kept.has(id)) this.#makeRoom()
    this.#kept.set(id, kept)
    return this.#write(id)
  }

  /** Resolves with the ids of those that the store has taken by now. */
  async retry(): Promise<string[]> {
    const ids = [...this.#unsaved]
    const saved = await Promise.all(ids.map(id => this.#write(id)))
    return ids.filter((_, at) => saved[at] === true)
  }

  /** Forgets what was resolved long before `now`. */
  expire(now: number): void {
    for (const { incident } of [...this.#kept.values()]) {
      if (incident.resolvedAt !== null && incident.resolvedAt < now - INCIDENT_MEMORY_MS) this.#remove(incident.id)
    }
  }

  /** Resolves once nothing is being written. */
  async settled(): Promise<void> {
    await Promise.all(this.#writes.values())
  }

  #makeRoom(): void {
    while (this.#kept.size >= INCIDENTS) {
      let oldest: Incident | null = null
      for (const { incident } of this.#kept.values()) {
        if (incident.resolvedAt !== null && incident.resolvedAt < (oldest?.resolvedAt ?? Infinity)) oldest = incident
      }
      if (oldest === null) return
      this.#remove(oldest.id)
    }
  }

  #remove(id: string): void {
    this.dropped += this.#kept.get(id)?.outbox.length ?? 0
    this.#kept.delete(id)
    void this.#write(id)
  }

  async #write(id: string): Promise<boolean> {
    let isSaved = false
    const before = this.#writes.get(id) ?? Promise.resolve()
    const writing = before.then(async () => {
      isSaved = await this.#save(id)
    })
    this.#writes.set(id, writing)
    await writing
    if (this.#writes.get(id) === writing) this.#writes.delete(id)
    return isSaved
  }

  /** What it is at this moment; gone: removes it. */
  async #save(id: string): Promise<boolean> {
    const kept = this.#kept.get(id)
    try {
      if (kept === undefined) await this.#store.delete(PREFIX + id)
      else await this.#store.put(PREFIX + id, Buffer.from(JSON.stringify(kept)), null)
      this.#unsaved.delete(id)
      return true
    } catch (error) {
      if (!this.#unsaved.has(id)) this.#logger.error({ err: error }, 'an incident could not be stored')
      this.#unsaved.add(id)
      return false
    }
  }
}
