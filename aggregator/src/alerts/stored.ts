import type { Incident } from '@pulssi/protocol/client'
import type { Store } from '../ports.js'

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

export interface Found {
  readonly kept: Kept
  readonly revision: number
}

/** Reads under way at once. */
const READS = 32
const PREFIX = 'incident/'

export const keyOf = (id: string): string => PREFIX + id

const parsed = (bytes: Uint8Array): Kept | null => {
  try {
    const kept = JSON.parse(Buffer.from(bytes).toString()) as Partial<Kept>
    return typeof kept.incident?.id === 'string' && Array.isArray(kept.outbox) ? (kept as Kept) : null
  } catch {
    return null
  }
}

/** Of all that the store has under the names of incidents. */
export const idsIn = async (store: Store): Promise<string[]> =>
  (await store.keys(PREFIX)).map(key => key.slice(PREFIX.length))

/** All incidents that the store has; `onDamaged` hears of each that can't be read, and is left alone. */
export const readAll = async (store: Store, onDamaged: (id: string) => void): Promise<Found[]> => {
  const all: Found[] = []
  const ids = await idsIn(store)
  const work = async (): Promise<void> => {
    for (let id = ids.shift(); id !== undefined; id = ids.shift()) {
      const value = await store.get(keyOf(id))
      // Gone since the names were read.
      if (value === null) continue
      const kept = parsed(value.value)
      if (kept === null) onDamaged(id)
      else all.push({ kept, revision: value.revision })
    }
  }
  await Promise.all(Array.from({ length: Math.min(READS, ids.length) }, work))
  return all.sort((a, b) => (a.kept.incident.id < b.kept.incident.id ? -1 : 1))
}

/** null: the store has none of this id that can be read. */
export const readOne = async (store: Store, id: string): Promise<Kept | null> => {
  const value = await store.get(keyOf(id))
  return value === null ? null : parsed(value.value)
}

/** Newest first. */
export const byAge = (a: Incident, b: Incident): number => b.since - a.since || (a.id < b.id ? -1 : 1)
