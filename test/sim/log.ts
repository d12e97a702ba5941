import { Kind, Refusal, SCALES } from '@pulssi/protocol/client'
import type { EventItem, LogItem } from '../recount/index.js'
import type { Run } from './generate.js'

/** The engine under test: the real module, or a copy with a fault in it. */
export type EngineModule = typeof import('@pulssi/aggregator/engine')

/** Which partition a visitor belongs to: any split by visitor will do, this one goes by the engine's own hash. */
export const partitionBy = (api: EngineModule, run: Run, partitions: number): ((visitor: string) => number) => {
  const hash = new api.IdHash(run.key)
  const known = new Map<string, number>()
  return visitor => {
    let partition = known.get(visitor)
    if (partition === undefined) {
      partition = hash.of(visitor).lo % partitions
      known.set(visitor, partition)
    }
    return partition
  }
}

/** Writes one partition's log items as the gateway would: neighbours of one stream in one group. */
export class EntryWriter {
  readonly #api: EngineModule
  readonly #run: Run
  readonly #writer: InstanceType<EngineModule['RecordWriter']>
  readonly #visitor: InstanceType<EngineModule['IdHash']>
  readonly #stream: InstanceType<EngineModule['IdHash']>
  /** The last event of the group that is open. */
  #open: EventItem | null = null
  #events = 0

  constructor(api: EngineModule, run: Run) {
    this.#api = api
    this.#run = run
    this.#writer = new api.RecordWriter()
    this.#visitor = new api.IdHash(run.key)
    this.#stream = new api.IdHash(run.key)
    this.#writer.key(run.key[0], run.key[1])
    this.#writer.config(run.world.config)
  }

  /** Events gathered since the last `take`. */
  get events(): number {
    return this.#events
  }

  add(item: LogItem): void {
    if (item.type === 'event') {
      this.#event(item)
      return
    }
    this.#close()
    if (item.type === 'tick') this.#writer.tick(item.at)
    else if (item.type === 'refuse') this.#writer.refuse(item.count)
    else {
      const { hi, lo } = this.#visitor.of(item.visitor)
      this.#writer.erase(item.at, [hi, lo], item.noise)
    }
  }

  /** The entry's bytes, null where nothing was gathered. */
  take(): Uint8Array | null {
    this.#close()
    this.#events = 0
    return this.#writer.length > 0 ? this.#writer.take() : null
  }

  #close(): void {
    if (this.#open) this.#writer.end()
    this.#open = null
  }

  #event(event: EventItem): void {
    if (!this.#continues(event)) this.#begin(event)
    this.#open = event
    this.#events++
    if (event.refused) {
      this.#writer.refused(Refusal.badScore)
      return
    }
    const { touchpoint, channel, receivedAt, at, kind } = event
    const place = touchpoint === null ? this.#api.NO_PLACE : this.#writer.place(touchpoint, channel, [])
    const time = this.#run.world.dataClock ? at : Math.min(at, receivedAt)
    const [a, b, detail] = payload(event)
    this.#writer.event(Kind[kind], place, time, a, b, detail)
  }

  /** Whether it goes into the open group: same stream, next seq, same receive time. */
  #continues(event: EventItem): boolean {
    const open = this.#open
    if (!open || open.visitor !== event.visitor || open.stream !== event.stream) return false
    if (open.page !== event.page || open.bot !== event.bot) return false
    if (open.receivedAt !== event.receivedAt && !this.#run.world.dataClock) return false
    return open.seq === null || event.seq === open.seq + 1
  }

  #begin(event: EventItem): void {
    this.#close()
    const visitor = this.#visitor.of(event.visitor)
    const stream = this.#stream.of(event.stream ?? '')
    this.#writer.begin({
      receivedAt: event.receivedAt,
      dataClock: this.#run.world.dataClock,
      page: event.page,
      bot: event.bot,
      visitorHi: visitor.hi,
      visitorLo: visitor.lo,
      streamHi: stream.hi,
      streamLo: stream.lo,
      hasStream: event.stream !== null,
      seq: event.seq ?? 0,
      base: Math.min(event.at, event.receivedAt),
    })
  }
}

const said = (name: 'comment' | 'text', { comment }: EventItem): string =>
  comment === null ? '' : JSON.stringify({ [name]: comment })

const payload = (event: EventItem): [a: number, b: number, detail?: string] => {
  switch (event.kind) {
    case 'feedback':
      return [event.scale === null ? 0 : SCALES.indexOf(event.scale), event.level ?? 0, said('comment', event)]
    case 'signal':
      return [0, 0, event.name ?? '']
    case 'answer':
      return [0, 0, said('text', event) || '{"ask":"why","option":1}']
    case 'link':
      return [0, 0, '{"customer":"c-1"}']
    case 'ask':
      return [0, 0, '{"ask":"why"}']
    case 'goal':
      return [0, 0, '{"value":12.5}']
    case 'enter':
    case 'leave':
      return [0, 0]
  }
}
