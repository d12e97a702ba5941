import { Kind, Refusal, SEQ_AHEAD } from '@pulssi/protocol/client'
import type { AskFold } from './ask-fold.js'
import { ANSWER_STRIDE, Cell, SLICE_COUNT, SLICE_MS, STREAM_MEMORY_MS, TOO_LATE_MS } from './limits.js'
import { Named } from './named.js'
import { REFUSED_PLACE } from './places.js'
import { EVENT_BYTES, EVENTS_HEADER_BYTES, EventFlag, NO_PLACE, REFUSED } from './record.js'
import { scoreValue } from './score-values.js'
import { Audience, type State } from './state.js'
import { SeqVerdict } from './streams.js'
import type { Timeline } from './timeline.js'
import { Flag, Word } from './visitors.js'
import type { Visits } from './visits.js'
import { textOf } from './voices.js'

const SLICE = SLICE_MS[0]
const NONE = -1

/** What the engine says beside its state. A replay says the same again. */
export interface Effects {
  /** Once for each `events` record; `record` counts the records of the entry from 0. */
  verdict(record: number, accepted: number, duplicates: number, tooLate: number): void
  /** An event that the engine alone can refuse; `event` counts the events of the record from 0. */
  refused(record: number, event: number, code: Refusal): void
}

/** Folds one `events` record into the state. The fields are those of the record at hand. */
export class Fold {
  readonly #state: State
  readonly #timeline: Timeline
  readonly #visits: Visits
  readonly #askFold: AskFold
  #view: DataView = new DataView(new ArrayBuffer(0))
  #at = 0
  #receivedAt = 0
  #base = 0
  #hi = 0
  #lo = 0
  #backerHi = 0
  #backerLo = 0
  #page = false
  #hasStream = false
  #row = NONE
  #stream = NONE
  /** Where the visitor was noted last, in this record: once a slice is enough. */
  #seenPlace = NONE
  #seenSlice = NONE
  readonly #named: Named
  /** Whether a visit began with the enter at hand. */
  #began = false
  /** Whether somebody may be asked. */
  #isAsking = false

  constructor(state: State, timeline: Timeline, visits: Visits, askFold: AskFold) {
    this.#state = state
    this.#timeline = timeline
    this.#visits = visits
    this.#askFold = askFold
    this.#named = new Named(state.places)
  }

