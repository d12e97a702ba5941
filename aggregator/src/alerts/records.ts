import type { Incident } from '@pulssi/protocol/client'
import type { Logger } from 'pino'
import { Fenced, type Store, soleTenure, type Tenure } from '../ports.js'
import { INCIDENT_MEMORY_MS, INCIDENTS, UNSURE_WRITES } from './limits.js'
import { idsIn, type Kept, keyOf, readAll } from './stored.js'

export interface RecordsOptions {
  readonly store: Store
  readonly logger: Logger
  /** For which they are written here and nowhere else; left out: for good. */
  readonly tenure?: Tenure | undefined
  /** Somebody else owns them now, and nothing is written here any more. Called once. */
  readonly onFenced?: ((error: Fenced) => void) | undefined
}

/** What is known of a record in the store. */
interface Mark {
  /** 0: it isn't there. */
  readonly revision: number
  /** Texts that may have followed that revision: the store gave no answer. */
  readonly tried: readonly string[]
}

const ABSENT: Mark = { revision: 0, tried: [] }

/**
 * The incidents that have fired, in memory and in the store. Writes of one incident follow each other, each by
 * compare-and-set on the revision of the one before. Whatever else is found there was written by another owner: then
 * these records are over.
 */
export class Records {
  readonly #store: Store
  readonly #logger: Logger
  readonly #tenure: Tenure
  readonly #onFenced: (error: Fenced) => void
  readonly #kept = new Map<string, Kept>()
  readonly #marks = new Map<string, Mark>()
  readonly #writes = new Map<string, Promise<void>>()
  /** Names under which something stands that can't be read. */
  readonly #damaged = new Set<string>()
  /** What the store did not take. */
  readonly #unsaved = new Set<string>()
  #fenced: Fenced | null = null
  /** Messages that went with an incident for which there was no place any more. */
  dropped = 0

  private constructor({ store, logger, tenure = soleTenure('alerts'), onFenced = () => {} }: RecordsOptions) {
    this.#store = store
    this.#logger = logger
    this.#tenure = tenure
    this.#onFenced = onFenced
  }

  static async open(options: RecordsOptions): Promise<Records> {
    const records = new Records(options)
    const onDamaged = (id: string): void => {
      records.#damaged.add(id)
      options.logger.warn('an incident in the store can not be read and is left alone')
    }
    for (const { kept, revision } of await readAll(options.store, onDamaged)) {
      records.#kept.set(kept.incident.id, kept)
      records.#marks.set(kept.incident.id, { revision, tried: [] })
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
    return this.#fenced === null && !this.#writes.has(id) && !this.#unsaved.has(id)
  }

  /** Throws Fenced where somebody else owns them, or may. */
  requireOwned(): void {
    if (this.#fenced !== null) throw this.#fenced
    if (!this.#tenure.isHeld) this.#fence(`${this.#tenure.owner} no longer owns the alerts`)
  }

  /**
   * Resolves with true once it is durable, with false where the store doesn't take it now: `retry` tries again. Rejects
   * with Fenced.
   */
  put(kept: Kept): Promise<boolean> {
    const { id } = kept.incident
    if (!this.#kept.has(id)) this.#makeRoom()
    this.#kept.set(id, kept)
    return this.#write(id)
  }

  /** Resolves with the ids of those that the store has taken by now. Rejects with Fenced. */
  async retry(): Promise<string[]> {
    const ids = [...this.#unsaved]
    const saved = await Promise.all(ids.map(id => this.#write(id)))
    return ids.filter((_, at) => saved[at] === true)
  }

  /**
   * Looks for what an earlier owner wrote so late that it came after these records were read. Rejects with Fenced where
   * there is any.
   */
  async survey(): Promise<void> {
    const before = new Set([...this.#marks.keys(), ...this.#damaged])
    const ids = await idsIn(this.#store)
    const isNew = ids.some(id => !before.has(id) && !this.#marks.has(id) && !this.#writes.has(id))
    if (isNew) this.#fence('another owner of the alerts has added an incident')
    for (const { incident, outbox } of [...this.#kept.values()]) {
      if (incident.state !== 'resolved' || outbox.length > 0) await this.#compare(incident.id)
    }
  }

  /** Forgets what was resolved long before `now`. */
  expire(now: number): void {
    for (const { incident } of [...this.#kept.values()]) {
      if (incident.resolvedAt !== null && incident.resolvedAt < now - INCIDENT_MEMORY_MS) this.#remove(incident.id)
    }
  }

  /** Resolves once nothing is being written. */
  async settled(): Promise<void> {
    await Promise.allSettled(this.#writes.values())
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
    // Who writes the next one hears of another owner.
    this.#write(id).catch(() => undefined)
  }

  async #compare(id: string): Promise<void> {
    const mark = this.#marks.get(id)
    if (mark === undefined || mark.tried.length > 0) return
    const found = await this.#store.get(keyOf(id))
    const isOurs = this.#marks.get(id) !== mark || this.#writes.has(id)
    if (!isOurs && found?.revision !== mark.revision) this.#fence('another owner of the alerts has changed an incident')
  }

  async #write(id: string): Promise<boolean> {
    let isSaved = false
    const before = this.#writes.get(id) ?? Promise.resolve()
    const writing = before
      .catch(() => undefined)
      .then(async () => {
        isSaved = await this.#save(id)
      })
    this.#writes.set(id, writing)
    try {
      await writing
    } finally {
      if (this.#writes.get(id) === writing) this.#writes.delete(id)
    }
    return isSaved
  }

  /** What it is at this moment; gone: removes it. */
  async #save(id: string): Promise<boolean> {
    const kept = this.#kept.get(id)
    try {
      if (kept === undefined) await this.#delete(id)
      else await this.#set(id, JSON.stringify(kept))
      this.#unsaved.delete(id)
      return true
    } catch (error) {
      if (error instanceof Fenced) throw error
      if (!this.#unsaved.has(id)) this.#logger.error({ err: error }, 'an incident could not be stored')
      this.#unsaved.add(id)
      return false
    }
  }

  async #delete(id: string): Promise<void> {
    this.requireOwned()
    await this.#store.delete(keyOf(id))
    this.#marks.delete(id)
  }

  /** A write whose answer got lost is found by its text, and is no reason to give up. */
  async #set(id: string, text: string): Promise<void> {
    const { revision: known, tried: before } = this.#marks.get(id) ?? ABSENT
    const tried = [...new Set([...before, text])].slice(-UNSURE_WRITES)
    let revision = known
    for (;;) {
      this.requireOwned()
      this.#marks.set(id, { revision, tried })
      const stored = await this.#store.put(keyOf(id), Buffer.from(text), revision)
      if (stored !== null) return void this.#marks.set(id, { revision: stored, tried: [] })
      const found = await this.#store.get(keyOf(id))
      const isOurs = found !== null && found.revision > revision && tried.includes(Buffer.from(found.value).toString())
      if (!isOurs) return this.#fence('another owner of the alerts has changed an incident')
      revision = found.revision
    }
  }

  #fence(why: string): never {
    const error = new Fenced(why)
    if (this.#fenced === null) {
      this.#fenced = error
      this.#onFenced(error)
    }
    throw this.#fenced
  }
}
