import {
  BATCH_EVENTS,
  Close,
  type ErrorFrame,
  Fault,
  FRAME_BYTES,
  Frame,
  IDENTITIES,
  Refusal,
  type ServerFrame,
  STREAM_LIFE_MS,
} from '@pulssi/protocol/client'
import { SILENT } from './connection.js'
import type { Environment } from './environment.js'
import type { Self } from './identity.js'
import {
  COALESCE_MS,
  EVENT_HEAD_BYTES,
  FRAMES_IN_FLIGHT,
  OUTBOX_BYTES,
  OUTBOX_EVENTS,
  RETRY_MS,
  SILENCE_MS,
  STREAM_VISITORS,
} from './limits.js'
import { Outbox } from './outbox.js'
import { pack } from './pack.js'
import type { Lost, PulseEvent, PulseOptions, Sent, Stats, Told } from './types.js'
import { Wire, type WireListener } from './wire.js'

const AGENT = 'pulssi-js/0.1.0'

/** Beside what the host can listen to there are two things that only `debug` shows. */
export type Tell = <Name extends keyof Told | 'event' | 'ack'>(
  name: Name,
  told: Name extends keyof Told ? Told[Name] : unknown,
) => void

/**
 * Carries events to the server: numbers them, packs them into frames, keeps them until they are acknowledged, sends
 * them again. Its modes are those of the connection, whose state machine decides; here are the consequences.
 */
export class Session implements WireListener {
  self: Self = { identity: 'day', visitor: null }
  readonly outbox: Outbox
  readonly wire: Wire
  readonly lost: Lost = { overflow: 0, refused: 0, consent: 0, closed: 0, stopped: 0 }
  readonly counts: Omit<Stats, 'queued' | 'lost'> = { sent: 0, acked: 0, refused: 0 }
  readonly #options: PulseOptions
  readonly #environment: Environment
  readonly #tell: Tell
  /** The next sequence number of each visitor in this stream; the SDK's own visitor is ''. */
  #seqs = new Map<string, number>()
  #stream = ''
  #bornAt = 0
  /** The stream that this connection's hello named. */
  #helloStream = ''
  #maxEvents = BATCH_EVENTS
  #maxBytes = FRAME_BYTES
  /** Between an event and its frame, so that frames keep within the server's rate. */
  #coalesceMs = COALESCE_MS
  #cancelPump: (() => void) | undefined
  #cancelWatch = () => {}
  #waiters: (() => void)[] = []

  constructor(options: PulseOptions, environment: Environment, tell: Tell) {
    this.#options = options
    this.#environment = environment
    this.#tell = tell
    this.outbox = new Outbox(options.outboxBytes ?? OUTBOX_BYTES)
    this.wire = new Wire(options.url, environment, this)
    this.renew()
  }

  /** Why nothing will ever be sent again, or false. */
  get over(): 'closed' | 'stopped' | false {
    const { phase } = this.wire.state
    return (phase === 'closed' || phase === 'stopped') && phase
  }

  /** A new stream, in which every visitor begins at 0: a number is never given twice in one stream. */
  renew(): void {
    this.#stream = this.#environment.makeId()
    this.#bornAt = this.#environment.now()
    this.#seqs = new Map()
  }

  /** Loses what is queued. */
  discard(reason: keyof Lost): void {
    this.lost[reason] += this.outbox.remove(() => true).length
    this.#settle()
  }

