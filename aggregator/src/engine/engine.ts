import { AskFold } from './ask-fold.js'
import { Asking } from './asking.js'
import { decodeUtf8 } from './bytes.js'
import type { EngineConfig } from './config.js'
import { Departed } from './departed.js'
import { type Effects, Fold } from './fold.js'
import { readImage } from './image.js'
import { Imaging } from './imaging.js'
import { Kin } from './kin.js'
import { readLetter } from './outbox.js'
import { PartialWriter } from './partial.js'
import { readPolicy, readReply } from './read-record.js'
import { RecordType } from './record.js'
import type { Saying } from './saying.js'
import { State } from './state.js'
import { Timeline } from './timeline.js'
import { Word } from './visitors.js'
import { Visits } from './visits.js'

/**
 * The pure reducer: log records in, counts out. It has no clock, no randomness and reaches nothing; its state is a
 * function of the records applied. One engine holds one partition. The rules are those of NUMBERS.md.
 */
export class Engine {
  readonly state = new State()
  readonly visits = new Visits(this.state.visitors, this.state.ledger, this.state.places)
  readonly #asking = new Asking(this.state, this.visits)
  readonly #kin = new Kin(this.state, this.#asking)
  readonly timeline = new Timeline(this.state, this.visits, this.#asking)
  readonly #askFold = new AskFold(this.state, this.#asking, this.#kin, this.visits)
  readonly #fold = new Fold(this.state, this.timeline, this.visits, this.#askFold)
  readonly #partials = new PartialWriter()

  /** `key`: of all id hashes; a `key` record in the log replaces it. */
  constructor(key: readonly [number, number]) {
    this.state.key = key
  }

  /** Reads what `image` wrote. Throws on anything else. */
  static restore(chunks: Iterable<Uint8Array>): Engine {
    const engine = new Engine([0, 0])
    readImage(engine.state, chunks)
    engine.timeline.configured()
    engine.timeline.rebuild()
    return engine
  }

  /** ms since 1970 */
  get clock(): number {
    return this.state.clock
  }

  /** What pages are to be told because of the entry that was applied last. A replay says it again. */
  get said(): readonly Saying[] {
    return this.#asking.said
  }

  /** Applies one log entry: all its records, in order. */
  apply(entry: Uint8Array, effects: Effects): void {
    if (this.#asking.said.length > 0) this.#asking.said = []
    const view = new DataView(entry.buffer, entry.byteOffset, entry.byteLength)
    let record = 0
    for (let at = 0; at < entry.length; at += view.getUint32(at, true)) {
      this.#record(view, entry, at, record++, effects)
    }
  }

  /** From now on 15 min slices are noted as they leave the state (N37). */
  noteDeparted(): Departed {
    return new Departed(this.state)
  }

  /** Brings the state up to its clock. Changes when a count shows, never what it will be. */
  settle(): void {
    this.timeline.settle()
    this.state.ledger.flushAll()
  }

  /** What changed since the last call, or everything; null if nothing did. For View.absorb. */
  partial(full = false): Uint8Array | null {
    this.settle()
    return this.#partials.write(this.state, full)
  }

  /** The whole state in chunks, at once. */
  *image(): Generator<Uint8Array> {
    const imaging = this.beginImage()
    for (let chunk = imaging.next(); chunk !== null; chunk = imaging.next()) yield chunk
  }

  /** An image of the state as it is now, taken little by little while records go on being applied. One at a time. */
  beginImage(): Imaging {
    this.settle()
    return new Imaging(this.state)
  }

  #record(view: DataView, entry: Uint8Array, at: number, record: number, effects: Effects): void {
    const type = view.getUint8(at + 4)
    switch (type) {
      case RecordType.events:
        return this.#fold.fold(view, entry, at, record, effects)
      case RecordType.tick:
        return this.timeline.moveTo(view.getFloat64(at + 8, true))
      case RecordType.config: {
        const text = decodeUtf8(entry, at + 8, view.getUint32(at, true) - 8)
        this.state.configure(JSON.parse(text) as EngineConfig)
        return this.timeline.configured()
      }
      case RecordType.refuse:
        this.state.totals.rejected += view.getUint32(at + 8, true)
        return
      case RecordType.erase:
        return this.#erase(view, at)
      case RecordType.key:
        this.state.key = [view.getUint32(at + 8, true), view.getUint32(at + 12, true)]
        return
      case RecordType.policy: {
        const { until, chances } = readPolicy(view, entry, at)
        return this.state.chances.set(until, chances)
      }
      case RecordType.told: {
        const { source, letter } = readLetter(view, entry, at)
        return this.#kin.take(source, letter)
      }
      case RecordType.handed:
        return this.state.outbox.handed(view.getFloat64(at + 8, true))
      case RecordType.reply:
        return this.#asking.replied(readReply(view, entry, at))
      default:
        throw new Error(`log record of unknown type ${type}: a newer version wrote it`)
    }
  }

  /** Settles the visitor's visit by the clock, then forgets everything that was known of it. */
  #erase(view: DataView, at: number): void {
    const { visitors, streams } = this.state
    const clock = Math.max(this.state.clock, view.getFloat64(at + 8, true))
    const hi = view.getInt32(at + 16, true)
    const lo = view.getInt32(at + 20, true)
    this.timeline.moveTo(clock)
    const row = visitors.find(hi, lo)
    if (row >= 0) {
      this.visits.hold(row)
      this.visits.erase(this.visits.arrive(clock))
      streams.drop(visitors.page(row)[visitors.at(row) + Word.streams] as number)
      visitors.remove(row)
    }
    this.#kin.erase(hi, lo)
    this.state.unname(hi, lo, [view.getInt32(at + 24, true), view.getInt32(at + 28, true)])
  }
}
