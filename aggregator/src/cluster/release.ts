import type { Clock, Store } from '../ports.js'
import type { Claim } from './grip.js'
import { decodeLease, encodeLease, leaseKey } from './lease.js'
import type { Timing } from './limits.js'
import { type After, within } from './waiting.js'

/** Tries at a release. Beyond: the lease is left to run out. */
const TRIES = 5

export interface ReleaseOptions {
  readonly store: Store
  readonly clock: Clock
  readonly after: After
  readonly timing: Timing
  readonly role: string
}

const pause = (after: After, delayMs: number): Promise<void> => new Promise(resolve => void after(delayMs, resolve))

/**
 * Writes that the lease has no owner any more, if it is still that of `claim`. Resolves with the new revision, null where
 * somebody else has it or nobody answers: it then runs out by itself.
 */
export const release = async (options: ReleaseOptions, claim: Claim, revision: number): Promise<number | null> => {
  const { store, clock, after, timing, role } = options
  const { name, owner, epoch } = claim
  let base = revision
  for (let tries = 0; tries < TRIES; tries++) {
    try {
      const value = encodeLease({ role, owner: null, epoch, until: clock.now() })
      const stored = await within(after, timing.answerMs, store.put(leaseKey(name), value, base))
      if (stored !== null) return stored
      // A renewal that was still on its way may have come before.
      const found = await within(after, timing.answerMs, store.get(leaseKey(name)))
      if (found === null) return null
      const lease = decodeLease(name, found.value)
      if (lease.epoch !== epoch) return null
      if (lease.owner === null) return found.revision
      if (lease.owner !== owner) return null
      base = Math.max(base, found.revision)
    } catch {
      await pause(after, timing.retryMs)
    }
  }
  return null
}
