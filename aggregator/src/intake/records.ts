import type { Kind, Refusal } from '@pulssi/protocol'
import {
  type GroupHeader,
  RECORD_EVENTS,
  RECORD_PLACES,
  RECORD_SPAN_MS,
  RECORD_STRINGS,
  RecordWriter,
} from '../engine/index.js'

/** Where a record came from: its number in the entry of `partition`, and the position of its first event. */
export interface Span {
  readonly partition: number
  readonly record: number
  readonly position: number
}

/**
 * The writers of all partitions, and the one record that may be open. Counts the records of each entry, so that the
 * engine's verdicts, which name a record of an entry, find their way back to whoever sent its events.
 */
export class Records {
  readonly writers: readonly RecordWriter[]
  readonly spans: Span[] = []
  /** The record that is open takes the event with this sequence number and this position, and no other. */
  nextSeq = 0
  nextPosition = 0

  readonly #counts: Uint32Array
  #open: RecordWriter | null = null
  #base = 0
  #places = 0
  #strings = 0
  #events = 0

  constructor(partitions: number) {
    this.#counts = new Uint32Array(partitions)
    this.writers = Array.from({ length: partitions }, () => new RecordWriter())
  }

  /** Whether the open record, if there is one, has room for one more event at `time` (null: a refused one has none). */
  hasRoom(time: number | null): boolean {
    return (
      this.#open !== null &&
      this.#places < RECORD_PLACES &&
      this.#strings < RECORD_STRINGS &&
      this.#events < RECORD_EVENTS &&
      (time === null || Math.abs(time - this.#base) <= RECORD_SPAN_MS)
    )
  }

  /** Closes the open record and opens another, whose first event has `position`. */
  begin(partition: number, head: GroupHeader, position: number): void {
    this.end()
    this.spans.push({ partition, record: this.#count(partition), position })
    const writer = this.#writer(partition)
    writer.begin(head)
    this.#open = writer
    this.#base = head.base
    this.#places = 0
    this.#strings = 0
    this.#events = 0
    this.nextSeq = head.seq
    this.nextPosition = position
  }

  /** Index of a place in the open record. */
  place(touchpoint: string, channel: string | null, cuts: readonly string[]): number {
    this.#places++
    return this.#opened().place(touchpoint, channel, cuts)
  }

  event(kind: Kind, place: number, time: number, a: number, b: number, detail: string): void {
    if (detail !== '') this.#strings++
    this.#step()
    this.#opened().event(kind, place, time, a, b, detail)
  }

  /** Marks an event that was refused: its sequence number is seen. */
  refused(code: Refusal): void {
    this.#step()
    this.#opened().refused(code)
  }

  end(): void {
    this.#open?.end()
    this.#open = null
  }

  /** The partition's writer for a record that is no group of events. */
  alone(partition: number): RecordWriter {
    this.end()
    this.#count(partition)
    return this.#writer(partition)
  }

  take(partition: number): Uint8Array {
    this.end()
    this.#counts[partition] = 0
    return this.#writer(partition).take()
  }

  #step(): void {
    this.#events++
    this.nextSeq++
    this.nextPosition++
  }

  #count(partition: number): number {
    const record = this.#counts[partition] ?? 0
    this.#counts[partition] = record + 1
    return record
  }

  #opened(): RecordWriter {
    if (this.#open === null) throw new Error('no record is open')
    return this.#open
  }

  #writer(partition: number): RecordWriter {
    const writer = this.writers[partition]
    if (writer === undefined) throw new RangeError(`no partition ${partition}, there are ${this.writers.length}`)
    return writer
  }
}
