/**
 * A lease as it stands in the Store, and what an observer makes of it. Only compare-and-set on the revision changes it,
 * so whoever takes a lease that it saw unchanged for `leaseMs` knows that its holder began no renewal since.
 */

/** `owner` null: free. The epoch outlasts that: each taking raises it by one. */
export interface Lease {
  readonly role: string
  readonly owner: string | null
  readonly epoch: number
  /** When it was to run out, ms since 1970 by its holder's wall clock. For people; nothing is decided by it. */
  readonly until: number
}

export type Found = { readonly value: Uint8Array; readonly revision: number } | null

/** What was seen of a lease, and since when it has been so. `revision` 0: nothing is there. */
export interface Seen {
  readonly lease: Lease
  readonly revision: number
  readonly sinceMs: number
  /** Nobody has to wait for anything: it was given back, or there has never been one. */
  readonly isGivenBack: boolean
}

/** A value under a lease's key that is none. Who took it, and in which epoch, can't be known, so nobody may. */
export class DamagedLease extends Error {
  constructor(name: string) {
    super(`the lease of ${name} is damaged: what stands under its key is no lease`)
    this.name = 'DamagedLease'
  }
}

const PREFIX = 'lease/'
export const leaseKey = (name: string): string => PREFIX + name
export const LEASES = PREFIX
export const leaseNameOf = (key: string): string => key.slice(PREFIX.length)

export const encodeLease = ({ role, owner, epoch, until }: Lease): Uint8Array =>
  Buffer.from(JSON.stringify({ role, owner, epoch, until }))

const parsed = (value: Uint8Array): unknown => {
  try {
    return JSON.parse(Buffer.from(value).toString())
  } catch {
    return null
  }
}

/** Throws DamagedLease. */
export const decodeLease = (name: string, value: Uint8Array): Lease => {
  const found = parsed(value)
  if (typeof found !== 'object' || found === null) throw new DamagedLease(name)
  const { role, owner, epoch, until } = found as Record<string, unknown>
  const isOwner = owner === null || (typeof owner === 'string' && owner !== '')
  const isEpoch = Number.isSafeInteger(epoch) && (epoch as number) > 0
  if (typeof role !== 'string' || !isOwner || !isEpoch || typeof until !== 'number') throw new DamagedLease(name)
  return { role, owner, epoch: epoch as number, until }
}

/** Holder of what was taken away: somebody may still believe in it. */
const REMOVED = '(removed)'

/**
 * What is known after a look. `nowMs` is when its answer was there: the lease was no older then. An older revision comes
 * from a server that hasn't heard of the newest, and is passed over, but not for ever: a bucket may have been made anew.
 * The epoch never goes back. Throws DamagedLease.
 */
export const see = (name: string, before: Seen | null, found: Found, nowMs: number, leaseMs: number): Seen => {
  const revision = found?.revision ?? 0
  if (revision === before?.revision) return before
  const isOlder = revision !== 0 && revision < (before?.revision ?? 0)
  if (before !== null && isOlder && nowMs < before.sinceMs + leaseMs) return before
  if (found === null) {
    const owner = before === null ? null : REMOVED
    const lease = { role: '', owner, epoch: before?.lease.epoch ?? 0, until: 0 }
    return { lease, revision, sinceMs: nowMs, isGivenBack: before === null }
  }
  const lease = decodeLease(name, found.value)
  const epoch = Math.max(lease.epoch, before?.lease.epoch ?? 0)
  return { lease: { ...lease, epoch }, revision, sinceMs: nowMs, isGivenBack: lease.owner === null }
}

/** As if it had been seen so for less long: it lives for `graceMs` more at least. */
export const spared = <Kept extends { readonly sinceMs: number }>(
  seen: Kept,
  nowMs: number,
  { leaseMs, graceMs }: { readonly leaseMs: number; readonly graceMs: number },
): Kept => ({ ...seen, sinceMs: Math.max(seen.sinceMs, nowMs - leaseMs + graceMs) })

/**
 * Since when it has been free for `me`, null: it isn't. One's own name in a lease that one doesn't hold is from an
 * earlier tenure of one's own that is over.
 */
export const freeSinceMs = (seen: Seen, me: string, nowMs: number, leaseMs: number): number | null => {
  if (seen.isGivenBack || seen.lease.owner === me) return seen.sinceMs
  const endMs = seen.sinceMs + leaseMs
  return nowMs >= endMs ? endMs : null
}
