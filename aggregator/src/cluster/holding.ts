import type { Logger } from 'pino'
import type { Tenure } from '../ports.js'
import { type Claim, type Grip, type GripEvent, gripAfter, gripOf } from './grip.js'
import { encodeLease, leaseKey } from './lease.js'
import { type ReleaseOptions, release } from './release.js'
import { TimedTenure } from './tenure.js'

export type Leaving = 'moved' | 'drained' | 'lost'

export interface HoldingOptions extends ReleaseOptions {
  readonly owner: string
  readonly steadyMs: () => number
  readonly logger: Logger
  readonly onTake: (tenure: Tenure) => Promise<void>
  readonly onLeave: (tenure: Tenure, why: Leaving) => Promise<void>
}

/** How it ended. `revision`: the last that is known of the lease. */
export interface Ended {
  readonly is: 'released' | 'lost'
  readonly revision: number
  /** It couldn't be served. */
  readonly wasRefused: boolean
}

/**
 * One tenure, from the taking of the lease to its end.
 * - `serving`: from the start, also while `onTake` is under way. Renews. Left by `leave`, by an `onTake` that rejects, by
 *   `abandon`, and where the lease can't be believed in any longer.
 * - `leaving`: waits for `onTake` to settle, then for `onLeave`. Goes on renewing for `leaveMs`, since something is
 *   served still; then it lets the lease run out. What was not served yet must not begin: the signal aborts at once.
 * - `lost`: as `leaving`, but the signal has aborted, nothing is renewed, and nothing given back.
 * - `over`: `ended` has resolved.
 */
export class Holding {
  readonly tenure: TimedTenure
  readonly ended: Promise<Ended>
  readonly #options: HoldingOptions
  readonly #claim: Claim
  #grip: Grip
  #revision: number
  #stage: 'serving' | 'leaving' | 'lost' | 'over' = 'serving'
  #isTaken = false
  #renewsUntilMs = Number.POSITIVE_INFINITY
  #cancel: () => void = () => undefined
  #leave: (why: Leaving | 'refused') => void = () => undefined

  /** Of a lease that was stored as `revision` by a write that began at `beganMs`. */
  constructor(
    options: HoldingOptions,
    { name, epoch }: Pick<Claim, 'name' | 'epoch'>,
    revision: number,
    beganMs: number,
  ) {
    const { owner, steadyMs, timing } = options
    this.#options = options
    this.#claim = { name, owner, epoch }
    this.#revision = revision
    this.#grip = gripOf(revision, beganMs, timing)
    this.tenure = new TimedTenure({ name, owner, epoch, heldUntilMs: this.#grip.heldUntilMs, steadyMs })
    const leaving = new Promise<Leaving | 'refused'>(resolve => {
      this.#leave = resolve
    })
    this.ended = this.#live(leaving)
  }

  get isServing(): boolean {
    return this.#stage === 'serving'
  }

  /** It may still end serving, and couldn't be taken anew before it has. */
  get isLost(): boolean {
    return this.#stage === 'lost'
  }

  /** Ends serving, then gives the lease back. Does nothing where it ends already. */
  leave(why: 'moved' | 'drained'): void {
    this.#endServing(why)
  }

  /** Ends as a crash would: nothing is given back. */
  abandon(): void {
    this.#lose()
  }

  async #live(leaving: Promise<Leaving | 'refused'>): Promise<Ended> {
    const { logger, onTake, onLeave } = this.#options
    const { name, epoch } = this.#claim
    const taken = this.#take(onTake, logger)
    this.#act()
    const why = await leaving
    const wasRefused = !(await taken)
    if (!wasRefused && why !== 'refused') {
      try {
        await onLeave(this.tenure, why)
      } catch (error) {
        logger.error({ err: error, lease: name, epoch }, 'a lease was left with an error')
      }
    }
    const isLost = this.#stage === 'lost' || this.#grip.is === 'gone'
    this.#stage = 'over'
    this.#cancel()
    this.tenure.end()
    const revision = isLost ? null : await release(this.#options, this.#claim, this.#revision)
    const end = { revision: revision ?? this.#revision, wasRefused: why === 'refused' }
    return { is: revision === null ? 'lost' : 'released', ...end }
  }

  async #take(onTake: HoldingOptions['onTake'], logger: Logger): Promise<boolean> {
    try {
      await onTake(this.tenure)
      this.#isTaken = true
      return true
    } catch (error) {
      const { name, epoch } = this.#claim
      if (this.#stage === 'serving') logger.error({ err: error, lease: name, epoch }, 'what was taken can’t be served')
      this.#endServing('refused')
      return false
    }
  }

  #endServing(why: 'moved' | 'drained' | 'refused'): void {
    if (this.#stage !== 'serving') return
    const { steadyMs, timing } = this.#options
    this.#stage = 'leaving'
    this.#renewsUntilMs = steadyMs() + timing.leaveMs
    if (!this.#isTaken) this.tenure.end()
    this.#leave(why)
    this.#act()
  }

  #lose(): void {
    if (this.#stage === 'over' || this.#stage === 'lost') return
    this.#cancel()
    this.tenure.end()
    // One that is leaving has its reason already.
    this.#stage = 'lost'
    this.#leave('lost')
  }

  /** Does what is due, and comes again when something will be. */
  #act(): void {
    this.#cancel()
    if (this.#stage === 'over' || this.#stage === 'lost') return
    const nowMs = this.#options.steadyMs()
    if (this.#grip.is === 'gone' || nowMs >= this.#grip.heldUntilMs) return this.#lose()
    if (nowMs < this.#renewsUntilMs && nowMs >= this.#grip.dueMs) this.#ask(this.#grip.is === 'sure', nowMs)
    const { dueMs, heldUntilMs } = this.#grip
    const nextMs = dueMs < this.#renewsUntilMs ? Math.min(dueMs, heldUntilMs) : heldUntilMs
    this.#cancel = this.#options.after(nextMs - nowMs, () => this.#act())
  }

  #ask(isSure: boolean, atMs: number): void {
    const { store, clock, steadyMs, timing, role } = this.#options
    const { name, owner, epoch } = this.#claim
    const key = leaseKey(name)
    const base = this.#revision
    this.#hear({ is: 'asked', atMs })
    if (isSure) {
      const value = encodeLease({ role, owner, epoch, until: clock.now() + timing.leaseMs })
      store.put(key, value, base).then(
        revision =>
          this.#heard({
            atMs: steadyMs(),
            ...(revision === null ? { is: 'conflict', base } : { is: 'stored', beganMs: atMs, revision }),
          }),
        () => this.#heard({ is: 'failed', base, atMs: steadyMs() }),
      )
    } else {
      store.get(key).then(
        found => this.#heard({ is: 'read', found, atMs: steadyMs() }),
        () => this.#heard({ is: 'unread', atMs: steadyMs() }),
      )
    }
  }

  #heard(event: GripEvent): void {
    if (this.#stage === 'over' || this.#stage === 'lost') return
    this.#hear(event)
    this.#act()
  }

  #hear(event: GripEvent): void {
    this.#grip = gripAfter(this.#grip, event, this.#claim, this.#options.timing)
    if (this.#grip.is === 'gone') return
    this.#revision = this.#grip.revision
    this.tenure.extend(this.#grip.heldUntilMs)
  }
}
