import { addressGroup } from './address.js'
import { Bucket } from './bucket.js'
import type { Limits } from './limits.js'

export type AddressLimits = Pick<
  Limits,
  | 'addresses'
  | 'attemptsPerAddressPerSecond'
  | 'pendingPerAddress'
  | 'connectionsPerAddress'
  | 'subscriptionsPerAddress'
  | 'pageEventsPerAddressPerSecond'
  | 'faultsPerAddressPerMinute'
  | 'commentsPerAddressPerMinute'
  | 'pageRequestsPerSecond'
  | 'serviceRequestsPerSecond'
  | 'readerRequestsPerSecond'
>

/** Whose allowance of requests one is taken from, by what the request says of itself. */
export type RequestKind = 'page' | 'service' | 'reader'

const SECONDS_A_MINUTE = 60
/** An address with nothing open is forgotten after one to two of these: by then all its buckets are full again. */
const GENERATION_MS = 120_000

/** What one address (IPv6: one /64) has open, and what it may still do. */
export class Address {
  /** TCP connections, WebSockets among them. Behind a trusted proxy they are the proxy's, and not counted. */
  connections = 0
  sockets = 0
  subscriptions = 0
  readonly #limits: AddressLimits
  readonly #now: () => number
  readonly #attempts: Bucket
  readonly #faults: Bucket
  #events: Bucket | null = null
  #comments: Bucket | null = null
  readonly #requests = new Map<RequestKind, Bucket>()

  constructor(limits: AddressLimits, now: () => number) {
    const perMinute = limits.faultsPerAddressPerMinute
    this.#limits = limits
    this.#now = now
    this.#attempts = new Bucket(limits.attemptsPerAddressPerSecond, now())
    this.#faults = new Bucket(perMinute / SECONDS_A_MINUTE, now(), perMinute)
  }

  /** ms until another connection or request is taken after too many faults; 0: now. */
  get bannedMs(): number {
    return this.#faults.waitMs(this.#now())
  }

  /** Counts an attempt to connect. Returns the ms until one is taken; 0: now. */
  attempt(): number {
    return this.bannedMs || this.#attempts.take(this.#now())
  }

  /** Whether there are as many connections that are no WebSockets as there may be. */
  get crowded(): boolean {
    return this.connections - this.sockets >= this.#limits.pendingPerAddress
  }

  /** Whether there are more WebSockets than there may be. */
  get overfull(): boolean {
    return this.sockets > this.#limits.connectionsPerAddress
  }

  get maySubscribe(): boolean {
    return this.subscriptions < this.#limits.subscriptionsPerAddress
  }

  /** Counts an HTTP request. Returns the ms until one is taken; 0: now. */
  request(kind: RequestKind): number {
    const limits = this.#limits
    const perSecond = {
      page: limits.pageRequestsPerSecond,
      service: limits.serviceRequestsPerSecond,
      reader: limits.readerRequestsPerSecond,
    }[kind]
    const bucket = this.#requests.get(kind) ?? new Bucket(perSecond, this.#now())
    this.#requests.set(kind, bucket)
    return this.bannedMs || bucket.take(this.#now())
  }

  /** Counts events of a page. Returns the ms until so many are taken; 0: now. */
  events(count: number): number {
    this.#events ??= new Bucket(this.#limits.pageEventsPerAddressPerSecond, this.#now())
    return this.#events.take(this.#now(), count)
  }

  /** Counts a comment. Returns the ms until one is kept; 0: now. */
  comment(): number {
    const perMinute = this.#limits.commentsPerAddressPerMinute
    this.#comments ??= new Bucket(perMinute / SECONDS_A_MINUTE, this.#now(), perMinute)
    return this.#comments.take(this.#now())
  }

  /** Something came that no client of ours sends. */
  fault(weight = 1): void {
    this.#faults.spend(this.#now(), weight)
  }

  get isIdle(): boolean {
    return this.connections === 0 && this.sockets === 0 && this.subscriptions === 0
  }
}

type Counted = 'connections' | 'sockets' | 'subscriptions'

/**
 * All addresses that are known. Those with something open are held. The others live in two generations: where the
 * younger one is full or old it takes the older one's place, so that memory stays bounded under any number of
 * addresses; one that is forgotten too early begins anew with full buckets.
 */
export class Addresses {
  readonly now: () => number
  readonly #limits: AddressLimits
  readonly #held = new Map<string, Address>()
  #young = new Map<string, Address>()
  #old = new Map<string, Address>()
  #turnedAt: number

  /** `now`: ms of a steady clock. */
  constructor(limits: AddressLimits, now: () => number) {
    this.now = now
    this.#limits = limits
    this.#turnedAt = now()
  }

  /** Addresses in memory. */
  get size(): number {
    return this.#held.size + this.#young.size + this.#old.size
  }

  of(address: string): Address {
    return this.#find(addressGroup(address))
  }

  /** Counts something open up; returns what counts it down again, once. */
  hold(address: string, what: Counted): () => void {
    const group = addressGroup(address)
    const found = this.#find(group)
    if (found.isIdle) {
      this.#young.delete(group)
      this.#held.set(group, found)
    }
    found[what]++
    let isHeld = true
    return () => {
      if (!isHeld) return
      isHeld = false
      found[what]--
      if (!found.isIdle) return
      this.#held.delete(group)
      this.#keep(group, found)
    }
  }

  #find(group: string): Address {
    const known = this.#held.get(group) ?? this.#young.get(group)
    if (known !== undefined) return known
    const found = this.#old.get(group) ?? new Address(this.#limits, this.now)
    this.#old.delete(group)
    this.#keep(group, found)
    return found
  }

  #keep(group: string, address: Address): void {
    const now = this.now()
    if (this.#young.size >= this.#limits.addresses / 2 || now - this.#turnedAt > GENERATION_MS) {
      this.#old = this.#young
      this.#young = new Map()
      this.#turnedAt = now
    }
    this.#young.set(group, address)
  }
}
