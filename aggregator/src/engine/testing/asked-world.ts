/** Engines of a few partitions, the letters between them, and pages that hear what is said. For tests. */
import type { Kind } from '@pulssi/protocol/client'
import { DEFAULT_CONFIG, type EngineConfig } from '../config.js'
import { Engine } from '../engine.js'
import { IdHash } from '../hash.js'
import { addressee } from '../outbox.js'
import { type Chance, RecordWriter } from '../record.js'
import type { Saying } from '../saying.js'

export const KEY = [7, 11] as const
export const SECOND = 1_000
export const MINUTE = 60_000
export const HOUR = 60 * MINUTE
export const DAY = 24 * HOUR
export const START = Date.UTC(2026, 0, 5, 9)

export interface Doing {
  readonly visitor: string
  readonly kind: Kind
  readonly touchpoint?: string
  readonly a?: number
  readonly b?: number
  readonly detail?: string
  readonly page?: boolean
}

const words = (id: string): [number, number] => {
  const { hi, lo } = new IdHash(KEY).of(id)
  return [hi, lo]
}
export const hashOf = words
export const hex = (id: string): string =>
  words(id)
    .map(word => (word >>> 0).toString(16).padStart(8, '0'))
    .join('')

export class AskedWorld {
  engines: Engine[]
  clock = START
  readonly refused: number[] = []
  readonly said: Saying[] = []
  /** Everything that was ever appended, by partition. */
  readonly logs: Uint8Array[][]
  readonly #delivered: number[]
  readonly #seqs = new Map<string, number>()

  constructor(config: Partial<EngineConfig>, partitions = 1) {
    this.engines = Array.from({ length: partitions }, () => new Engine(KEY))
    this.logs = this.engines.map(() => [])
    this.#delivered = this.engines.map(() => 0)
    this.all(out => out.config({ ...DEFAULT_CONFIG, ...config }))
    this.tick()
  }

  all(write: (out: RecordWriter) => void): void {
    for (const partition of this.engines.keys()) this.append(partition, write)
  }

  append(partition: number, write: (out: RecordWriter) => void): void {
    const out = new RecordWriter()
    write(out)
    const entry = out.take()
    this.logs[partition]?.push(entry)
    const engine = this.engines[partition] as Engine
    engine.apply(entry, { verdict() {}, refused: (_record, _event, code) => this.refused.push(code) })
    this.said.push(...engine.said)
  }

  tick(ms = 0): void {
    this.clock += ms
    this.all(out => out.tick(this.clock))
  }

  policy(chances: readonly Chance[], validMs = DAY * 40): void {
    this.all(out => out.policy(this.clock, validMs, chances))
  }

  partitionOf(visitor: string): number {
    return ((words(visitor)[1] as number) >>> 0) % this.engines.length
  }

  do({ visitor, kind, touchpoint, a = 0, b = 0, detail = '', page = false }: Doing): void {
    const [visitorHi, visitorLo] = words(visitor)
    const [streamHi, streamLo] = words(`s.${visitor}`)
    const seq = this.#seqs.get(visitor) ?? 0
    this.#seqs.set(visitor, seq + 1)
    this.append(this.partitionOf(visitor), out => {
      const ids = { visitorHi, visitorLo, streamHi, streamLo, hasStream: true, seq }
      out.begin({ ...ids, receivedAt: this.clock, base: this.clock, dataClock: false, page, bot: false })
      const place = touchpoint === undefined ? 255 : out.place(touchpoint, null, [])
      out.event(kind, place, this.clock, a, b, detail)
      out.end()
    })
  }

  /** Brings all letters where they belong, until there are none. `hasReceipts`: and says so in the log they came from. */
  deliver(hasReceipts = true): void {
    for (let isMoving = true; isMoving; ) {
      isMoving = false
      for (const [source, engine] of this.engines.entries()) {
        const letters = engine.state.outbox.after(this.#delivered[source] as number)
        if (letters.length === 0) continue
        isMoving = true
        for (const letter of letters) {
          const to = (addressee(letter) >>> 0) % this.engines.length
          this.append(to, out => out.told(source, letter))
        }
        // What was delivered here may have made more to deliver.
        const last = letters[letters.length - 1]?.number ?? 0
        this.#delivered[source] = last
        if (hasReceipts) this.append(source, out => out.handed(last))
      }
    }
  }

  /** Every engine is another one, made of an image; what was not known to be delivered is delivered again. */
  crash(): void {
    this.engines = this.engines.map(engine => Engine.restore(engine.image()))
    this.#delivered.fill(0)
  }

  /** Cells from `first` on of a touchpoint's total, over all partitions. */
  cells(touchpoint: string, first: number, count: number): number[] {
    const sums = new Array<number>(count).fill(0)
    for (const { state } of this.engines) {
      state.ledger.flushAll()
      const place = state.places.touchpoints.find(touchpoint)
      const page = state.ledger.pages[place]
      if (page === undefined) continue
      const total = page.length.length - 1
      const offset = page.offset[total] as number
      const from = offset & 0xffff
      for (let i = from; i < from + (page.length[total] as number); i++) {
        const cell = (state.ledger.spans.keys(offset)[i] as number) - first
        if (cell >= 0 && cell < count)
          sums[cell] = (sums[cell] as number) + (state.ledger.spans.counts(offset)[i] as number)
      }
    }
    return sums
  }
}
