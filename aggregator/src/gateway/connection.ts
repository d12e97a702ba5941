import type { Duplex } from 'node:stream'
import {
  Close,
  type ErrorFrame,
  Fault,
  Frame,
  HEARTBEAT_MS,
  readClientFrame,
  type SubscribeFrame,
} from '@pulssi/protocol'
import type { WebSocket } from 'ws'
import type { Board } from '../board/index.js'
import type { Tally } from '../metrics/index.js'
import type { Clock } from '../ports.js'
import type { Access, Reader } from './access.js'
import { Acks } from './acks.js'
import type { Address, Addresses } from './addresses.js'
import { type Admission, admitAgain, type Caller, type Role } from './admit.js'
import type { Appender } from './appender.js'
import type { CommentRates } from './comments.js'
import type { BatchOwner } from './contribution.js'
import { Expiry } from './expiry.js'
import { Hearing } from './hearing.js'
import type { DayIdentity } from './identity.js'
import { judgeOf } from './judge.js'
import type { Limits } from './limits.js'
import { Line } from './line.js'
import { eventsOf, Pace } from './pace.js'
import type { Pages } from './pages.js'
import { numberOf } from './peek.js'
import { FLOOD_FAULTS } from './retry.js'
import { AWAITING_HELLO, type Effect, type Input, type Judge, type NotNow, type Session, step } from './session.js'
import type { Outlet } from './subscriptions.js'
import type { Overheard } from './voicing.js'

/** What all connections share. */
export interface Surroundings {
  readonly access: Access
  readonly days: DayIdentity
  readonly appender: Appender
  readonly addresses: Addresses
  readonly board: Board
  readonly limits: Limits
  readonly clock: Clock
  readonly tally: Tally
  readonly comments: CommentRates
  readonly pages: Pages
}

/** What a refused subscription is told to wait, ms. */
const RETRY_MS = 10_000
const TOO_MANY_SUBSCRIPTIONS = 'this address has as many subscriptions as it may'
/** Close codes that no client of ours brings upon itself again and again. */
const FAULTS: ReadonlySet<number> = new Set([
  Close.unsupportedData,
  Fault.badFrame,
  Fault.unauthorized,
  Fault.helloTimeout,
])

/** The shell of a session: its socket, its timer, its subscriptions. */
export class Connection implements BatchOwner, Outlet {
  readonly acks = new Acks()
  /** The close code that was sent; null: none was. */
  closedWith: number | null = null
  readonly #around: Surroundings
  readonly #line: Line
  readonly #address: Address
  readonly #judge: Judge
  readonly #hearing: Hearing
  readonly #helloTimer: NodeJS.Timeout
  readonly #expiry: Expiry
  readonly #review: (role: Role) => Admission<Role>
  #session: Session = AWAITING_HELLO
  #pace: Pace
  #receivedAt = 0
  #due = false
  #leavePage = (): void => {}

