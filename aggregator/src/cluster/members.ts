import type { Found } from './lease.js'
import type { Timing } from './limits.js'

/** What is known of the members of a role: each renews a record of its own, and one that stands still is gone. */
export type Members = ReadonlyMap<string, MemberSeen>

export interface MemberSeen {
  readonly revision: number
  readonly sinceMs: number
}

/** For people, beside the time of its end: nothing is decided by either. */
export interface MemberRecord {
  readonly until: number
}

export const membersPrefix = (role: string): string => `member/${role}/`
export const memberKey = (role: string, owner: string): string => membersPrefix(role) + owner
export const encodeMember = ({ until }: MemberRecord): Uint8Array => Buffer.from(JSON.stringify({ until }))

/** `until` of a record, null for one that can't be read: a member counts by its record's changes, not by its words. */
export const memberUntil = (value: Uint8Array): number | null => {
  try {
    const found: unknown = JSON.parse(Buffer.from(value).toString())
    const until = (found as { until?: unknown } | null)?.until
    return typeof until === 'number' ? until : null
  } catch {
    return null
  }
}

/** What is known of one after a look; null: it has left. `nowMs`: when the answer was there. */
export const seeMember = (before: MemberSeen | undefined, found: Found, nowMs: number): MemberSeen | null => {
  if (found === null) return null
  if (found.revision === before?.revision) return before
  return { revision: found.revision, sinceMs: nowMs }
}

/** Those who live, `me` among them, sorted. */
export const liveMembers = (
  members: Members,
  me: string,
  nowMs: number,
  { leaseMs }: Pick<Timing, 'leaseMs'>,
): string[] => {
  const live = [...members].filter(([owner, { sinceMs }]) => owner !== me && nowMs < sinceMs + leaseMs)
  return [...live.map(([owner]) => owner), me].sort()
}

/** Those whose records nobody will renew any more. */
export const deadMembers = (
  members: Members,
  me: string,
  nowMs: number,
  { forgetMs }: Pick<Timing, 'forgetMs'>,
): string[] =>
  [...members].filter(([owner, { sinceMs }]) => owner !== me && nowMs >= sinceMs + forgetMs).map(([owner]) => owner)
