import {
  type BatchFrame,
  checkEvent,
  Kind,
  type NormalEvent,
  type Place,
  Refusal,
  type WireEvent,
} from '@pulssi/protocol'
import { type EngineConfig, type GroupHeader, IdHash, NO_PLACE, type ReplyRecord } from '../engine/index.js'
import { type Detail, fillDetail, hasText } from './detail.js'
import { isPageMade } from './page-made.js'
import { Records, type Span } from './records.js'
import type { Refused, Sender } from './sender.js'

/** Places of a frame, with room for the last index that a record can give. */
const FRAME_PLACES = 256
const NOTHING_REFUSED: readonly Refused[] = []
const NO_CUTS: readonly string[] = []
const NO_PLACES: readonly Place[] = []
const DEFAULT_CHANNEL = 'web'

/**
 * Turns checked frames and events into the engine's records, one writer a partition. Event time is made here (N1), a
 * visitor's partition is chosen here, and refused values become marks in the record, so that their sequence numbers
 * count as seen. An event that may not touch the visitor it names leaves nothing but a count.
 *
 * Call `take` for each partition when enough is gathered; nothing is durable before its entry is.
 */
export class Intake {
  readonly #dataClock: boolean
  readonly #onRefused: (code: Refusal, count: number) => void
  readonly #hash: IdHash
  readonly #records: Records
  readonly #detail: Detail = { a: 0, b: 0, text: '' }
  /** Index in the open record of each of the frame's places; −1 where it isn't there yet. */
  readonly #placeIndex = new Int16Array(FRAME_PLACES)
  #places: readonly Place[] = NO_PLACES
  /** What all events since the last `begin` share; the ids' hashes are those of `#visitor` and `#stream`. */
  readonly #head: GroupHeader
  #visitor: string | null = null
  #stream: string | null = null
  #group: string | null = null
  #groupHi = 0
  #groupLo = 0
  #sender: Sender | null = null
  #offset = 0
  #latest = 0

  /** `onRefused` hears of each event that is refused here, for those who count them. */
  constructor(
    key: readonly [number, number],
    partitions: number,
    dataClock: boolean,
    onRefused: (code: Refusal, count: number) => void = () => {},
  ) {
    this.#dataClock = dataClock
    this.#onRefused = onRefused
    this.#hash = new IdHash(key)
    this.#records = new Records(partitions)
    const ids = { visitorHi: 0, visitorLo: 0, streamHi: 0, streamLo: 0, hasStream: false, backerHi: 0, backerLo: 0 }
    this.#head = { ...ids, receivedAt: 0, dataClock, page: false, bot: false, seq: 0, base: 0 }
  }

  get partitions(): number {
    return this.#records.writers.length
  }

  /** Greatest event time written so far: what ticks carry with the data clock. */
  get latest(): number {
    return this.#latest
  }

  /** The records written since the last `clearSpans` (a `batch` begins with one), in order. */
  get spans(): readonly Span[] {
    return this.#records.spans
  }

  /** Bytes gathered for a partition. */
  sizeBytes(partition: number): number {
    return this.#records.writers[partition]?.length ?? 0
  }

  /** Everything written for a partition since the last take, as one entry of the log; empty if nothing was. */
  take(partition: number): Uint8Array {
    return this.#records.take(partition)
  }

  clearSpans(): void {
    this.#records.spans.length = 0
  }

  tick(partition: number, at: number): void {
    this.#records.alone(partition).tick(at)
  }

  config(partition: number, config: EngineConfig): void {
    this.#records.alone(partition).config(config)
  }

  /** The key of the ids' hashes, which a partition must know before its first event. */
  key(partition: number, hi: number, lo: number): void {
    this.#records.alone(partition).key(hi, lo)
  }

  /**
   * Erases a visitor with all that is known of it; returns the partitions that it told so: the visitor's own, or all of
   * them where others may be linked to it as to a customer. `at`: ms since 1970, the wall clock. `noise`: random words
   * that stand in its place where a hash must stay.
   */
  erase(visitor: string, at: number, noise: readonly [number, number]): readonly number[] {
    const { hi, lo } = this.#hash.of(visitor)
    const all = Array.from({ length: this.partitions }, (_, partition) => partition)
    const partitions = isPageMade(visitor) ? [(lo >>> 0) % this.partitions] : all
    for (const partition of partitions) {
      this.#records.alone(partition).erase(this.#dataClock ? 0 : at, [hi, lo], noise)
    }
    return partitions
  }

