import {
  addressee,
  DEFAULT_CONFIG,
  Engine,
  type EngineConfig,
  IdHash,
  NO_PLACE,
  RecordWriter,
  type Saying,
} from '@pulssi/aggregator/engine'
import type { Kind } from '@pulssi/protocol/client'
import type { Random } from '../sim/random.js'

const KEY = [7, 11] as const

export interface Told {
  readonly visitor: string
  readonly kind: Kind
  readonly touchpoint?: string
  readonly a?: number
  readonly b?: number
  readonly detail?: string
}

/** How often what goes wrong goes wrong. */
export interface Faults {
  readonly random: Random
  /** Of the entries, so many are followed by a crash of their partition, and by an image of it. */
  readonly crash: number
  readonly image: number
  /** Of the letters brought, so many are brought again, since it isn't known that they were. */
  readonly repeat: number
}

type Words = readonly [hi: number, lo: number]

interface Partition {
  engine: Engine
  image: Uint8Array[] | null
  /** Entries since the image. */
  entries: Uint8Array[]
}

/** Engines of a few partitions with their logs, that crash and come up again, and the letters between them. */
export class System {
  clock: number
  crashes = 0
  refused = 0
  readonly #out = new RecordWriter()
  readonly #partitions: Partition[]
  readonly #faults: Faults | null
  readonly #hear: (said: Saying) => void
  readonly #words = new Map<string, Words>()
  readonly #seqs = new Map<string, number>()

  constructor(
    config: Partial<EngineConfig>,
    partitions: number,
    startsAt: number,
    hear: (said: Saying) => void,
    faults: Faults | null = null,
  ) {
    this.clock = startsAt
    this.#hear = hear
    this.#faults = faults
    this.#partitions = Array.from({ length: partitions }, () => ({ engine: new Engine(KEY), image: null, entries: [] }))
    this.all(out => out.config({ ...DEFAULT_CONFIG, ...config }))
  }

  get engines(): readonly Engine[] {
    return this.#partitions.map(({ engine }) => engine)
  }

  wordsOf(id: string): Words {
    const known = this.#words.get(id)
    if (known !== undefined) return known
    const { hi, lo } = new IdHash(KEY).of(id)
    const words = [hi, lo] as const
    this.#words.set(id, words)
    return words
  }

  all(write: (out: RecordWriter) => void): void {
    for (const index of this.#partitions.keys()) this.#append(index, write)
  }

  tick(at: number): void {
    this.clock = at
    this.all(out => out.tick(at))
  }

  /** What a page tells, at the clock. */
  tell({ visitor, kind, touchpoint, a = 0, b = 0, detail = '' }: Told): void {
    const [visitorHi, visitorLo] = this.wordsOf(visitor)
    const seq = this.#seqs.get(visitor) ?? 0
    this.#seqs.set(visitor, seq + 1)
    this.#append(visitorLo % this.#partitions.length, out => {
      out.begin({
        receivedAt: this.clock,
        base: this.clock,
        dataClock: false,
        page: false,
        bot: false,
        visitorHi,
        visitorLo,
        streamHi: visitorHi,
        streamLo: visitorLo,
        hasStream: true,
        seq,
      })
      out.event(kind, touchpoint === undefined ? NO_PLACE : out.place(touchpoint, null, []), this.clock, a, b, detail)
      out.end()
    })
  }

  /** Brings all letters where they belong, until there are none. */
  deliver(): void {
    for (let isMoving = true; isMoving; ) {
      isMoving = false
      for (const [source, { engine }] of this.#partitions.entries()) {
        if (engine.state.outbox.letters.length === 0) continue
        const letters = engine.state.outbox.after(0)
        const last = letters[letters.length - 1]
        if (last === undefined) continue
        isMoving = true
        for (const letter of letters) {
          this.#append((addressee(letter) >>> 0) % this.#partitions.length, out => out.told(source, letter))
        }
        const { random, repeat } = this.#faults ?? { random: null, repeat: 0 }
        if (random?.chance(repeat)) continue
        this.#append(source, out => out.handed(last.number))
      }
    }
  }

  #append(index: number, write: (out: RecordWriter) => void): void {
    const partition = this.#partitions[index] as Partition
    write(this.#out)
    const entry = this.#out.take()
    partition.engine.apply(entry, { verdict() {}, refused: () => this.refused++ })
    const { said } = partition.engine
    if (this.#faults !== null) this.#suffer(partition, entry, this.#faults)
    for (const saying of said) this.#hear(saying)
  }

  /** The process may die after any entry: another comes up from the last image and the log since. */
  #suffer(partition: Partition, entry: Uint8Array, { random, crash, image }: Faults): void {
    partition.entries.push(entry)
    if (random.chance(image)) {
      partition.image = Array.from(partition.engine.image(), chunk => chunk.slice())
      partition.entries = []
    }
    if (!random.chance(crash)) return
    this.crashes++
    partition.engine = partition.image === null ? new Engine(KEY) : Engine.restore(partition.image)
    for (const kept of partition.entries) partition.engine.apply(kept, { verdict() {}, refused() {} })
  }
}
