import type { Logger } from 'pino'
import type { Store } from '../ports.js'
import { DamagedLease, type Found, leaseKey, type Seen, see, spared } from './lease.js'
import { READS, type Timing } from './limits.js'
import { deadMembers, liveMembers, type MemberSeen, memberKey, membersPrefix, seeMember } from './members.js'
import { type After, within } from './waiting.js'

export interface WatchOptions {
  readonly store: Store
  readonly role: string
  readonly owner: string
  readonly timing: Timing
  readonly steadyMs: () => number
  readonly after: After
  readonly logger: Logger
}

/** What a member knows of others, from looks at the Store. */
export class Watch {
  readonly #options: WatchOptions
  readonly #leases = new Map<string, Seen>()
  readonly #members = new Map<string, MemberSeen>()
  readonly #damaged = new Set<string>()
  readonly #doubted = new Set<string>()
  /** When the last look ended that got an answer; null: none has. */
  #lookedMs: number | null = null
  #failures = 0
  /** Since the last look. */
  #isBlind = false

  constructor(options: WatchOptions) {
    this.#options = options
  }

  /** Looks that got no answer. */
  get failures(): number {
    return this.#failures
  }

  /** How long the last look that got an answer is past; null: none has. */
  get ageMs(): number | null {
    return this.#lookedMs === null ? null : this.#options.steadyMs() - this.#lookedMs
  }

  /** Live ones, sorted; this one is always among them. */
  get members(): string[] {
    return liveMembers(this.#members, this.#options.owner, this.#options.steadyMs(), this.#options.timing)
  }

  /** When the next of the other members will be taken for dead. */
  get nextDeathMs(): number {
    const nowMs = this.#options.steadyMs()
    const ends = [...this.#members.values()].map(({ sinceMs }) => sinceMs + this.#options.timing.leaseMs)
    return Math.min(...ends.filter(endMs => endMs > nowMs))
  }

  /** What was seen of a lease last; null: nothing that could be built on. */
  known(name: string): Seen | null {
    return this.#doubted.has(name) ? null : (this.#leases.get(name) ?? null)
  }

  /** What was seen turned out to be old: only the next look tells. */
  doubt(name: string): void {
    this.#doubted.add(name)
  }

  /** Of one's own tenure that is over. It may have been seen in other hands since. */
  know(name: string, seen: Seen): void {
    this.#doubted.delete(name)
    if ((this.#leases.get(name)?.revision ?? 0) <= seen.revision) this.#leases.set(name, seen)
  }

  /** Learns what there is of all members and of the leases of `names`. Never rejects. */
  async look(names: readonly string[]): Promise<void> {
    const { logger, steadyMs, timing } = this.#options
    try {
      await this.#lookAtMembers()
      await this.#each(names, leaseKey, (name, found) => this.#learn(name, found))
    } catch (error) {
      this.#failures++
      if (!this.#isBlind) logger.warn({ err: error }, 'the leases can’t be looked at')
      this.#isBlind = true
      return
    }
    if (this.#isBlind) logger.info('the leases can be looked at again')
    this.#isBlind = false
    const nowMs = steadyMs()
    if (this.#lookedMs !== null && nowMs - this.#lookedMs > timing.gapMs) this.#spareAll(nowMs)
    this.#lookedMs = nowMs
  }

  async #lookAtMembers(): Promise<void> {
    const { store, role, owner, after, timing, steadyMs } = this.#options
    const prefix = membersPrefix(role)
    const keys = await within(after, timing.answerMs, store.keys(prefix))
    const there = new Set(keys.map(key => key.slice(prefix.length)))
    there.delete(owner)
    for (const member of this.#members.keys()) if (!there.has(member)) this.#members.delete(member)
    const keyOf = (member: string): string => memberKey(role, member)
    await this.#each([...there], keyOf, (member, found) => {
      const seen = seeMember(this.#members.get(member), found, steadyMs())
      if (seen === null) this.#members.delete(member)
      else this.#members.set(member, seen)
    })
    for (const member of deadMembers(this.#members, owner, steadyMs(), timing)) {
      this.#members.delete(member)
      // It is harmless where it stays: the next look tries again.
      store.delete(keyOf(member)).catch(() => undefined)
    }
  }

  #learn(name: string, found: Found): void {
    const { logger, steadyMs, timing } = this.#options
    try {
      this.#leases.set(name, see(name, this.#leases.get(name) ?? null, found, steadyMs(), timing.leaseMs))
      this.#doubted.delete(name)
      this.#damaged.delete(name)
    } catch (error) {
      if (!(error instanceof DamagedLease)) throw error
      this.#leases.delete(name)
      if (this.#damaged.has(name)) return
      this.#damaged.add(name)
      logger.error({ err: error, lease: name }, 'a lease is damaged, and nobody can take it')
    }
  }

  #spareAll(nowMs: number): void {
    for (const [name, seen] of this.#leases)
      if (!seen.isGivenBack) this.#leases.set(name, spared(seen, nowMs, this.#options.timing))
    for (const [member, seen] of this.#members) this.#members.set(member, spared(seen, nowMs, this.#options.timing))
  }

  /** Reads some keys, READS at once. */
  async #each(names: readonly string[], keyOf: (name: string) => string, learn: (name: string, found: Found) => void) {
    const { store, after, timing } = this.#options
    const waiting = [...names]
    const work = async (): Promise<void> => {
      for (let name = waiting.shift(); name !== undefined; name = waiting.shift())
        learn(name, await within(after, timing.answerMs, store.get(keyOf(name))))
    }
    await Promise.all(Array.from({ length: Math.min(READS, names.length) }, work))
  }
}
