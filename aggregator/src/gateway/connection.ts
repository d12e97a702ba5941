import type { Duplex } from 'node:stream'
import {
  type BatchFrame,
  type ErrorFrame,
  Fault,
  Frame,
  HEARTBEAT_MS,
  readClientFrame,
  type ServerFrame,
  type SubscribeFrame,
} from '@pulssi/protocol'
import type { WebSocket } from 'ws'
import { type Board, prepareFrame } from '../board/index.js'
import type { Clock } from '../ports.js'
import type { Access, Reader } from './access.js'
import { Acks } from './acks.js'
import { admitHello, admitReader, type Caller, type Role } from './admit.js'
import type { Appender } from './appender.js'
import { Bucket } from './bucket.js'
import type { BatchOwner } from './contribution.js'
import type { DayIdentity } from './identity.js'
import type { Limits } from './limits.js'
import { AWAITING_HELLO, type Effect, type Input, type Judge, type NotNow, type Session, step } from './session.js'
import { type Outlet, Subscriptions } from './subscriptions.js'

/** What all connections share. */
export interface Surroundings {
  readonly access: Access
  readonly days: DayIdentity
  readonly appender: Appender
  readonly board: Board
  readonly limits: Limits
  readonly clock: Clock
}

/** Longest reason that a close frame has room for (RFC 6455, section 5.5), in bytes; reasons are sent as ASCII. */
const REASON_BYTES = 123

/** The shell of a session: its socket, its timer, its subscriptions. */
export class Connection implements BatchOwner, Outlet {
  readonly acks = new Acks()
  readonly #around: Surroundings
  readonly #socket: WebSocket
  /** The stream under the WebSocket, for frames that are prepared once for many. */
  readonly #stream: Duplex
  readonly #judge: Judge
  readonly #subscriptions: Subscriptions
  readonly #helloTimer: NodeJS.Timeout
  #session: Session = AWAITING_HELLO
  #bucket: Bucket
  #receivedAt = 0
  #due = false
  #reads = false
  #answered = true

