import type { Kind } from '@pulssi/protocol/client'
import { ByteWriter } from './bytes.js'
import type { EngineConfig } from './config.js'
import type { Letter } from './outbox.js'

/**
 * The log's records in bytes, little-endian. An entry is one or more records, one after the other:
 *
 *     record = size:u32 type:u8 …            size counts the whole record
 *     tick   = size type:1 pad:u8×3 at:f64
 *     config = size type:2 pad:u8×3 json:utf8
 *     refuse = size type:3 pad:u8×3 count:u32        events refused before they had a visitor
 *     events = size type:4 flags:u8 count:u16
 *              receivedAt:f64 base:f64 visitor:u32×2 stream:u32×2 seq:u32 places:u8 strings:u8 pad:u16
 *              backer:u32×2 event×count place×places string×strings
 *     key    = size type:5 pad:u8×3 hi:u32 lo:u32    the key of all id hashes; first record of a log
 *     erase  = size type:6 pad:u8×3 at:f64 visitor:u32×2 noise:u32×2
 *     policy = size type:7 pad:u8×3 at:f64 validMs:u32 count:u32 chance×count
 *     told   = size type:8 pad:u8 source:u16 number:f64 at:f64 visitor:u32×2 person:u32×2 json:utf8
 *     reply  = size type:9 pad:u8×3 at:f64 pad:u8×8 visitor:u32×2 json:utf8
 *     handed = size type:10 pad:u8×3 number:f64
 *     chance = class:u8 worse:u8 length:u8 touchpoint
 *     event  = kind:u8 place:u8 a:u8 b:u8 delta:i32 detail:u8 pad:u8×3                12 bytes
 *     place  = length:u8 touchpoint length:u8 channel length:u16 cuts(json)
 *     string = length:u16 utf8
 *
 * `backer`: who stands behind the events where it is asked whether many do: the visitor, or the group of addresses
 * that it came from. `noise`: random bits that take the place of an erased visitor's.
 * `policy`: what the asks' owner makes of the figures: a visitor at the touchpoint is asked by a chance of 2^−class.
 * `told`: what the engine of partition `source` has to tell another about a person, numbered there; `handed`: up to which
 * number all of it is stored. `reply`: an answer to a comment of the visitor's, `{id, touchpoint, text, validMs}`.
 * `delta`: event time − base, ms. `a`, `b`: feedback: scale, level index; ask: result; refused: code. `detail`: 1 +
 * index of a string: a signal's name, or JSON of what the counts don't need (comment, ask, option, text, customer …).
 */
export const RecordType = {
  tick: 1,
  config: 2,
  refuse: 3,
  events: 4,
  key: 5,
  erase: 6,
  policy: 7,
  told: 8,
  reply: 9,
  handed: 10,
} as const
export const EventFlag = { dataClock: 1, page: 2, bot: 4, stream: 8 } as const
/** In place of a kind: the event was refused, its seq is seen; `a` is the code. */
export const REFUSED = 255
export const NO_PLACE = 255

/** Bytes before the first event of an `events` record, and of one event. */
export const EVENTS_HEADER_BYTES = 56
export const EVENT_BYTES = 12
export const RECORD_PLACES = 254
export const RECORD_STRINGS = 254
export const RECORD_EVENTS = 65_535
/** Farthest an event's time may lie from its record's base, ms. */
export const RECORD_SPAN_MS = 2 ** 31 - 1

/** One touchpoint of a policy. */
export interface Chance {
  readonly touchpoint: string
  /** 0 to CHANCE_CLASSES − 1: who is there at a trigger is asked by a chance of 2^−class. */
  readonly chanceClass: number
  /** It is getting worse: nudges are pushed there. */
  readonly isWorse: boolean
}

export interface ReplyRecord {
  /** ms since 1970 */
  readonly at: number
  readonly visitor: readonly [hi: number, lo: number]
  readonly id: string
  readonly touchpoint: string
  readonly text: string
  readonly validMs: number
}

export interface GroupHeader {
  /** ms since 1970; ignored with the data clock, where an event is received at its own time. */
  receivedAt: number
  dataClock: boolean
  page: boolean
  bot: boolean
  visitorHi: number
  visitorLo: number
  streamHi: number
  streamLo: number
  hasStream: boolean
  /** Left out: the visitor itself. */
  backerHi?: number
  backerLo?: number
  /** Of the first event; the following ones have the next numbers. */
  seq: number
  /** ms since 1970; event times are kept as distances from it. */
  base: number
}

/**
 * Gathers records into one log entry. An `events` record is begun, gets its events and the places they name in any
 * order, and is ended; `take` hands out the entry and empties the writer.
 */
export class RecordWriter {
  readonly #out = new ByteWriter(4096)
  readonly #places = new ByteWriter(512)
  readonly #strings = new ByteWriter(512)
  #start = 0
  #base = 0
  #count = 0
  #placeCount = 0
  #stringCount = 0

  /** Bytes gathered so far. */
  get length(): number {
    return this.#out.length
  }

