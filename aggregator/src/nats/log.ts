import { nuid } from '@nats-io/transport-node'
import { type Clock, type Entry, type EventLog, systemClock } from '../ports.js'
import { QUEUE_BYTES } from './limits.js'
import { Link, type LinkOptions } from './link.js'
import { boundsOf, ensureLogStream, type StreamLimits } from './log-stream.js'
import { type Names, namesOf } from './names.js'
import { readStream } from './reader.js'
import { Sending } from './sending.js'
import { PartitionWriter } from './writer.js'

export interface NatsLogOptions extends StreamLimits {
  /** Passed to the client: servers, tls, authenticator, name … */
  readonly connection: LinkOptions
  /** `[A-Za-z0-9_-]{1,64}`; each project has streams of its own. */
  readonly project: string
  /** As many as the streams were made for. */
  readonly partitions: number
  readonly queueBytes?: number
  readonly ackMs?: number
  readonly clock?: Clock
}

/**
 * EventLog in JetStream: a stream a partition, whose own sequence is the entries'. One stream for all would number
 * across partitions, so that no reader could tell a gap from another partition's entry; and a stream is what NATS
 * spreads over its servers. What a restart of the machine may take, the replicas keep: use 3, or let the server
 * sync always.
 */
export class NatsLog implements EventLog {
  readonly #link: Link
  readonly #names: Names
  readonly #writers: readonly PartitionWriter[]
  /** By partition: the share of its bound that its stream took when last looked at; of those that have one. */
  readonly #fullness = new Map<number, number>()

  private constructor(link: Link, names: Names, options: NatsLogOptions) {
    this.#link = link
    this.#names = names
    const { clock = systemClock, queueBytes = QUEUE_BYTES, ackMs } = options
    const writer = nuid.next()
    this.#writers = Array.from({ length: options.partitions }, (_, partition) => {
      const [stream, subject] = [names.logStream(partition), names.logSubject(partition, writer)]
      return new PartitionWriter(
        new Sending({ link, stream, subject, clock, ...(ackMs === undefined ? {} : { ackMs }) }),
        queueBytes,
      )
    })
  }

  /** Makes the streams that aren't there. Rejects where the server doesn't fit, or the streams are for others. */
  static async open(options: NatsLogOptions): Promise<NatsLog> {
    const names = namesOf(options.project)
    const link = await Link.open(options.connection)
    try {
      for (let partition = 0; partition < options.partitions; partition++)
        await ensureLogStream(link, names, partition, options)
      return new NatsLog(link, names, options)
    } catch (error) {
      await link.close()
      throw error
    }
  }

  get partitions(): number {
    return this.#writers.length
  }

  /** The share of its bound that the fullest stream took when last looked at; null: none has a bound. */
  get fullness(): number | null {
    return this.#fullness.size === 0 ? null : Math.max(...this.#fullness.values())
  }

  /** `bytes` must not change until the promise settles. Rejects with a RangeError beyond the server's `max_payload`. */
  append(partition: number, bytes: Uint8Array): Promise<number> {
    return this.#writer(partition).append(bytes)
  }

  read(partition: number, from: number, signal: AbortSignal): AsyncIterable<readonly Entry[]> {
    this.#writer(partition)
    return readStream(this.#link, this.#names.logStream(partition), from, signal)
  }

  async bounds(partition: number): Promise<{ first: number; last: number }> {
    this.#writer(partition)
    const stream = this.#names.logStream(partition)
    const info = await this.#link.patiently(() => this.#link.manager.streams.info(stream))
    const { max_bytes: most = -1 } = info.config
    if (most > 0) this.#fullness.set(partition, info.state.bytes / most)
    return boundsOf(info)
  }

  async trim(partition: number, sequence: number): Promise<void> {
    const { first, last } = await this.bounds(partition)
    const seq = Math.min(sequence, last + 1)
    if (seq <= first) return
    await this.#link.patiently(() => this.#link.manager.streams.purge(this.#names.logStream(partition), { seq }))
  }

  /** Waits for what was appended; an entry of which the server says nothing any more rejects with an Error. */
  async close(): Promise<void> {
    await Promise.all(this.#writers.map(writer => writer.close()))
    await this.#link.close()
    await Promise.all(this.#writers.map(writer => writer.ended()))
  }

  #writer(partition: number): PartitionWriter {
    const writer = this.#writers[partition]
    if (writer === undefined) throw new RangeError(`no partition ${partition}, there are ${this.#writers.length}`)
    return writer
  }
}
