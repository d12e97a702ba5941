import type { Logger } from 'pino'
import type { Bus, Clock, Store, Tenure } from '../ports.js'
import { balance } from './balance.js'
import { type Ended, Holding, type HoldingOptions, type Leaving } from './holding.js'
import { encodeLease, leaseKey } from './lease.js'
import { MOVES, TIMING, type Timing } from './limits.js'
import { Membership } from './membership.js'
import { release } from './release.js'
import { isWatched, type Seat, spotOf, turnsOf } from './seat.js'
import { type After, afterReal, within } from './waiting.js'
import { Watch } from './watch.js'

export interface TenancyOptions {
  readonly store: Store
  readonly bus: Bus
  readonly clock: Clock
  readonly logger: Logger
  /** Members of a role share its leases among themselves. */
  readonly role: string
  /** Of this process's life, and never of another one: after a restart a new one. */
  readonly owner: string
  /** What there is to hold: the same for every member of the role. */
  readonly names: readonly string[]
  /** Resolves once the thing is served. Rejects: the lease is given back and left alone for a while. */
  readonly onTake: (tenure: Tenure) => Promise<void>
  /**
   * Called once `onTake` has resolved, never before it has settled: the tenure's signal tells it earlier. 'moved' and
   * 'drained': serve no more; once it has resolved, the lease is given back. 'lost': it is gone already.
   */
  readonly onLeave: (tenure: Tenure, why: Leaving) => Promise<void>
  /** ms, from any start; never goes back, and goes on while the process stands still. */
  readonly steadyMs?: () => number
  readonly after?: After
  readonly timing?: Partial<Timing>
}

export interface TenancyFigures {
  readonly members: number
  /** Epochs of what is held, by name. */
  readonly epochs: ReadonlyMap<string, number>
  readonly taken: number
  /** Of those taken: from somebody whose lease had run out. */
  readonly takenOver: number
  /** Tenures that ended without being given back. */
  readonly lost: number
  /** Tenures that ended because the thing could not be served. */
  readonly refused: number
  /** Takings of which the Store didn't say whether they were done. */
  readonly failedTakes: number
  /** Looks to which the Store gave no answer. */
  readonly failedLooks: number
  /** How long the last look at the Store is past; null: none had an answer. */
  readonly lookAgeMs: number | null
}

/**
 * A member's part of the leases of its role.
 * - `open`: looks at the leases and members every `lookMs`, and at once when another one announces a change; takes and
 *   gives up what the balance asks for.
 * - `drained`: takes nothing; what was held is given back, and others are told.
 * - `closed`: stands still. What was still held is lost, and others wait until it has run out.
 */
export class Tenancy {
  readonly #options: TenancyOptions & { readonly steadyMs: () => number; readonly after: After }
  readonly #holdingOptions: HoldingOptions
  readonly #timing: Timing
  readonly #membership: Membership
  readonly #watch: Watch
  readonly #seats = new Map<string, Seat>()
  readonly #takings = new Set<Promise<void>>()
  readonly #counts = { taken: 0, takenOver: 0, lost: 0, refused: 0, failedTakes: 0 }
  readonly #unsubscribe: () => void
  #stage: 'open' | 'drained' | 'closed' = 'open'
  #isLooking = false
  #looksSoon = false
  #cancelLook: () => void = () => undefined
  #cancelStep: () => void = () => undefined
  #drained: Promise<void> | null = null

  private constructor(options: TenancyOptions, timing: Timing, membership: Membership) {
    const { steadyMs = () => performance.now(), after = afterReal } = options
    this.#options = { ...options, steadyMs, after }
    this.#timing = timing
    this.#holdingOptions = { ...this.#options, timing }
    this.#membership = membership
    this.#watch = new Watch({ ...this.#options, timing })
    for (const name of options.names) this.#seats.set(name, { is: 'watched', barredUntilMs: Number.NEGATIVE_INFINITY })
    this.#unsubscribe = options.bus.subscribe(this.#subject, bytes => this.#heard(bytes))
  }