  /** Events, places and strings of the record begun; bounds: RECORD_EVENTS, RECORD_PLACES, RECORD_STRINGS. */
  get open(): { events: number; places: number; strings: number } {
    return { events: this.#count, places: this.#placeCount, strings: this.#stringCount }
  }

  tick(at: number): void {
    this.#small(RecordType.tick)
    this.#out.f64(at)
    this.#close()
  }

  config(config: EngineConfig): void {
    this.#small(RecordType.config)
    this.#out.utf8(JSON.stringify(config))
    this.#close()
  }

  refuse(count: number): void {
    this.#small(RecordType.refuse)
    this.#out.u32(count)
    this.#close()
  }

  key(hi: number, lo: number): void {
    this.#small(RecordType.key)
    this.#out.u32(hi)
    this.#out.u32(lo)
    this.#close()
  }

  /** `at`: ms since 1970. `visitor`, `noise`: the two words of a hash, and of as many random bits. */
  erase(at: number, visitor: readonly [number, number], noise: readonly [number, number]): void {
    this.#small(RecordType.erase)
    this.#out.f64(at)
    for (const word of [...visitor, ...noise]) this.#out.u32(word)
    this.#close()
  }

  /** Good for `validMs` from `at`, ms since 1970. */
  policy(at: number, validMs: number, chances: readonly Chance[]): void {
    const out = this.#out
    this.#small(RecordType.policy)
    out.f64(at)
    out.u32(validMs)
    out.u32(chances.length)
    for (const { touchpoint, chanceClass, isWorse } of chances) {
      out.u8(chanceClass)
      out.u8(isWorse ? 1 : 0)
      const length = out.length
      out.u8(0)
      out.setU8(length, out.utf8(touchpoint))
    }
    this.#close()
  }

  reply({ at, visitor, ...rest }: ReplyRecord): void {
    const out = this.#out
    this.#small(RecordType.reply)
    out.f64(at)
    out.f64(0)
    for (const word of visitor) out.u32(word)
    out.utf8(JSON.stringify(rest))
    this.#close()
  }

  /** `source`: the partition that tells. */
  told(source: number, { number, at, visitor, person, told }: Letter): void {
    const out = this.#out
    this.#start = out.length
    out.u32(0)
    out.u8(RecordType.told)
    out.u8(0)
    out.u16(source)
    out.f64(number)
    out.f64(at)
    for (const word of [...visitor, ...person]) out.u32(word)
    out.utf8(JSON.stringify(told))
    this.#close()
  }

  handed(number: number): void {
    this.#small(RecordType.handed)
    this.#out.f64(number)
    this.#close()
  }

  begin(group: GroupHeader): void {
    const out = this.#out
    this.#start = out.length
    this.#base = group.base
    this.#count = 0
    this.#placeCount = 0
    this.#stringCount = 0
    out.u32(0)
    out.u8(RecordType.events)
    out.u8(
      (group.dataClock ? EventFlag.dataClock : 0) |
        (group.page ? EventFlag.page : 0) |
        (group.bot ? EventFlag.bot : 0) |
        (group.hasStream ? EventFlag.stream : 0),
    )
    out.u16(0)
    out.f64(group.receivedAt)
    out.f64(group.base)
    out.u32(group.visitorHi)
    out.u32(group.visitorLo)
    out.u32(group.streamHi)
    out.u32(group.streamLo)
    out.u32(group.seq)
    out.u32(0)
    out.u32(group.backerHi ?? group.visitorHi)
    out.u32(group.backerLo ?? group.visitorLo)
  }

  /** Index of a new place in the record begun. */
  place(touchpoint: string, channel: string | null, cuts: readonly string[]): number {
    const out = this.#places
    const name = out.length
    out.u8(0)
    out.setU8(name, out.utf8(touchpoint))
    const own = out.length
    out.u8(0)
    if (channel !== null) out.setU8(own, out.utf8(channel))
    const pairs = out.length
    out.u16(0)
    if (cuts.length > 0) out.setU16(pairs, out.utf8(JSON.stringify(cuts)))
    return this.#placeCount++
  }

  /** `place`: an index of this record, or NO_PLACE. `time`: ms since 1970, within RECORD_SPAN_MS of the base. */
  event(kind: Kind, place: number, time: number, a = 0, b = 0, detail = ''): void {
    this.#event(kind, place, a, b, time - this.#base, detail)
  }

  /** An event refused for its value: it takes the next seq, which counts as seen. */
  refused(code: number): void {
    this.#event(REFUSED, NO_PLACE, code, 0, 0, '')
  }

  end(): void {
    const out = this.#out
    out.setU16(this.#start + 6, this.#count)
    out.setU8(this.#start + 44, this.#placeCount)
    out.setU8(this.#start + 45, this.#stringCount)
    if (this.#placeCount > 0) out.raw(this.#places.take())
    if (this.#stringCount > 0) out.raw(this.#strings.take())
    this.#close()
  }

  take(): Uint8Array {
    return this.#out.take()
  }

  #event(kind: number, place: number, a: number, b: number, delta: number, detail: string): void {
    const out = this.#out
    out.u8(kind)
    out.u8(place)
    out.u8(a)
    out.u8(b)
    out.i32(delta)
    out.u32(detail === '' ? 0 : this.#string(detail))
    this.#count++
  }

  #string(text: string): number {
    const out = this.#strings
    const at = out.length
    out.u16(0)
    out.setU16(at, out.utf8(text))
    return ++this.#stringCount
  }

  #small(type: number): void {
    this.#start = this.#out.length
    this.#out.u32(0)
    this.#out.u32(type)
  }

  #close(): void {
    this.#out.setU32(this.#start, this.#out.length - this.#start)
  }
}
