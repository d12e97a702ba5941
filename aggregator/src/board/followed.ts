import type { Clock } from '../ports.js'
import type { PartialHeader } from '../worker/index.js'
import { broken, follow, type Link, UNLINKED } from './chain.js'
import { ASK_MS } from './limits.js'

/** What a board has of a partition. */
export interface PartitionState {
  /** 0: nothing was heard of it yet. */
  readonly epoch: number
  /** The last entry of its log that is shown. */
  readonly sequence: number
  /** Since it was last heard of; null: never. */
  readonly ageMs: number | null
  /** What is shown of it may be old, or be missing. */
  readonly isStale: boolean
}

export interface FollowedOptions {
  readonly partitions: number
  readonly clock: Clock
  /** Without a message for so long a partition is stale. */
  readonly silentMs: number
  /** Asks whoever serves a partition for a whole partial. */
  readonly ask: (partition: number) => void
}

interface Place {
  link: Link
  sequence: number
  heardAt: number | null
  askedAt: number | null
}

/** Keeps the place of a board in the messages of each partition, and asks where it misses some. */
export class Followed {
  readonly #options: FollowedOptions
  readonly #places: readonly Place[]

  constructor(options: FollowedOptions) {
    this.#options = options
    this.#places = Array.from({ length: options.partitions }, () => ({
      link: UNLINKED,
      sequence: 0,
      heardAt: null,
      askedAt: null,
    }))
  }

  /** Whether a message is to be taken in now. */
  takes(partition: number, header: PartialHeader): boolean {
    const place = this.#places[partition]
    if (place === undefined) return false
    const { link, verdict } = follow(place.link, header)
    place.link = link
    if (verdict === 'ask') this.ask(partition)
    return verdict === 'take'
  }

  /** A message was taken in. */
  took(partition: number, sequence: number): void {
    const place = this.#places[partition]
    if (place === undefined) return
    place.sequence = sequence
    place.heardAt = this.#options.clock.now()
  }

  /** What was taken in is of no use without a whole one. */
  broke(partition: number): void {
    const place = this.#places[partition]
    if (place === undefined) return
    place.link = broken(place.link)
    this.ask(partition)
  }

  /** Asks for a whole partial, unless somebody did just now. */
  ask(partition: number): void {
    const place = this.#places[partition]
    if (place === undefined) return
    const now = this.#options.clock.now()
    // A clock that was set back is no reason to wait.
    if (place.askedAt !== null && now >= place.askedAt && now - place.askedAt < ASK_MS) return
    place.askedAt = now
    this.#options.ask(partition)
  }

  askAll(): void {
    for (const partition of this.#places.keys()) this.ask(partition)
  }

  /** Whether the entries up to `targets`, by partition, are taken in. */
  has(targets: readonly number[]): boolean {
    return targets.every((target, partition) => (this.#places[partition]?.sequence ?? 0) >= target)
  }

  /** Whether nothing was heard of a partition for too long, or ever. */
  isSilent(partition: number): boolean {
    const { clock, silentMs } = this.#options
    const heardAt = this.#places[partition]?.heardAt ?? null
    return heardAt === null || clock.now() - heardAt >= silentMs
  }

  /** By partition. */
  states(stale: ReadonlySet<number>): PartitionState[] {
    const now = this.#options.clock.now()
    return this.#places.map(({ link, sequence, heardAt }, partition) => ({
      epoch: link.epoch,
      sequence,
      ageMs: heardAt === null ? null : Math.max(0, now - heardAt),
      isStale: stale.has(partition),
    }))
  }
}
