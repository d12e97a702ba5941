import { type Departed, type Effects, Engine, type Imaging, type Saying, subjectOf } from '../engine/index.js'
import { PARTIAL_REST_RATIO } from './limits.js'
import type { FromFolder, ToFolder } from './messages.js'
import { Telling } from './telling.js'

interface Lane {
  engine: Engine
  departed: Departed
  /** Last entry folded. */
  sequence: number
  telling: Telling
  imaging: Imaging | null
  /** Number of the newest letter that was posted; null: none is to be, yet. */
  lettersTo: number | null
}

/** Gathers the engine's verdicts as the flat numbers of a `folded` message. */
class Verdicts implements Effects {
  readonly verdicts: number[] = []
  readonly refusals: number[] = []
  entry = 0

  verdict(record: number, accepted: number, duplicates: number, tooLate: number): void {
    this.verdicts.push(this.entry, record, accepted, duplicates, tooLate)
  }

  refused(record: number, event: number, code: number): void {
    this.refusals.push(this.entry, record, event, code)
  }
}

const UNHEARD: Effects = { verdict() {}, refused() {} }

/**
 * Holds the engines of some partitions and folds entries into them, wherever it runs: a thread of its own, or the
 * process of a test. `post` hands a message and its buffers over; `beat` is called every PARTIAL_MS.
 */
export class Folder {
  readonly #post: (message: FromFolder, transfer: ArrayBuffer[]) => void
  readonly #lanes = new Map<number, Lane>()
  #restUntil = 0

  constructor(post: (message: FromFolder, transfer: ArrayBuffer[]) => void) {
    this.#post = post
  }

  handle(message: ToFolder): void {
    if (message.type !== 'open' && !this.#lanes.has(message.partition)) return this.#decline(message)
    switch (message.type) {
      case 'open': {
        const engine = message.chunks === null ? new Engine(message.key) : Engine.restore(message.chunks)
        this.#lanes.set(message.partition, {
          engine,
          departed: engine.noteDeparted(),
          sequence: message.sequence,
          telling: new Telling(engine, message.epoch, message.isLossy),
          imaging: null,
          lettersTo: null,
        })
        return
      }
      case 'close':
        this.#lanes.delete(message.partition)
        this.#post({ type: 'closed', partition: message.partition }, [])
        return
      case 'entries':
        this.#fold(message)
        return
      case 'image':
        this.#beginImage(message.partition)
        return
      case 'chunk':
        this.#chunk(message.partition)
        return
      case 'stopImage':
        this.#stopImage(this.#lane(message.partition))
        return
      case 'subject': {
        const { id, partition, hi, lo } = message
        this.#post({ type: 'subject', id, subject: subjectOf(this.#lane(partition).engine, hi, lo) }, [])
        return
      }
      case 'letters':
        this.#lane(message.partition).lettersTo = 0
        return this.#deliver(message.partition)
      case 'full':
        this.#lane(message.partition).telling.tellWhole()
        return
      default:
        return message satisfies never
    }
  }

  /** What was under way when a partition was closed has no object any more. */
  #decline(message: ToFolder): void {
    if (message.type === 'subject') this.#post({ type: 'subject', id: message.id, subject: null }, [])
    if (message.type === 'close') this.#post({ type: 'closed', partition: message.partition }, [])
  }

  /** Posts what changed since the last beat; of a partition with nothing new, now and then that it is served. */
  beat(): void {
    const begunAt = performance.now()
    if (begunAt < this.#restUntil) return
    for (const [partition, { engine, sequence, telling }] of this.#lanes) {
      const message = telling.next(sequence)
      if (message === null) continue
      const { visitors, streams } = engine.state
      const held = { visitors: visitors.count, sizeBytes: visitors.sizeBytes + streams.sizeBytes }
      this.#post({ type: 'partial', partition, message, held }, [message.buffer as ArrayBuffer])
    }
    const endedAt = performance.now()
    this.#restUntil = endedAt + PARTIAL_REST_RATIO * (endedAt - begunAt)
  }

  #fold(message: ToFolder & { type: 'entries' }): void {
    const { partition, first, lengths, bytes } = message
    const lane = this.#lane(partition)
    const heard = message.quiet ? null : new Verdicts()
    const said: Saying[] = []
    let at = 0
    for (let i = 0; i < lengths.length; i++) {
      const length = lengths[i] as number
      if (heard !== null) heard.entry = i
      try {
        lane.engine.apply(bytes.subarray(at, at + length), heard ?? UNHEARD)
      } catch (error) {
        const text = error instanceof Error ? (error.stack ?? error.message) : String(error)
        this.#post({ type: 'failed', partition, sequence: first + i, message: text }, [])
        return
      }
      if (heard !== null) said.push(...lane.engine.said)
      lane.sequence = first + i
      at += length
    }
    this.#depart(partition, lane.departed)
    if (said.length > 0) this.#post({ type: 'said', partition, said }, [])
    this.#deliver(partition)
    const verdicts = Uint32Array.from(heard?.verdicts ?? [])
    const refusals = Uint32Array.from(heard?.refusals ?? [])
    this.#post(
      { type: 'folded', partition, first, count: lengths.length, sizeBytes: bytes.length, verdicts, refusals },
      [verdicts.buffer, refusals.buffer],
    )
  }

  #deliver(partition: number): void {
    const lane = this.#lane(partition)
    const { outbox } = lane.engine.state
    if (lane.lettersTo === null || outbox.number === lane.lettersTo) return
    const letters = outbox.after(lane.lettersTo)
    lane.lettersTo = outbox.number
    if (letters.length > 0) this.#post({ type: 'letters', partition, letters }, [])
  }

  /** Posted before any partial or image that no longer holds them. */
  #depart(partition: number, left: Departed): void {
    const departed = left.take()
    if (departed === null) return
    this.#post({ type: 'departed', partition, departed, through: left.through }, [departed.buffer as ArrayBuffer])
  }

  #beginImage(partition: number): void {
    const lane = this.#lane(partition)
    this.#stopImage(lane)
    lane.imaging = lane.engine.beginImage()
    this.#post({ type: 'image', partition, sequence: lane.sequence, clock: lane.engine.clock }, [])
  }

  #chunk(partition: number): void {
    const lane = this.#lane(partition)
    if (lane.imaging === null) return
    const chunk = lane.imaging.next()
    if (chunk === null) this.#stopImage(lane)
    this.#post({ type: 'chunk', partition, chunk }, chunk === null ? [] : [chunk.buffer as ArrayBuffer])
  }

  #stopImage(lane: Lane): void {
    lane.imaging?.stop()
    lane.imaging = null
  }

  #lane(partition: number): Lane {
    const lane = this.#lanes.get(partition)
    if (lane === undefined) throw new Error(`partition ${partition} is not open here`)
    return lane
  }
}
