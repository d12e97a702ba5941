import { type Effects, Engine } from '../engine/index.js'
import { PARTIAL_REST_RATIO } from './limits.js'
import type { FromFolder, ToFolder } from './messages.js'
import { packPartial } from './partial.js'

interface Lane {
  engine: Engine
  /** Last entry folded, and the last one that a posted partial holds. */
  sequence: number
  posted: number
  full: boolean
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
    switch (message.type) {
      case 'open': {
        const engine = message.chunks === null ? new Engine(message.key) : Engine.restore(message.chunks)
        this.#lanes.set(message.partition, { engine, sequence: message.sequence, posted: -1, full: true })
        return
      }
      case 'entries':
        this.#fold(message)
        return
      case 'image':
        this.#image(message.partition)
        return
      case 'full':
        this.#lane(message.partition).full = true
        return
      default:
        return message satisfies never
    }
  }

  /** Posts what changed since the last beat; of a partition with nothing new, nothing. */
  beat(): void {
    const begunAt = performance.now()
    if (begunAt < this.#restUntil) return
    for (const [partition, lane] of this.#lanes) {
      if (!lane.full && lane.sequence === lane.posted) continue
      const message = packPartial(lane.sequence, lane.engine.partial(lane.full))
      lane.full = false
      lane.posted = lane.sequence
      this.#post({ type: 'partial', partition, message }, [message.buffer as ArrayBuffer])
    }
    const endedAt = performance.now()
    this.#restUntil = endedAt + PARTIAL_REST_RATIO * (endedAt - begunAt)
  }

  #fold(message: ToFolder & { type: 'entries' }): void {
    const { partition, first, lengths, bytes } = message
    const lane = this.#lane(partition)
    const heard = message.quiet ? null : new Verdicts()
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
      lane.sequence = first + i
      at += length
    }
    const verdicts = Uint32Array.from(heard?.verdicts ?? [])
    const refusals = Uint32Array.from(heard?.refusals ?? [])
    this.#post(
      { type: 'folded', partition, first, count: lengths.length, sizeBytes: bytes.length, verdicts, refusals },
      [verdicts.buffer, refusals.buffer],
    )
  }

  #image(partition: number): void {
    const lane = this.#lane(partition)
    const chunks: Uint8Array[] = []
    const buffers = new Set<ArrayBuffer>()
    for (const chunk of lane.engine.image()) {
      const own = chunk.slice()
      chunks.push(own)
      buffers.add(own.buffer)
    }
    this.#post({ type: 'image', partition, sequence: lane.sequence, chunks }, [...buffers])
  }

  #lane(partition: number): Lane {
    const lane = this.#lanes.get(partition)
    if (lane === undefined) throw new Error(`partition ${partition} is not open here`)
    return lane
  }
}