  /** Resolves once at most `queued` events are left, or nothing will ever be sent again. */
  async flush(queued: number): Promise<void> {
    this.pump()
    while (this.outbox.queue.length > queued && !this.over) await new Promise<void>(done => this.#waiters.push(done))
  }

  /** `lossless`: nothing gives way for it; `full` instead. The event has been checked. */
  submit(event: PulseEvent, maxEvents = this.#options.outboxEvents ?? OUTBOX_EVENTS, lossless = false): Sent {
    const { outbox, over, lost } = this
    const { visitor = null, at = 0 } = event
    if (over) {
      lost[over]++
      return 'closed'
    }
    const sizeBytes = new TextEncoder().encode(JSON.stringify(event)).length + EVENT_HEAD_BYTES
    if (lossless && !outbox.hasRoom(sizeBytes, maxEvents)) return 'full'
    if (event.seq === undefined) this.#renewIfDue()
    const { stream = this.#stream, seq = this.#next(visitor ?? '') } = event
    this.#tell('event', event)
    lost.overflow += outbox.add({ event, visitor, stream, seq, at, sizeBytes, frame: 0, position: 0 }, maxEvents)
    this.#cancelPump ??= this.#environment.after(this.#options.coalesceMs ?? this.#coalesceMs, () => this.pump())
    return 'queued'
  }

  hello(): readonly unknown[] {
    const { key, proof } = this.#options
    const { identity, visitor } = this.self
    this.#helloStream = this.#stream
    return [Frame.hello, key, IDENTITIES.indexOf(identity), visitor, proof, this.#stream, AGENT]
  }

  ready(): void {
    this.pump()
  }

  frame(frame: ServerFrame): void {
    const { outbox, counts } = this
    if (frame[0] === Frame.welcome) {
      const [, visitor, , frameBytes, batchEvents, messagesPerSecond] = frame
      this.self = { ...this.self, visitor: visitor ?? this.self.visitor }
      this.#maxBytes = Math.min(frameBytes, FRAME_BYTES)
      this.#maxEvents = Math.min(batchEvents, BATCH_EVENTS)
      this.#coalesceMs = Math.max(COALESCE_MS, 1_000 / messagesPerSecond)
      this.#tell('open', { visitor: this.self.visitor })
    } else if (frame[0] === Frame.ack) {
      this.#tell('ack', frame)
      for (const [number, position, code] of frame[2]) this.#refuse(code, '', number, position)
      for (const entry of outbox.acknowledge(frame[1])) if (!entry.refused) counts.acked++
      this.#settle()
      this.pump()
    } else if (frame[0] === Frame.error) this.#fault(frame)
  }

  dropped(code: number, retryMs: number | null): void {
    const { outbox, lost } = this
    if (code === Fault.badFrame || code === Close.tooBig) {
      for (const { event, refused } of outbox.breakUp()) {
        if (!refused) lost.refused++
        this.#tell('refused', { code: Refusal.badEvent, message: 'broke its frame', event })
      }
    }
    outbox.restart()
    if (this.over === 'stopped') this.discard('stopped')
    this.#tell('close', { code, retryMs })
    this.#settle()
  }

  failed(error: unknown): void {
    this.#tell('error', { code: 0, message: String(error) })
  }

  /** Sends what may be sent. */
  pump(): void {
    const { framesInFlight = FRAMES_IN_FLIGHT, sentAt } = this.#options
    const { outbox, wire } = this
    const environment = this.#environment
    this.#cancelPump?.()
    this.#cancelPump = undefined
    while (wire.state.phase === 'open' && outbox.inFlight < framesInFlight) {
      const entries = outbox.take(this.#maxEvents, this.#maxBytes - EVENT_HEAD_BYTES)
      if (!entries[0]) break
      this.counts.sent += entries.length
      wire.send(pack(entries, this.#helloStream, sentAt === null ? null : environment.now()))
    }
    this.#cancelWatch()
    // A dead connection may seem open for minutes.
    if (outbox.inFlight) this.#cancelWatch = environment.after(SILENCE_MS, () => wire.tell(SILENT))
  }

  #refuse(code: number, message: string, frame: number, position: number): void {
    const { outbox, counts } = this
    const entry = outbox.find(frame, position)
    if (entry && !entry.refused) {
      entry.refused = true
      counts.refused++
      if (!outbox.queue.includes(entry)) counts.acked--
    }
    this.#tell('refused', { code, message, event: entry?.event })
  }

  #fault([, code, message, retryMs, frame, position]: ErrorFrame): void {
    if (frame !== null && position !== null) return this.#refuse(code, message, frame, position)
    if (code === Fault.rateLimited || code === Fault.overloaded) {
      this.outbox.rewind(frame ?? this.outbox.queue[0]?.frame ?? 1)
      this.wire.tell({ type: 'refused', retryMs: retryMs ?? RETRY_MS })
    }
    this.#tell('error', { code, message })
  }

  #next(visitor: string): number {
    const seq = this.#seqs.get(visitor) ?? 0
    this.#seqs.set(visitor, seq + 1)
    return seq
  }

  /** A `day` visitor lives no longer than its stream: the server gives the next hello a new one. */
  #renewIfDue(): void {
    if (this.#environment.now() - this.#bornAt < STREAM_LIFE_MS && this.#seqs.size < STREAM_VISITORS) return
    this.renew()
    if (this.self.identity !== 'day' || this.outbox.queue[0] || this.wire.state.phase === 'idle') return
    this.wire.tell({ type: 'halt' })
    this.self = { identity: 'day', visitor: null }
    this.wire.tell({ type: 'start' })
  }

  #settle(): void {
    if (!this.outbox.inFlight) this.#cancelWatch()
    for (const done of this.#waiters.splice(0)) done()
  }
}
