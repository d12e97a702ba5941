import type { Store } from '../ports.js'
import { DamagedLease, decodeLease, LEASES, leaseNameOf } from './lease.js'
import { membersPrefix, memberUntil } from './members.js'

export interface LeaseView {
  readonly name: string
  /** null: free. */
  readonly owner: string | null
  /** null: what stands there is no lease. */
  readonly epoch: number | null
  /** When it runs out unless renewed, or when it was given back; ms since 1970 by its holder's clock. */
  readonly untilMs: number | null
}

export interface MemberView {
  readonly owner: string
  readonly untilMs: number | null
  /** Names of the leases that it holds, sorted. */
  readonly holds: readonly string[]
}

export interface RoleView {
  readonly leases: readonly LeaseView[]
  readonly members: readonly MemberView[]
}

const leaseView = (name: string, role: string, value: Uint8Array): LeaseView | null => {
  try {
    const { owner, epoch, until, role: itsRole } = decodeLease(name, value)
    return itsRole === role ? { name, owner, epoch, untilMs: until } : null
  } catch (error) {
    if (error instanceof DamagedLease) return { name, owner: null, epoch: null, untilMs: null }
    throw error
  }
}

/**
 * Who holds what, as it stands in the Store: also leases and members that have run out and that nobody took or removed.
 * A lease that is damaged is named under every role.
 */
export const describe = async (store: Pick<Store, 'get' | 'keys'>, role: string): Promise<RoleView> => {
  const leases: LeaseView[] = []
  for (const key of await store.keys(LEASES)) {
    const found = await store.get(key)
    const view = found && leaseView(leaseNameOf(key), role, found.value)
    if (view !== null) leases.push(view)
  }
  const prefix = membersPrefix(role)
  const members: MemberView[] = []
  for (const key of await store.keys(prefix)) {
    const found = await store.get(key)
    if (found === null) continue
    const owner = key.slice(prefix.length)
    const holds = leases.filter(lease => lease.owner === owner).map(({ name }) => name)
    members.push({ owner, untilMs: memberUntil(found.value), holds })
  }
  return { leases, members }
}
