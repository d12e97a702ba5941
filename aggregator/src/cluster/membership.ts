import type { Clock, Store } from '../ports.js'
import type { Timing } from './limits.js'
import { encodeMember, memberKey } from './members.js'
import { type After, within } from './waiting.js'

/** Renewals without an answer, beyond which no other is sent. */
const UNANSWERED = 3

export interface MembershipOptions {
  readonly store: Store
  readonly clock: Clock
  readonly after: After
  readonly timing: Timing
  readonly role: string
  readonly owner: string
}

/** This process's record among the members of a role, renewed until it ends. */
export class Membership {
  readonly #options: MembershipOptions
  readonly #unanswered = new Set<Promise<unknown>>()
  #cancel: () => void = () => undefined
  #isOver = false

  private constructor(options: MembershipOptions) {
    this.#options = options
  }

  /** Resolves once the record is stored; rejects where it can't be. */
  static async open(options: MembershipOptions): Promise<Membership> {
    const membership = new Membership(options)
    await membership.#write()
    membership.#beat()
    return membership
  }

  /** Takes the record away, so that others count on this one no more. Never rejects: it runs out by itself, too. */
  async leave(): Promise<void> {
    this.stop()
    const { store, after, timing, role, owner } = this.#options
    const work = async (): Promise<void> => {
      // One that comes after the removal would bring it back.
      await Promise.all(this.#unanswered)
      await store.delete(memberKey(role, owner))
    }
    await within(after, timing.answerMs, work()).catch(() => undefined)
  }

  /** Renews it no more. */
  stop(): void {
    this.#isOver = true
    this.#cancel()
  }

  #beat(): void {
    if (this.#isOver) return
    const { after, timing } = this.#options
    this.#cancel = after(timing.renewMs, () => {
      if (this.#unanswered.size < UNANSWERED) this.#keep(this.#write())
      this.#beat()
    })
  }

  #write(): Promise<unknown> {
    const { store, clock, timing, role, owner } = this.#options
    return store.put(memberKey(role, owner), encodeMember({ until: clock.now() + timing.leaseMs }), null)
  }

  #keep(write: Promise<unknown>): void {
    const kept: Promise<unknown> = write.catch(() => undefined).finally(() => this.#unanswered.delete(kept))
    this.#unanswered.add(kept)
  }
}
