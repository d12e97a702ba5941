import {
  DiscardPolicy,
  JetStreamApiCodes,
  JetStreamApiError,
  RetentionPolicy,
  StorageType,
  type StreamConfig,
  type StreamInfo,
} from '@nats-io/jetstream'
import type { Link } from './link.js'
import type { Names } from './names.js'

/** Of a stream that is made; one that is there stays as it is. */
export interface StreamLimits {
  /** Default 1. */
  readonly replicas?: number
  /** Bytes of a partition; at them appends are refused. Default: no bound but the server's. */
  readonly streamBytes?: number
}

export interface LogStreamOptions extends StreamLimits {
  readonly partitions: number
}

/** How a partition's stream is made. */
export const logStreamConfig = (names: Names, partition: number, options: LogStreamOptions) => {
  const { partitions, replicas = 1, streamBytes = -1 } = options
  return {
    name: names.logStream(partition),
    description: `partition ${partition} of ${partitions}`,
    subjects: [names.logSubject(partition, '*')],
    retention: RetentionPolicy.Limits,
    storage: StorageType.File,
    discard: DiscardPolicy.New,
    max_bytes: streamBytes,
    num_replicas: replicas,
  } satisfies Partial<StreamConfig>
}

/** null: there is none. */
export const streamInfo = (link: Link, stream: string): Promise<StreamInfo | null> =>
  link.patiently(() =>
    link.manager.streams.info(stream).catch((error: unknown) => {
      if (error instanceof JetStreamApiError && error.code === JetStreamApiCodes.StreamNotFound) return null
      throw error
    }),
  )

/** Makes a partition's stream if there is none. Rejects where the one that is there was made for others. */
export const ensureLogStream = async (
  link: Link,
  names: Names,
  partition: number,
  options: LogStreamOptions,
): Promise<void> => {
  const config = logStreamConfig(names, partition, options)
  const { name, description } = config
  const found = await streamInfo(link, name)
  if (found === null) {
    await link.patiently(() => link.manager.streams.add(config))
  } else if (found.config.description !== description) {
    throw new Error(
      `the stream ${name} is "${found.config.description}", not "${description}". ` +
        'Set server.partitions back, or use another project name.',
    )
  }
}

/** An empty log has last = first − 1. */
export const boundsOf = ({ state }: StreamInfo): { first: number; last: number } => ({
  first: state.messages === 0 ? state.last_seq + 1 : state.first_seq,
  last: state.last_seq,
})