  /** Writes an answer to a comment; returns the partition. `at`: ms since 1970, the wall clock. */
  reply(reply: ReplyRecord): number {
    const partition = (reply.visitor[1] >>> 0) % this.partitions
    // So that the engine knows how late it is when it tells the page.
    if (!this.#dataClock) this.tick(partition, reply.at)
    this.#records.alone(partition).reply(this.#dataClock ? { ...reply, at: 0 } : reply)
    return partition
  }

  /** Counts events that were refused before anyone knew whose they are. */
  refuse(count: number, code: Refusal = Refusal.badEvent): void {
    if (count === 0) return
    this.#onRefused(code, count)
    this.#records.alone(0).refuse(count)
  }

  /** Writes a frame that the guard let through. `receivedAt`: ms since 1970, the wall clock, whatever the engine's. */
  batch(frame: BatchFrame, sender: Sender, receivedAt: number): readonly Refused[] {
    const groups = frame[4]
    let refused: Refused[] | null = null
    let position = 0
    this.clearSpans()
    this.#from(sender, receivedAt, frame[2])
    this.#places = frame[3]
    for (let g = 0; g < groups.length; g++) {
      const group = groups[g] as BatchFrame[4][number]
      const events = group[4]
      const visitor = group[0] ?? sender.visitor
      this.#records.end()
      if (visitor === null || !this.#speaksFor(visitor, sender)) {
        const code = visitor === null ? Refusal.badEvent : Refusal.visitorDenied
        refused ??= []
        for (let i = 0; i < events.length; i++) refused.push({ position: position + i, code })
        this.refuse(events.length, code)
        position += events.length
        continue
      }
      this.#identify(visitor, group[1] ?? sender.stream)
      for (let i = 0; i < events.length; i++, position++) {
        const event = events[i] as WireEvent
        const code = this.#write(event, group[3], group[2] + i, position)
        if (code === 0) continue
        refused ??= []
        refused.push({ position, code })
      }
    }
    this.#records.end()
    return refused ?? NOTHING_REFUSED
  }

  /**
   * Writes one event by itself; events that follow one another in a stream share a record. `position`: any number
   * that grows by one from event to event. Returns why it was refused, or 0.
   */
  add(single: NormalEvent, sender: Sender, receivedAt: number, sentAt: number | null, position: number): Refusal | 0 {
    if (!this.#speaksFor(single.visitor, sender)) {
      this.refuse(1, Refusal.visitorDenied)
      return Refusal.visitorDenied
    }
    const records = this.#records
    const follows =
      single.visitor === this.#visitor &&
      single.stream === this.#stream &&
      sender === this.#sender &&
      (this.#dataClock || receivedAt === this.#head.receivedAt) &&
      (single.stream === null || single.seq === records.nextSeq) &&
      position === records.nextPosition
    if (!follows) records.end()
    this.#from(sender, receivedAt, sentAt)
    this.#identify(single.visitor, single.stream)
    this.#places =
      single.place === null ? NO_PLACES : [[single.place.touchpoint, single.place.channel, single.place.cuts]]
    this.#placeIndex[0] = -1
    return this.#write(single.event, single.at, single.seq ?? 0, position)
  }

  #from(sender: Sender, receivedAt: number, sentAt: number | null): void {
    this.#sender = sender
    this.#head.receivedAt = receivedAt
    this.#head.page = sender.page
    this.#head.bot = sender.bot
    this.#offset = this.#dataClock || sentAt === null ? 0 : receivedAt - sentAt
  }

  #speaksFor(visitor: string, sender: Sender): boolean {
    return sender.everyVisitor || visitor === sender.visitor
  }

  /** A visitor's events come in runs, so the last hashes are kept. */
  #identify(visitor: string, stream: string | null): void {
    const head = this.#head
    if (visitor !== this.#visitor) {
      const hash = this.#hash.of(visitor)
      head.visitorHi = hash.hi
      head.visitorLo = hash.lo
      this.#visitor = visitor
    }
    this.#back(this.#sender?.group ?? null)
    if (stream === this.#stream) return
    const hash = stream === null ? null : this.#hash.of(stream)
    head.streamHi = hash?.hi ?? 0
    head.streamLo = hash?.lo ?? 0
    head.hasStream = stream !== null
    this.#stream = stream
  }

  #back(group: string | null): void {
    const head = this.#head
    if (group !== null && group !== this.#group) {
      const hash = this.#hash.of(group)
      this.#groupHi = hash.hi
      this.#groupLo = hash.lo
      this.#group = group
    }
    head.backerHi = group === null ? head.visitorHi : this.#groupHi
    head.backerLo = group === null ? head.visitorLo : this.#groupLo
  }

  #write(event: WireEvent, groupAt: number, seq: number, position: number): Refusal | 0 {
    const records = this.#records
    const head = this.#head
    const place = event[2] === null ? null : (this.#places[event[2]] ?? null)
    const code = this.#judge(event, groupAt, place)
    const at = groupAt + event[1]
    const time = this.#dataClock ? at : Math.min(at + this.#offset, head.receivedAt)
    if (!records.hasRoom(code === 0 ? time : null)) {
      head.seq = seq
      head.base = code === 0 ? time : head.receivedAt
      records.begin((head.visitorLo >>> 0) % this.partitions, head, position)
      this.#placeIndex.fill(-1, 0, this.#places.length)
    }
    if (code !== 0) {
      this.#onRefused(code, 1)
      records.refused(code)
      return code
    }
    if (time > this.#latest) this.#latest = time
    fillDetail(event, this.#detail, this.#hash, !hasText(event) || this.#mayComment())
    const index = place === null ? NO_PLACE : this.#indexOf(event[2] ?? 0, place)
    records.event(event[0], index, time, this.#detail.a, this.#detail.b, this.#detail.text)
    return 0
  }

  #judge(event: WireEvent, groupAt: number, place: Place | null): Refusal | 0 {
    const channels = this.#sender?.channels ?? null
    if (channels !== null && place !== null) {
      const channel = typeof place === 'string' ? DEFAULT_CHANNEL : (place[1] ?? DEFAULT_CHANNEL)
      if (!channels.has(channel)) return Refusal.channelDenied
    }
    const mayLink = this.#sender?.mayLink ?? null
    if (mayLink !== null && event[0] === Kind.link && !mayLink(event)) return Refusal.linkDenied
    return checkEvent(event, groupAt, this.#head.receivedAt)
  }

  #mayComment(): boolean {
    return this.#sender?.mayComment?.(this.#visitor ?? '') ?? true
  }

  #indexOf(framePlace: number, place: Place): number {
    const known = this.#placeIndex[framePlace] ?? -1
    if (known >= 0) return known
    const index =
      typeof place === 'string'
        ? this.#records.place(place, null, NO_CUTS)
        : this.#records.place(place[0], place[1], place[2])
    this.#placeIndex[framePlace] = index
    return index
  }
}