  fold(view: DataView, entry: Uint8Array, at: number, record: number, effects: Effects): void {
    const flags = view.getUint8(at + 5)
    const count = view.getUint16(at + 6, true)
    const seq = view.getUint32(at + 40, true)
    const totals = this.#state.totals
    this.#view = view
    this.#at = at
    this.#state.dataClock = (flags & EventFlag.dataClock) !== 0
    if ((flags & EventFlag.bot) !== 0) {
      this.#bots(count)
      effects.verdict(record, 0, 0, 0)
      return
    }
    this.#receivedAt = view.getFloat64(at + 8, true)
    this.#base = view.getFloat64(at + 16, true)
    this.#hi = view.getInt32(at + 24, true)
    this.#lo = view.getInt32(at + 28, true)
    this.#backerHi = view.getInt32(at + 48, true)
    this.#backerLo = view.getInt32(at + 52, true)
    this.#page = (flags & EventFlag.page) !== 0
    this.#hasStream = (flags & EventFlag.stream) !== 0
    this.#row = this.#state.visitors.find(this.#hi, this.#lo)
    this.#stream = NONE
    this.#seenPlace = NONE
    if (this.#row !== NONE) this.#hold()
    this.#isAsking = this.#askFold.comes(view, at)
    this.#named.locate(view, entry, at, count)
    const { accepted, duplicates, tooLate } = totals
    for (let i = 0; i < count; i++) {
      const code = this.#event(at + EVENTS_HEADER_BYTES + i * EVENT_BYTES, seq + i)
      if (code !== 0) effects.refused(record, i, code)
    }
    this.#timeline.held = NONE
    effects.verdict(record, totals.accepted - accepted, totals.duplicates - duplicates, totals.tooLate - tooLate)
  }

  /** Returns why the engine refused the event, or 0. Order of checks: N2. */
  #event(o: number, seq: number): Refusal | 0 {
    const state = this.#state
    const view = this.#view
    const kind = view.getUint8(o)
    if (kind === REFUSED) {
      this.#seeRefused(seq)
      return 0
    }
    const time = this.#base + view.getInt32(o + 4, true)
    const received = state.dataClock ? time : this.#receivedAt
    if (this.#hasStream && this.#tooFar(seq, received)) {
      state.totals.rejected++
      return Refusal.seqTooFar
    }
    const index = view.getUint8(o + 1)
    const place = index === NO_PLACE ? NONE : this.#named.place(index)
    if (place === REFUSED_PLACE && index !== NO_PLACE) {
      this.#seeRefused(seq)
      return Refusal.touchpointRefused
    }
    this.#timeline.moveTo(received)
    this.#open(received)
    if (this.#hasStream) {
      if (state.streams.mark(this.#stream, seq) === SeqVerdict.duplicate) {
        state.streams.heard(this.#stream, received)
        state.totals.duplicates++
        return 0
      }
    }
    if (received - time > TOO_LATE_MS) {
      state.totals.tooLate++
      this.#attend()
      return 0
    }
    if (this.#hasStream) state.streams.heard(this.#stream, received)
    if (this.#isAsking && this.#askFold.denies(view, o, this.#detail(o))) {
      state.totals.rejected++
      this.#attend()
      return Refusal.askDenied
    }
    state.totals.accepted++
    this.#accept(kind as Kind, o, index, place, time)
    return 0
  }

  #accept(kind: Kind, o: number, index: number, place: number, time: number): void {
    const state = this.#state
    const slice = Math.floor(time / SLICE)
    const late = slice <= state.ledger.now - SLICE_COUNT[0]
    if (late) state.totals.late++
    this.#visits.hold(this.#row)
    const t = this.#visits.arrive(time)
    if (place !== NONE) {
      const channel = this.#named.channel[index] as number
      state.list(place, channel)
      if (late) state.ledger.addTotal(place, Cell.late, 1)
      if (place !== this.#seenPlace || slice !== this.#seenSlice) {
        this.#seenPlace = place
        this.#seenSlice = slice
        this.#see(Audience.all, place, slice)
      }
      this.#act(kind, o, place, channel, slice, time, t)
    }
    if (this.#isAsking) this.#ask(kind, o, place, time)
    this.#attend()
  }

  #act(kind: Kind, o: number, place: number, channel: number, slice: number, time: number, t: number): void {
    const visits = this.#visits
    const own = this.#state.places.mapChannel[place] as number
    const visitChannel = own >= 0 ? own : channel
    switch (kind) {
      case Kind.enter:
        this.#began = visits.enter(place, visitChannel, this.#page, time, t)
        return
      case Kind.leave:
        return visits.leave(place, t)
      case Kind.goal:
        return visits.goal(place, visitChannel, this.#page, time, t)
      case Kind.feedback: {
        const scale = this.#view.getUint8(o + 2)
        const level = this.#view.getUint8(o + 3)
        this.#state.ledger.add(place, slice, Cell.answer + scale * ANSWER_STRIDE + level, 1)
        this.#see(Audience.answerers, place, slice)
        this.#state.answered(place, this.#backerHi, this.#backerLo, slice, scoreValue(scale, level))
        this.#hear(o, place, time, scale, level)
        visits.touch(place, t)
        return
      }
      case Kind.answer:
        this.#hear(o, place, time, NONE, NONE)
        visits.touch(place, t)
        return
      case Kind.signal: {
        const signal = this.#state.places.signals.place(this.#named.string(this.#view.getUint8(o + 8)))
        this.#state.ledger.add(place, slice, Cell.signal + signal, 1)
        return visits.signal(place, signal, t)
      }
      case Kind.link:
      case Kind.ask:
        return
    }
  }

  #ask(kind: Kind, o: number, place: number, time: number): void {
    if (kind === Kind.enter && this.#began) this.#timeline.stays.attend(this.#row)
    this.#askFold.after({ kind, a: this.#view.getUint8(o + 2), place, at: time, isBeginning: this.#began })
  }

  #detail(o: number): string {
    const index = this.#view.getUint8(o + 8)
    return index === 0 ? '' : this.#named.string(index)
  }

  /** N23 */
  #hear(o: number, place: number, at: number, scale: number, level: number): void {
    const detail = this.#view.getUint8(o + 8)
    if (detail === 0) return
    const text = textOf(this.#named.string(detail))
    if (text !== '') this.#state.heard(place, { hi: this.#hi, lo: this.#lo, at, scale, level, text })
  }

  #see(audience: Audience, place: number, slice: number): void {
    this.#state.seen(audience, place, this.#hi, this.#lo, slice)
    this.#state.backed(audience, place, this.#backerHi, this.#backerLo, slice)
  }

  #bots(count: number): void {
    let refused = 0
    for (let i = 0; i < count; i++) {
      if (this.#view.getUint8(this.#at + EVENTS_HEADER_BYTES + i * EVENT_BYTES) === REFUSED) refused++
    }
    this.#state.totals.rejected += refused
    this.#state.totals.bots += count - refused
  }

  /** N5, N6: judged by the clock as it would be after the event, since a refused one doesn't move it. */
  #tooFar(seq: number, received: number): boolean {
    if (this.#row === NONE) return seq > SEQ_AHEAD
    const { streams, clock } = this.#state
    const stream = this.#findStream()
    if (stream === NONE) return seq > SEQ_AHEAD
    if (streams.last(stream) < Math.max(clock, received) - STREAM_MEMORY_MS) return seq > SEQ_AHEAD
    return streams.tooFar(stream, seq)
  }

  /** N7 */
  #seeRefused(seq: number): void {
    const { totals, streams, clock } = this.#state
    totals.rejected++
    if (!this.#hasStream || this.#tooFar(seq, clock)) return
    this.#open(this.#receivedAt)
    streams.mark(this.#stream, seq)
    this.#attend()
  }

  #attend(): void {
    const visitors = this.#state.visitors
    this.#visits.hold(this.#row)
    this.#timeline.attend(this.#row, visitors.page(this.#row), visitors.at(this.#row))
  }

  /** Makes sure that the visitor and the stream have their rows. */
  #open(received: number): void {
    const { visitors, streams, clock } = this.#state
    if (this.#row === NONE) {
      this.#row = visitors.add(this.#hi, this.#lo)
      this.#hold()
      if (this.#state.people.find(this.#hi, this.#lo) !== null) {
        visitors.page(this.#row)[visitors.at(this.#row) + Word.flags] = Flag.known
      }
    }
    if (!this.#hasStream) return
    const words = visitors.page(this.#row)
    const at = visitors.at(this.#row) + Word.streams
    if (this.#findStream() === NONE) {
      const hi = this.#view.getInt32(this.#at + 32, true)
      const lo = this.#view.getInt32(this.#at + 36, true)
      const first = streams.prune(words[at] as number, clock - STREAM_MEMORY_MS)
      this.#stream = streams.add(first, hi, lo, received)
      words[at] = this.#stream
    } else if (streams.last(this.#stream) < clock - STREAM_MEMORY_MS) {
      streams.restart(this.#stream, received)
    }
  }

  #hold(): void {
    this.#timeline.held = this.#row
  }

  #findStream(): number {
    if (this.#stream !== NONE) return this.#stream
    const { visitors, streams } = this.#state
    const first = visitors.page(this.#row)[visitors.at(this.#row) + Word.streams] as number
    this.#stream = streams.find(
      first,
      this.#view.getInt32(this.#at + 32, true),
      this.#view.getInt32(this.#at + 36, true),
    )
    return this.#stream
  }
}
