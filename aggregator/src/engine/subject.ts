import { ASK_FORMS } from '@pulssi/protocol/client'
import { decodeUtf8 } from './bytes.js'
import type { Engine } from './engine.js'
import { isLinked, type Pending, type Person } from './people.js'
import { EVENT_BYTES, EVENTS_HEADER_BYTES, EventFlag, REFUSED, RecordType } from './record.js'
import { sayingId } from './saying.js'
import { StreamWord } from './streams.js'
import { VisitState, Word } from './visitors.js'

/** What is known of the asks that were put to somebody. Times in ms since 1970; null: never. */
export interface SubjectAsks {
  /** It is known as a customer who may come as other visitors too, or as such a visitor. */
  readonly linked: boolean
  readonly askedAt: number | null
  readonly answeredAt: number | null
  readonly dismissedAt: number | null
  /** Since the last answer. */
  readonly dismissals: number
  readonly outstanding: {
    readonly id: string
    readonly touchpoint: string
    /** One of ASK_FORMS. */
    readonly form: string
    readonly until: number
    readonly shown: boolean
  } | null
  /** Answers to its comments that it may not have seen. */
  readonly replies: readonly {
    readonly id: string
    readonly touchpoint: string
    readonly text: string
    readonly until: number
  }[]
}

/** All that an engine holds of one visitor. Times in ms since 1970. */
export interface Subject {
  readonly lastEventAt: number
  readonly visit: string | null
  readonly trail: readonly { readonly touchpoint: string; readonly at: number }[]
  readonly streams: readonly { readonly lowestUnseen: number; readonly highestSeen: number; readonly lastAt: number }[]
  /** null: it was never asked, never answered, and is linked to nobody. */
  readonly asks: SubjectAsks | null
}

/** null: nothing is known of the visitor. */
export function subjectOf(engine: Engine, hi: number, lo: number): Subject | null {
  const { state, visits } = engine
  const person = state.people.find(hi, lo)
  const asks = person === null ? null : asksOf(person, state.places.touchpoints.list)
  const row = state.visitors.find(hi | 0, lo | 0)
  // A customer may be known by the visitors who are linked to it alone.
  if (row < 0) return person && { lastEventAt: person.heardAt, visit: null, trail: [], streams: [], asks }
  engine.settle()
  visits.hold(row)
  const names = state.places.touchpoints.list
  const streams: Subject['streams'][number][] = []
  let stream = state.visitors.page(row)[state.visitors.at(row) + Word.streams] as number
  while (stream >= 0) {
    const words = state.streams.page(stream)
    const at = state.streams.at(stream)
    streams.push({
      lowestUnseen: words[at + StreamWord.low] as number,
      highestSeen: words[at + StreamWord.high] as number,
      lastAt: state.streams.last(stream),
    })
    stream = words[at + StreamWord.next] as number
  }
  return {
    lastEventAt: visits.visitorTime,
    visit: visits.state === VisitState.open ? visits.describe() : null,
    trail: visits.trail().map(([place, at]) => ({ touchpoint: names[place] as string, at })),
    streams,
    asks,
  }
}

const since = (at: number): number | null => (at === 0 ? null : at)

const asksOf = (person: Person, touchpoints: readonly string[]): SubjectAsks => ({
  linked: person.isTold || isLinked(person),
  askedAt: since(person.askedAt),
  answeredAt: since(person.answeredAt),
  dismissedAt: since(person.dismissedAt),
  dismissals: person.dismissals,
  outstanding: person.pending && outstandingOf(person.pending, touchpoints),
  replies: person.replies.map(({ id, touchpoint, text, until }) => ({ id, touchpoint, text, until })),
})

const outstandingOf = ({ rule, number, place, form, until, isShown }: Pending, touchpoints: readonly string[]) => ({
  id: sayingId(rule, number),
  touchpoint: touchpoints[place] as string,
  form: ASK_FORMS[form] as string,
  until,
  shown: isShown,
})

/** One event as the log holds it. `kind` is its number on the wire; `a` and `b` are those of the record's grammar. */
export interface LoggedEvent {
  readonly kind: number
  readonly at: number
  readonly receivedAt: number
  readonly touchpoint: string | null
  readonly channel: string | null
  readonly cuts: readonly string[]
  readonly a: number
  readonly b: number
  /** A signal's name, or JSON of comment, ask, option, text, customer and such; empty where there is none. */
  readonly detail: string
}

const NOWHERE = { touchpoint: null, channel: null, cuts: [] }

/** The events of one visitor in an entry of the log. */
export function* eventsOf(entry: Uint8Array, hi: number, lo: number): Generator<LoggedEvent> {
  const view = new DataView(entry.buffer, entry.byteOffset, entry.byteLength)
  for (let at = 0; at < entry.length; at += view.getUint32(at, true)) {
    if (view.getUint8(at + 4) !== RecordType.events) continue
    if (view.getUint32(at + 24, true) !== hi >>> 0 || view.getUint32(at + 28, true) !== lo >>> 0) continue
    yield* eventsIn(view, entry, at)
  }
}

function* eventsIn(view: DataView, entry: Uint8Array, at: number): Generator<LoggedEvent> {
  const isData = (view.getUint8(at + 5) & EventFlag.dataClock) !== 0
  const count = view.getUint16(at + 6, true)
  const receivedAt = view.getFloat64(at + 8, true)
  const base = view.getFloat64(at + 16, true)
  let next = at + EVENTS_HEADER_BYTES + count * EVENT_BYTES
  const text = (length: number, lengthBytes: number): string => {
    next += lengthBytes + length
    return decodeUtf8(entry, next - length, length)
  }
  const places = Array.from({ length: view.getUint8(at + 44) }, () => {
    const touchpoint = text(view.getUint8(next), 1)
    const channel = text(view.getUint8(next), 1)
    const cuts = text(view.getUint16(next, true), 2)
    const pairs: readonly string[] = cuts === '' ? [] : JSON.parse(cuts)
    return { touchpoint, channel: channel === '' ? null : channel, cuts: pairs }
  })
  const strings = Array.from({ length: view.getUint8(at + 45) }, () => text(view.getUint16(next, true), 2))
  for (let i = 0; i < count; i++) {
    const o = at + EVENTS_HEADER_BYTES + i * EVENT_BYTES
    const kind = view.getUint8(o)
    if (kind === REFUSED) continue
    const place = view.getUint8(o + 1)
    const time = base + view.getInt32(o + 4, true)
    yield {
      kind,
      at: time,
      receivedAt: isData ? time : receivedAt,
      ...(places[place] ?? NOWHERE),
      a: view.getUint8(o + 2),
      b: view.getUint8(o + 3),
      detail: strings[view.getUint8(o + 8) - 1] ?? '',
    }
  }
}
