import type { LogItem } from '../recount/index.js'
import type { Run } from './generate.js'
import { type EngineModule, EntryWriter, partitionBy } from './log.js'
import { Mismatch } from './mismatch.js'
import { Random } from './random.js'

type Engine = InstanceType<EngineModule['Engine']>
type View = InstanceType<EngineModule['View']>

/** Partials carry the time of their making for `ageMs` alone; here all are made at one instant. */
export const NOW = 1

const FLUSH_EVENTS = 24
const FLUSH = 0.06
const IMAGE = 0.1
const FEED = 0.15
const LOST_PARTIAL = 0.1

/** What the engines said of the events, replays apart. */
export interface Verdicts {
  accepted: number
  duplicates: number
  tooLate: number
  refused: number
}

/** One partition: its log, its engine, its last image. */
class Partition {
  readonly index: number
  engine: Engine
  readonly writer: EntryWriter
  readonly #api: EngineModule
  readonly #run: Run
  readonly #entries: Uint8Array[] = []
  #image: { readonly chunks: Uint8Array[]; readonly entries: number } | null = null
  /** What the view has of this partition can't be continued: the next partial must be whole. */
  #viewBroken = false

  constructor(api: EngineModule, run: Run, index: number) {
    this.#api = api
    this.#run = run
    this.index = index
    this.engine = new api.Engine(run.key)
    this.writer = new EntryWriter(api, run)
  }

  flush(verdicts: Verdicts): void {
    const bytes = this.writer.take()
    if (!bytes) return
    this.#entries.push(bytes)
    this.engine.apply(bytes, {
      verdict(_record, accepted, duplicates, tooLate) {
        verdicts.accepted += accepted
        verdicts.duplicates += duplicates
        verdicts.tooLate += tooLate
      },
      refused() {
        verdicts.refused++
      },
    })
  }

  takeImage(): void {
    this.#image = { chunks: Array.from(this.engine.image(), chunk => chunk.slice()), entries: this.#entries.length }
  }

  /** The process dies and another comes up from the last image and the log after it. */
  crash(): void {
    const { chunks, entries } = this.#image ?? { chunks: null, entries: 0 }
    const restored = chunks ? this.#api.Engine.restore(chunks) : new this.#api.Engine(this.#run.key)
    for (const bytes of this.#entries.slice(entries)) restored.apply(bytes, { verdict() {}, refused() {} })
    const expected = this.#api.digest([this.engine])
    const actual = this.#api.digest([restored])
    Mismatch.unlessSameText(this.#run.seed, 'digest after a crash', expected, actual)
    this.engine = restored
    this.#viewBroken = true
  }

  feed(view: View, lost: boolean, whole = false): void {
    const partial = this.engine.partial(whole || this.#viewBroken)
    this.#viewBroken = lost
    if (lost) return
    if (partial) view.absorb(this.index, partial, NOW)
  }
}

/** All partitions of one run with the view that merges them, played item by item. */
export class Cluster {
  readonly partitions: readonly Partition[]
  readonly partitionOf: (visitor: string) => number
  readonly verdicts: Verdicts = { accepted: 0, duplicates: 0, tooLate: 0, refused: 0 }
  readonly view: View
  crashes = 0
  readonly #api: EngineModule
  readonly #seed: number
  readonly #crashShare: number

  constructor(api: EngineModule, run: Run, partitions: number, crashes: boolean) {
    this.#api = api
    this.#seed = run.seed
    this.#crashShare = crashes ? new Random(run.seed).pick([0, 0.01, 0.05]) : 0
    this.partitionOf = partitionBy(api, run, partitions)
    this.partitions = Array.from({ length: partitions }, (_, index) => new Partition(api, run, index))
    this.view = new api.View(partitions)
  }

  get engines(): Engine[] {
    return this.partitions.map(partition => partition.engine)
  }

  play(item: LogItem): void {
    if (item.type === 'tick') {
      for (const partition of this.partitions) partition.writer.add(item)
      return
    }
    const index = item.type === 'refuse' ? 0 : this.partitionOf(item.visitor)
    const partition = this.partitions[index] as Partition
    partition.writer.add(item)
    const random = this.#randomAfter(item)
    if (partition.writer.events >= FLUSH_EVENTS || random.chance(FLUSH)) this.#step(partition, random)
  }

  /** Everything written is applied and in the view. */
  settle(): void {
    for (const partition of this.partitions) {
      partition.flush(this.verdicts)
      partition.feed(this.view, false)
    }
    for (const lacking of this.view.lacking) this.partitions[lacking]?.feed(this.view, false, true)
  }

  /** A view that knows nothing but what the engines hold now. */
  freshView(): View {
    const view = new this.#api.View(this.partitions.length)
    for (const partition of new Random(this.#seed).shuffled(this.partitions)) partition.feed(view, false, true)
    return view
  }

  /** Drawn from the item itself: a log cut short crashes at the same events as the whole. */
  #randomAfter(item: LogItem): Random {
    const mark = item.type === 'event' ? item.receivedAt + (item.seq ?? 0) : item.type === 'erase' ? item.at : 0
    return new Random(this.#seed ^ (mark % 2 ** 31))
  }

  #step(partition: Partition, random: Random): void {
    partition.flush(this.verdicts)
    if (random.chance(IMAGE)) partition.takeImage()
    if (random.chance(this.#crashShare)) {
      partition.crash()
      this.crashes++
    }
    if (random.chance(FEED)) partition.feed(this.view, random.chance(LOST_PARTIAL))
  }
}