  constructor(socket: WebSocket, stream: Duplex, caller: Caller, around: Surroundings) {
    const { access, days, appender, board, limits, clock } = around
    this.#subscriptions = new Subscriptions(board, this, limits.subscriptions)
    this.#around = around
    this.#socket = socket
    this.#stream = stream
    this.#bucket = new Bucket(limits.readerMessagesPerSecond, clock.now())
    this.#judge = {
      hello: frame => admitHello(frame, caller, access, days),
      auth: frame => admitReader(access, frame[1]),
      capacity: frame => this.#tooMany() ?? (frame[0] === Frame.batch ? appender.capacity() : null),
    }
    this.#helloTimer = setTimeout(() => this.#step({ type: 'helloLate' }), limits.helloMs)
    socket.on('message', (data, isBinary) => this.#hear(data as Buffer, isBinary))
    socket.on('pong', () => {
      this.#answered = true
    })
    socket.on('close', () => this.#ended())
  }

  /** Says that the server lives, to who has ever subscribed; `prepared` is the heartbeat of the moment. */
  beat(prepared: Uint8Array): void {
    if (this.#reads && !this.#full() && !this.congested) this.write(prepared)
  }

  /** Cuts the connection off if the last ping is unanswered, else sends one. */
  ping(): void {
    if (!this.#answered) return this.#socket.terminate()
    this.#answered = false
    if (this.#socket.readyState === this.#socket.OPEN) this.#socket.ping()
  }

  /** Says goodbye and ignores whatever still comes. */
  leave(code: number, message: string): void {
    this.#session = { state: 'closing' }
    this.#close(code, message)
  }

  terminate(): void {
    this.#socket.terminate()
  }

  /** Writes a frame that has its WebSocket header. */
  write(prepared: Uint8Array): void {
    if (this.#socket.readyState !== this.#socket.OPEN || this.#full()) return
    this.#stream.write(prepared)
  }

  get congested(): boolean {
    return this.#stream.writableNeedDrain
  }

  due(): void {
    if (this.#due) return
    this.#due = true
    queueMicrotask(() => {
      this.#due = false
      for (const frame of this.acks.take()) this.#send(frame)
    })
  }

  lost(frame: number, why: NotNow): void {
    this.#step({ type: 'lost', frame, why })
  }

  tell(error: ErrorFrame): void {
    this.#send(error)
  }

  #hear(data: Buffer, isBinary: boolean): void {
    if (this.#session.state === 'closing') return
    this.#receivedAt = this.#around.clock.now()
    if (!isBinary) return this.#step({ type: 'text' })
    const read = readClientFrame(data)
    if (!read.ok) return this.#step({ type: 'malformed', message: read.message })
    if (read.frame[0] === Frame.batch && this.#eventsOf(read.frame) > this.#around.limits.batchEvents) {
      return this.#step({ type: 'malformed', message: 'the batch has more events than welcome allowed' })
    }
    this.#step({ type: 'frame', frame: read.frame })
  }

  #eventsOf(frame: BatchFrame): number {
    let events = 0
    for (const group of frame[4]) events += group[4].length
    return events
  }

  #tooMany(): NotNow | null {
    const retryMs = this.#bucket.take(this.#receivedAt)
    return retryMs === 0 ? null : { fault: Fault.rateLimited, message: 'too many messages', retryMs }
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
        this.#around.appender.batch(effect.frame, effect.writer, this.#receivedAt, this)
        return
      case 'subscribe':
        return this.#subscribe(effect.reader, effect.frame)
      case 'unsubscribe':
        return this.#subscriptions.remove(effect.id)
      case 'reader':
        return this.#subscriptions.renew(effect.reader)
      case 'forget':
        return this.acks.forget(effect.frame)
      case 'notTaken': {
        const { fault, message, retryMs } = effect.why
        return this.#send([Frame.error, fault, message, retryMs, effect.frame, null])
      }
      case 'close':
        return this.#close(effect.code, effect.message)
      default:
        return effect satisfies never
    }
  }

  #welcome({ writer, rate }: Role): void {
    const { limits, clock } = this.#around
    const perSecond = {
      page: limits.pageMessagesPerSecond,
      service: limits.serviceMessagesPerSecond,
      reader: limits.readerMessagesPerSecond,
    }[rate]
    clearTimeout(this.#helloTimer)
    const now = clock.now()
    this.#bucket = new Bucket(perSecond, now)
    const visitor = writer?.visitor ?? null
    this.#send([Frame.welcome, visitor, now, limits.frameBytes, limits.batchEvents, perSecond, HEARTBEAT_MS])
  }

  #subscribe(reader: Reader, frame: SubscribeFrame): void {
    this.#reads = true
    if (this.#subscriptions.add(reader, frame)) return
    this.#step({ type: 'malformed', message: 'the connection has as many subscriptions as it may' })
  }

  /** In one piece with its header: ws would write two, and acks are what a busy server writes most. */
  #send(frame: ServerFrame): void {
    this.write(prepareFrame(frame))
  }

  /** A receiver that lets this much wait is cut off: a queue for it would only grow. */
  #full(): boolean {
    if (this.#stream.writableLength <= this.#around.limits.outboundBytes) return false
    this.#socket.terminate()
    return true
  }

  #close(code: number, message: string): void {
    clearTimeout(this.#helloTimer)
    this.#socket.close(code, message.replace(/[^ -~]/g, '?').slice(0, REASON_BYTES))
  }

  #ended(): void {
    clearTimeout(this.#helloTimer)
    this.#session = { state: 'closing' }
    this.#subscriptions.clear()
  }
}

export const heartbeat = (clock: number): Uint8Array => prepareFrame([Frame.heartbeat, clock])