  constructor(socket: WebSocket, stream: Duplex, caller: Caller, around: Surroundings) {
    const { access, addresses, limits, clock } = around
    this.#address = addresses.of(caller.address)
    const another = (): (() => void) | null =>
      this.#address.maySubscribe ? addresses.hold(caller.address, 'subscriptions') : null
    this.#hearing = new Hearing(this, { ...around, another, now: addresses.now })
    this.#around = around
    this.#line = new Line(socket, stream, limits)
    this.#pace = this.#paceOf('reader')
    const verified = (admission: Admission<Reader>): void => this.#step({ type: 'verified', admission })
    this.#judge = judgeOf(caller, around, () => this.#pace, verified)
    this.#review = role => admitAgain(role, caller, access)
    this.#expiry = new Expiry(clock, () => this.#step({ type: 'expired' }))
    this.#helloTimer = setTimeout(() => this.#step({ type: 'helloLate' }), limits.helloMs)
    socket.on('message', (data, isBinary) => this.#hear(data as Buffer, isBinary))
    socket.on('ping', data => this.#beside(() => this.#line.pong(data)))
    socket.on('pong', () => this.#beside(() => {}))
    socket.on('error', () => {
      this.#address.fault()
      this.rest()
    })
    socket.on('close', () => this.#ended())
  }

  /** `prepared`: the heartbeat of the moment. */
  beat(prepared: Uint8Array): void {
    this.#hearing.beat(prepared)
  }

  inform(touchpoint: string, prepared: Uint8Array): void {
    this.#hearing.inform(this.#reader, touchpoint, prepared)
  }

  overhear(news: readonly Overheard[]): void {
    this.#hearing.overhear(this.#reader, news)
  }

  ping(content: Buffer): void {
    this.#line.ping(content)
  }

  /** Takes nothing more. What was taken is still acknowledged. */
  rest(): void {
    clearTimeout(this.#helloTimer)
    this.#session = { state: 'closing' }
  }

  /** Says goodbye and ignores whatever still comes. */
  leave(code: number, message: string): void {
    this.rest()
    this.#close(code, message)
  }

  /** Keys and tokens have changed: what this connection was admitted by may be gone. */
  review(): void {
    this.#step({ type: 'reviewed', review: this.#review })
  }

  terminate(): void {
    this.#line.terminate()
  }

  write(prepared: Uint8Array): void {
    this.#line.write(prepared)
  }

  get congested(): boolean {
    return this.#line.congested
  }

  due(): void {
    if (this.#due) return
    this.#due = true
    queueMicrotask(() => {
      this.#due = false
      for (const frame of this.acks.take()) this.#line.send(frame)
    })
  }

  lost(frame: number, why: NotNow): void {
    this.#step({ type: 'lost', frame, why })
  }

  tell(error: ErrorFrame): void {
    this.#line.send(error)
  }

  #hear(data: Buffer, isBinary: boolean): void {
    if (this.#session.state === 'closing') return
    if (this.#pace.heard()) return this.#flooded()
    if (this.#skims(data)) return
    this.#receivedAt = this.#around.clock.now()
    if (!isBinary) return this.#step({ type: 'text' })
    const read = readClientFrame(data)
    if (read.ok) this.#around.tally.frame(read.frame[0])
    else this.#around.tally.brokenFrames++
    if (!read.ok) return this.#step({ type: 'malformed', message: read.message })
    if (read.frame[0] === Frame.batch && eventsOf(read.frame) > this.#around.limits.batchEvents) {
      return this.#step({ type: 'malformed', message: 'the batch has more events than welcome allowed' })
    }
    this.#step({ type: 'frame', frame: read.frame })
  }

  /** Whether a frame is dropped or refused before it is decoded: after a refusal that is all that most are worth. */
  #skims(data: Buffer): boolean {
    if (this.#session.state !== 'refusing') return false
    const { from } = this.#session
    const number = numberOf(data)
    if (number === null || number < from) return false
    if (number > from) return true
    const why = this.#pace.refusal
    if (why !== null) this.#line.send([Frame.error, why.fault, why.message, why.retryMs, from, null])
    return why !== null
  }

  /** Pings and pongs count as messages do. */
  #beside(act: () => void): void {
    if (this.#session.state === 'closing') return
    if (this.#pace.heard()) this.#flooded()
    else act()
  }

  #flooded(): void {
    if (this.#session.state === 'closing') return
    this.#address.fault(FLOOD_FAULTS)
    this.leave(Close.policy, 'many times more messages than welcome allowed')
  }

  #step(input: Input): void {
    const [session, effects] = step(this.#session, input, this.#judge)
    this.#session = session
    for (const effect of effects) this.#do(effect)
  }

  #do(effect: Effect): void {
    switch (effect.type) {
      case 'welcome':
        return this.#welcome(effect.role)
      case 'take':
        this.#around.appender.take(effect.frame, effect.writer, this.#receivedAt, this)
        return
      case 'subscribe':
        return this.#subscribe(effect.reader, effect.frame)
      case 'unsubscribe':
        return this.#hearing.unsubscribe(effect.id)
      case 'reader':
        return this.#read(effect.reader)
      case 'forget':
        return this.acks.forget(effect.frame)
      case 'notTaken': {
        const { fault, message, retryMs } = effect.why
        this.#around.tally.notTaken.add(fault)
        return this.#line.send([Frame.error, fault, message, retryMs, effect.frame, null])
      }
      case 'close':
        if (FAULTS.has(effect.code)) this.#address.fault()
        return this.#close(effect.code, effect.message)
      case 'dismiss':
        return this.#close(effect.code, effect.message)
      default:
        return effect satisfies never
    }
  }

  #paceOf(rate: Role['rate']): Pace {
    const { limits, addresses } = this.#around
    return new Pace({ limits, rate, address: this.#address, now: addresses.now })
  }

  get #reader(): Reader | null {
    return 'role' in this.#session ? this.#session.role.reader : null
  }

  #welcome(role: Role): void {
    const { limits, clock, pages } = this.#around
    clearTimeout(this.#helloTimer)
    this.#leavePage = pages.enter(role, this)
    this.#pace = this.#paceOf(role.rate)
    const { perSecond } = this.#pace
    this.#line.send([
      Frame.welcome,
      role.writer?.visitor ?? null,
      clock.now(),
      limits.frameBytes,
      limits.batchEvents,
      perSecond,
      HEARTBEAT_MS,
    ])
  }

  #read(reader: Reader): void {
    this.#expiry.set(reader.expiresAt)
    if (!this.#hearing.renew(reader)) this.leave(Fault.forbidden, 'this token lacks the scope pulse')
  }

  #subscribe(reader: Reader, frame: SubscribeFrame): void {
    switch (this.#hearing.subscribe(reader, frame)) {
      case 'added':
        return
      case 'tooMany':
        return this.#step({ type: 'malformed', message: 'the connection has as many subscriptions as it may' })
      case 'tooManyOfAddress':
        return this.#line.send([Frame.error, Fault.rateLimited, TOO_MANY_SUBSCRIPTIONS, RETRY_MS, null, null])
    }
  }

  #close(code: number, message: string): void {
    clearTimeout(this.#helloTimer)
    this.#expiry.set(null)
    this.closedWith ??= code
    this.#line.close(code, message)
  }

  #ended(): void {
    clearTimeout(this.#helloTimer)
    this.#expiry.set(null)
    this.#session = { state: 'closing' }
    this.#hearing.end()
    this.#leavePage()
  }
}