  /** Resolves once this process is a member; rejects where the Store can't be reached. */
  static async open(options: TenancyOptions): Promise<Tenancy> {
    const timing = { ...TIMING, ...options.timing }
    const membership = await Membership.open({ after: afterReal, ...options, timing })
    const tenancy = new Tenancy(options, timing, membership)
    tenancy.#announce()
    await tenancy.#look()
    return tenancy
  }

  /** Tenures that last, in the order of the names; those among them that are being left are still held. */
  get held(): readonly Tenure[] {
    return this.#holdings().flatMap(({ tenure }) => (tenure.isHeld ? [tenure] : []))
  }

  /** Those that live, as far as is known; this one is counted. */
  get members(): number {
    return this.#watch.members.length
  }

  get figures(): TenancyFigures {
    const epochs = new Map(this.held.map(({ name, epoch }) => [name, epoch]))
    const { failures: failedLooks, ageMs: lookAgeMs } = this.#watch
    return { ...this.#counts, failedLooks, members: this.members, epochs, lookAgeMs }
  }

  /** Leaves all and ends the membership. Resolves once all is given back, or has had `leaveMs` for it. Never rejects. */
  drain(): Promise<void> {
    this.#drained ??= this.#drain()
    return this.#drained
  }

  /** Without a drain before, it looks to others like a crash. Resolves once `onLeave` has for all that was served. */
  async close(): Promise<void> {
    if (this.#stage === 'closed') return
    this.#stop('closed')
    this.#unsubscribe()
    this.#membership.stop()
    const holdings = this.#holdings()
    for (const holding of holdings) holding.abandon()
    await this.#atMost(this.#timing.leaveMs, holdings)
  }

  async #drain(): Promise<void> {
    if (this.#stage === 'closed') return
    this.#stop('drained')
    const left = this.#membership.leave().then(() => this.#announce())
    for (const holding of this.#holdings()) holding.leave('drained')
    await this.#atMost(this.#timing.leaveMs + this.#timing.answerMs, this.#holdings(), [left, ...this.#takings])
  }

  #stop(stage: 'drained' | 'closed'): void {
    this.#stage = stage
    this.#cancelLook()
    this.#cancelStep()
  }

  async #atMost(waitMs: number, holdings: readonly Holding[], others: readonly Promise<void>[] = []): Promise<void> {
    const all = Promise.all([...others, ...holdings.map(({ ended }) => ended)])
    await within(this.#options.after, waitMs, all).catch(() => {
      this.#options.logger.warn('not all that was held could be left in time')
    })
  }

  #holdings(): Holding[] {
    return [...this.#seats.values()].flatMap(seat => (seat.is === 'held' ? [seat.holding] : []))
  }

