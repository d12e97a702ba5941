import {
  DiscardPolicy,
  JetStreamApiCodes,
  JetStreamApiError,
  RetentionPolicy,
  StorageType,
  type StreamInfo,
} from '@nats-io/jetstream'
import { type NodeConnectionOptions, nuid } from '@nats-io/transport-node'
import { type Clock, type Entry, type EventLog, systemClock } from '../ports.js'
import { QUEUE_BYTES } from './limits.js'
import { Link } from './link.js'
import { type Names, namesOf } from './names.js'
import { readStream } from './reader.js'
import { Sending } from './sending.js'
import { PartitionWriter } from './writer.js'

export interface NatsLogOptions {
  /** Passed to the client: servers, tls, authenticator, name … */
  readonly connection: NodeConnectionOptions
  /** `[A-Za-z0-9_-]{1,64}`; each project has streams of its own. */
  readonly project: string
  /** As many as the streams were made for. */
  readonly partitions: number
  /** Of each stream that is made; those that are there stay as they are. Default 1. */
  readonly replicas?: number
  /** Bytes of a partition's stream that is made; at them appends are refused. Default: no bound but the server's. */
  readonly streamBytes?: number
  readonly queueBytes?: number
  readonly ackMs?: number
  readonly clock?: Clock
}

const describe = (partition: number, partitions: number): string => `partition ${partition} of ${partitions}`

const streamInfo = (link: Link, stream: string): Promise<StreamInfo | null> =>
  link.patiently(() =>
    link.manager.streams.info(stream).catch((error: unknown) => {
      if (error instanceof JetStreamApiError && error.code === JetStreamApiCodes.StreamNotFound) return null
      throw error
    }),
  )

const ensureStream = async (link: Link, names: Names, partition: number, options: NatsLogOptions): Promise<void> => {
  const { partitions, replicas = 1, streamBytes = -1 } = options
  const name = names.logStream(partition)
  const description = describe(partition, partitions)
  const found = await streamInfo(link, name)
  if (found === null) {
    await link.patiently(() =>
      link.manager.streams.add({
        name,
        description,
        subjects: [names.logSubject(partition, '*')],
        retention: RetentionPolicy.Limits,
        storage: StorageType.File,
        discard: DiscardPolicy.New,
        max_bytes: streamBytes,
        num_replicas: replicas,
      }),
    )
  } else if (found.config.description !== description) {
    throw new Error(
      `the stream ${name} is "${found.config.description}", not "${description}". ` +
        'Set server.partitions back, or use another project name.',
    )
  }
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
        await ensureStream(link, names, partition, options)
      return new NatsLog(link, names, options)
    } catch (error) {
      await link.close()
      throw error
    }
  }

  get partitions(): number {
    return this.#writers.length
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
    const { state } = await this.#link.patiently(() =>
      this.#link.manager.streams.info(this.#names.logStream(partition)),
    )
    return { first: state.messages === 0 ? state.last_seq + 1 : state.first_seq, last: state.last_seq }
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
