import { type EventTotals, SEQ_AHEAD, SEQ_WINDOW } from '@pulssi/protocol/client'
import { type Arrival, type EraseItem, type Erasure, type EventItem, type LogItem, Verdict } from './items.js'

const SECOND = 1_000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const TOO_LATE = 24 * HOUR
const STREAM_MEMORY = 48 * HOUR
const LATE = 10 * MINUTE
const FINE_SLICE = 5 * SECOND

/** One life of a stream, from its first event until it is forgotten. */
interface Stream {
  readonly seen: Set<number>
  low: number
  highest: number
  readonly firstAt: number
  /** Greatest receive time of its accepted and duplicate events. */
  lastAt: number | null
}

export interface Judged {
  readonly totals: EventTotals
  readonly clock: number
  readonly arrivals: Arrival[]
  /** The arrivals and, between them, the erasures. */
  readonly story: (Arrival | Erasure)[]
  /** One for each item of the log; null for what is no event. */
  readonly verdicts: (Verdict | null)[]
  /** Seqs that came after a higher one of their stream. */
  readonly holesFilled: number
}

/** The first pass: the log in its order, each event's verdict by N1 to N8. One clock for each partition. */
export class Judge {
  readonly #dataClock: boolean
  readonly #partitionOf: (visitor: string) => number
  readonly #clocks = new Map<number, number>()
  readonly #streams = new Map<string, Stream>()
  readonly #lives: Stream[] = []
  readonly #arrivals: Arrival[] = []
  readonly #story: (Arrival | Erasure)[] = []
  readonly #totals = { accepted: 0, duplicates: 0, lost: 0, late: 0, tooLate: 0, rejected: 0, bots: 0 }
  #tick = 0
  #holesFilled = 0

  constructor(dataClock: boolean, partitionOf: (visitor: string) => number) {
    this.#dataClock = dataClock
    this.#partitionOf = partitionOf
  }

  all(items: readonly LogItem[]): Judged {
    const verdicts = items.map(item => this.#item(item))
    // lost: highest seq + 1 − seqs seen, over all lives; what was lost in a forgotten one stays lost (N6).
    for (const life of this.#lives) this.#totals.lost += life.highest + 1 - life.seen.size
    const clock = Math.max(this.#tick, ...this.#clocks.values())
    const [arrivals, story, holesFilled] = [this.#arrivals, this.#story, this.#holesFilled]
    return { totals: this.#totals, clock, arrivals, story, verdicts, holesFilled }
  }

  #item(item: LogItem): Verdict | null {
    // Every partition gets every tick.
    if (item.type === 'tick') this.#tick = Math.max(this.#tick, item.at)
    if (item.type === 'refuse') this.#totals.rejected += item.count
    if (item.type === 'erase') this.#erase(item)
    return item.type === 'event' ? this.#event(item) : null
  }

  #event(event: EventItem): Verdict {
    // N1: with the data clock an event is received at its own time.
    const receivedAt = this.#dataClock ? event.at : event.receivedAt
    const time = Math.min(event.at, receivedAt)
    const partition = this.#partitionOf(event.visitor)
    const clockBefore = Math.max(this.#tick, this.#clocks.get(partition) ?? 0)

    // N2, N7: refused first; its seq is seen, the clock stays. A bot's stream is not kept at all.
    if (event.refused) {
      if (event.seq !== null && !event.bot) {
        const stream = this.#stream(event, clockBefore, receivedAt)
        if (event.seq <= stream.low + SEQ_AHEAD) see(stream, event.seq)
      }
      this.#totals.rejected++
      return Verdict.rejected
    }
    // N2: a bot's event touches nothing.
    if (event.bot) {
      this.#totals.bots++
      return Verdict.bot
    }
    // N3: the clock moves before anything is judged by it …
    const clock = Math.max(clockBefore, receivedAt)
    const stream = event.seq === null ? null : this.#stream(event, clock, receivedAt)
    // N5: … but not for a seq too far ahead, which is refused and not seen.
    if (stream && event.seq !== null && event.seq > stream.low + SEQ_AHEAD) {
      this.#totals.rejected++
      return Verdict.rejected
    }
    this.#clocks.set(partition, clock)
    // N5: duplicate.
    if (stream && event.seq !== null && known(stream, event.seq)) {
      stream.lastAt = Math.max(stream.lastAt ?? 0, receivedAt)
      this.#totals.duplicates++
      return Verdict.duplicate
    }
    if (stream && event.seq !== null) {
      if (event.seq < stream.highest) this.#holesFilled++
      see(stream, event.seq)
    }
    // N4: too late; its seq is seen by now.
    if (time < receivedAt - TOO_LATE) {
      this.#totals.tooLate++
      return Verdict.tooLate
    }
    if (stream) stream.lastAt = Math.max(stream.lastAt ?? 0, receivedAt)
    // N8: late.
    const late = time - (time % FINE_SLICE) <= clock - LATE
    if (late) this.#totals.late++
    this.#totals.accepted++
    const arrival = { event, time, clockBefore, late }
    this.#arrivals.push(arrival)
    this.#story.push(arrival)
    return Verdict.accepted
  }

  /** N21: the clock moves as by a tick, in this partition alone; every stream of the visitor is forgotten. */
  #erase({ visitor, at }: EraseItem): void {
    const partition = this.#partitionOf(visitor)
    const clock = Math.max(this.#tick, this.#clocks.get(partition) ?? 0, at)
    this.#clocks.set(partition, clock)
    for (const key of [...this.#streams.keys()]) if (key.startsWith(`${visitor} `)) this.#streams.delete(key)
    this.#story.push({ erased: visitor, clock })
  }

  /** N6: the stream as it is remembered at this clock; a new life where it is forgotten. */
  #stream(event: EventItem, clock: number, receivedAt: number): Stream {
    const key = `${event.visitor} ${event.stream}`
    const stream = this.#streams.get(key)
    if (stream && clock <= (stream.lastAt ?? stream.firstAt) + STREAM_MEMORY) return stream
    const fresh: Stream = { seen: new Set(), low: 0, highest: -1, firstAt: receivedAt, lastAt: null }
    this.#streams.set(key, fresh)
    this.#lives.push(fresh)
    return fresh
  }
}

/** N5: below the lowest not seen (seen, or given up), or seen. */
const known = (stream: Stream, seq: number): boolean => seq < stream.low || stream.seen.has(seq)

/** N5: a seq beyond the 256 moves them so that it is the last; low is then the lowest not seen. */
const see = (stream: Stream, seq: number): void => {
  if (known(stream, seq)) return
  stream.seen.add(seq)
  stream.highest = Math.max(stream.highest, seq)
  if (seq > stream.low + SEQ_WINDOW) stream.low = seq - SEQ_WINDOW
  while (stream.seen.has(stream.low)) stream.low++
}
