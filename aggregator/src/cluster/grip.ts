import { decodeLease, type Found } from './lease.js'
import type { Timing } from './limits.js'

/**
 * How a holder keeps its lease, from one answer of the Store to the next.
 * - `sure`: `revision` is what the Store holds, as far as is known. Renewed at `dueMs`. A write that fails, or finds
 *   another revision there, leads to `unsure`; a write without an answer is repeated, whichever is stored first.
 * - `unsure`: a write may be stored or not. Read at `dueMs`; what is found leads to `sure` or `gone`. The time for which
 *   the lease is held doesn't grow by it: only a write that is known to be stored does that.
 * - `gone`: somebody else has it, or it can't be believed in any longer.
 * In each the lease is held until `heldUntilMs` and no longer.
 */
export type Grip =
  | { readonly is: 'sure' | 'unsure'; readonly revision: number; readonly dueMs: number; readonly heldUntilMs: number }
  | { readonly is: 'gone'; readonly heldUntilMs: number }

/** `base`: the revision that a write was to follow. `atMs`: when it was asked, or when the answer was there. */
export type GripEvent = { readonly atMs: number } & (
  | { readonly is: 'asked' }
  | { readonly is: 'stored'; readonly beganMs: number; readonly revision: number }
  | { readonly is: 'conflict' | 'failed'; readonly base: number }
  | { readonly is: 'read'; readonly found: Found }
  | { readonly is: 'unread' }
)

export type GripTiming = Pick<Timing, 'leaseMs' | 'renewMs' | 'marginMs' | 'hedgeMs' | 'retryMs'>

export interface Claim {
  readonly name: string
  readonly owner: string
  readonly epoch: number
}

/** Of a lease whose taking began at `beganMs` and was stored as `revision`. */
export const gripOf = (revision: number, beganMs: number, timing: GripTiming): Grip => ({
  is: 'sure',
  revision,
  dueMs: beganMs + timing.renewMs,
  heldUntilMs: beganMs + timing.leaseMs - timing.marginMs,
})

const isOurs = ({ name, owner, epoch }: Claim, value: Uint8Array): boolean => {
  try {
    const lease = decodeLease(name, value)
    return lease.owner === owner && lease.epoch === epoch
  } catch {
    return false
  }
}

export const gripAfter = (grip: Grip, event: GripEvent, claim: Claim, timing: GripTiming): Grip => {
  if (grip.is === 'gone') return grip
  // An answer that waited while this process stood still comes too late, whatever it says.
  if (event.atMs >= grip.heldUntilMs) return { is: 'gone', heldUntilMs: grip.heldUntilMs }
  switch (event.is) {
    case 'asked':
      return { ...grip, dueMs: event.atMs + timing.hedgeMs }
    case 'stored': {
      const known = gripOf(event.revision, event.beganMs, timing)
      const heldUntilMs = Math.max(grip.heldUntilMs, known.heldUntilMs)
      return event.revision < grip.revision ? { ...grip, heldUntilMs } : { ...known, heldUntilMs }
    }
    case 'conflict':
    case 'failed': {
      // A later write of ours is known to be stored: this one doesn't matter.
      if (event.base !== grip.revision) return grip
      const dueMs = event.is === 'conflict' ? event.atMs : event.atMs + timing.retryMs
      return { ...grip, is: 'unsure', dueMs }
    }
    case 'unread':
      return grip.is === 'unsure' ? { ...grip, dueMs: event.atMs + timing.retryMs } : grip
    case 'read': {
      if (grip.is === 'sure') return grip
      const { found, atMs } = event
      // Of a server that hasn't heard of the newest.
      if (found !== null && found.revision < grip.revision) return { ...grip, dueMs: atMs + timing.retryMs }
      if (found === null || !isOurs(claim, found.value)) return { is: 'gone', heldUntilMs: grip.heldUntilMs }
      return { ...grip, is: 'sure', revision: found.revision, dueMs: atMs }
    }
  }
}