  get #subject(): string {
    return `lease.${this.#options.role}`
  }

  #announce(): void {
    this.#options.bus.publish(this.#subject, Buffer.from(this.#options.owner))
  }

  #heard(bytes: Uint8Array): void {
    if (Buffer.from(bytes).toString() !== this.#options.owner) this.#lookSoon()
  }

  #lookSoon(): void {
    if (!this.#isLooking && !this.#looksSoon) this.#lookAfter(this.#timing.soonMs)
    // Announcements that never end put it off no further.
    this.#looksSoon = true
  }

  #lookAfter(delayMs: number): void {
    if (this.#stage !== 'open') return
    this.#cancelLook()
    this.#cancelLook = this.#options.after(delayMs, () => void this.#look())
  }

  async #look(): Promise<void> {
    this.#isLooking = true
    this.#looksSoon = false
    await this.#watch.look([...this.#seats].flatMap(([name, seat]) => (isWatched(seat) ? [name] : [])))
    this.#isLooking = false
    this.#step()
    this.#lookAfter(this.#looksSoon ? this.#timing.soonMs : this.#timing.lookMs)
  }

  /** Takes and gives up what the balance asks for, and comes again when time alone will have changed something. */
  #step(): void {
    this.#cancelStep()
    if (this.#stage !== 'open') return
    const { owner, after, steadyMs } = this.#options
    const nowMs = steadyMs()
    // What was seen too long ago tells nothing: perhaps nobody could renew.
    if ((this.#watch.ageMs ?? Number.POSITIVE_INFINITY) > this.#timing.gapMs) return
    const seats = [...this.#seats].map(([name, seat]) => ({ name, seat, seen: this.#watch.known(name) }))
    const spots = seats.map(({ name, seat, seen }) => spotOf(name, seat, seen, owner, nowMs, this.#timing))
    const { take, give } = balance(spots, this.#watch.members, owner, { ...this.#timing, moves: MOVES })
    for (const name of give) {
      const seat = this.#seats.get(name)
      if (seat?.is === 'held') seat.holding.leave('moved')
    }
    for (const name of take) {
      const taking = this.#take(name).finally(() => this.#takings.delete(taking))
      this.#takings.add(taking)
    }
    const turns = seats.flatMap(({ seat, seen }) => turnsOf(seat, seen, owner, nowMs, this.#timing))
    const nextMs = Math.min(...[...turns, this.#watch.nextDeathMs].filter(turnMs => turnMs > nowMs))
    if (nextMs - nowMs < this.#timing.lookMs) this.#cancelStep = after(nextMs - nowMs, () => this.#step())
  }

  async #take(name: string): Promise<void> {
    const { store, clock, logger, role, owner, after, steadyMs } = this.#options
    const seen = this.#watch.known(name)
    if (seen === null) return
    this.#seats.set(name, { is: 'taking' })
    const epoch = seen.lease.epoch + 1
    const beganMs = steadyMs()
    const usefulMs = this.#timing.leaseMs - this.#timing.marginMs
    const value = encodeLease({ role, owner, epoch, until: clock.now() + this.#timing.leaseMs })
    let revision: number | null = null
    try {
      revision = await within(after, usefulMs, store.put(leaseKey(name), value, seen.revision))
    } catch (error) {
      this.#counts.failedTakes++
      logger.warn({ err: error, lease: name, epoch }, 'whether a lease was taken isn’t known')
    }
    // Also where it is ours but came too late, or may be: the next look tells, and it can be taken again.
    if (revision === null || steadyMs() >= beganMs + usefulMs || this.#stage === 'closed') return this.#watchAgain(name)
    if (this.#stage === 'drained') {
      await release(this.#holdingOptions, { name, owner, epoch }, revision)
      return this.#announce()
    }
    this.#counts.taken++
    if (seen.lease.owner !== null && seen.lease.owner !== owner) this.#counts.takenOver++
    logger.info({ lease: name, epoch }, 'taken')
    const holding = new Holding(this.#holdingOptions, { name, epoch }, revision, beganMs)
    this.#seats.set(name, { is: 'held', holding })
    void holding.ended.then(end => this.#ended(holding, end))
  }

  #watchAgain(name: string): void {
    this.#watch.doubt(name)
    this.#seats.set(name, { is: 'watched', barredUntilMs: this.#options.steadyMs() + this.#timing.retryMs })
    this.#lookSoon()
  }

  #ended({ tenure: { name, epoch } }: Holding, { is, revision, wasRefused }: Ended): void {
    const { logger, owner, role, steadyMs } = this.#options
    const nowMs = steadyMs()
    const isGivenBack = is === 'released'
    logger.info({ lease: name, epoch }, isGivenBack ? 'given back' : 'lost')
    if (!isGivenBack) this.#counts.lost++
    if (wasRefused) this.#counts.refused++
    const lease = { role, owner: isGivenBack ? null : owner, epoch, until: 0 }
    this.#watch.know(name, { lease, revision, sinceMs: nowMs, isGivenBack })
    this.#seats.set(name, { is: 'watched', barredUntilMs: nowMs + (wasRefused ? this.#timing.barMs : 0) })
    if (isGivenBack) this.#announce()
    this.#lookSoon()
  }
}
