import { setTimeout as pause, setImmediate as turn } from 'node:timers/promises'
import { type ConsumerMessages, DeliverPolicy, JetStreamApiCodes, JetStreamApiError } from '@nats-io/jetstream'
import type { Entry } from '../ports.js'
import { READ_BEAT_MS, READ_BYTES, READ_RETRY_MS } from './limits.js'
import type { Link } from './link.js'

const isStreamGone = (error: unknown): boolean =>
  error instanceof JetStreamApiError && error.code === JetStreamApiCodes.StreamNotFound

/** The stream has entries before and after one that it hasn't. */
class MissingEntry extends Error {}

/** Where to go on after entries that a consumer left out: at the first of them, or at what is kept of the stream. */
const afterGap = async (link: Link, stream: string, next: number): Promise<number> => {
  const { state } = await link.manager.streams.info(stream)
  if (state.first_seq > next) return state.first_seq
  if ((await link.manager.streams.getMessage(stream, { seq: next })) !== null) return next
  throw new MissingEntry(`entry ${next} of the stream ${stream} is missing, though ${state.first_seq} is kept`)
}

/** A consumer's messages, gathered while the reader is busy; at READ_BYTES it takes no more until they are fetched. */
class Gathered {
  readonly messages: ConsumerMessages
  #entries: Entry[] = []
  #sizeBytes = 0
  #end: { readonly error: unknown } | null = null
  #wake: (() => void) | null = null
  #room: (() => void) | null = null

  constructor(messages: ConsumerMessages) {
    this.messages = messages
    void this.#watch()
    this.#gather().then(
      () => this.#finish(null),
      error => this.#finish(error),
    )
  }

  /** At least one entry, in order; null once the consumer ended. */
  async fetch(): Promise<Entry[] | null> {
    while (this.#entries.length === 0 && this.#end === null) {
      await new Promise<void>(resolve => {
        this.#wake = resolve
      })
      await turn()
    }
    if (this.#entries.length === 0) {
      if (this.#end?.error != null) throw this.#end.error
      return null
    }
    const entries = this.#entries
    this.#entries = []
    this.#sizeBytes = 0
    this.#room?.()
    return entries
  }

  stop(): void {
    this.messages.stop()
    this.#finish(null)
    this.#room?.()
  }

  async #gather(): Promise<void> {
    for await (const { seq: sequence, data: bytes } of this.messages) {
      this.#entries.push({ sequence, bytes })
      this.#sizeBytes += bytes.length
      this.#wake?.()
      while (this.#sizeBytes > READ_BYTES && this.#end === null) {
        await new Promise<void>(resolve => {
          this.#room = resolve
        })
      }
    }
  }

  /** The client would notice, too, but only by the silence. */
  async #watch(): Promise<void> {
    for await (const { type } of this.messages.status()) if (type === 'consumer_deleted') this.stop()
  }

  #finish(error: unknown): void {
    this.#end ??= { error }
    this.#wake?.()
  }
}

const consume = async (link: Link, stream: string, from: number): Promise<Gathered> => {
  const options = { deliver_policy: DeliverPolicy.StartSequence, opt_start_seq: from }
  const consumer = await link.during(() => link.jetstream.consumers.get(stream, options))
  return new Gathered(
    await consumer.consume({ max_bytes: READ_BYTES, expires: 4 * READ_BEAT_MS, idle_heartbeat: READ_BEAT_MS }),
  )
}

/** The entries of a batch from `next` on, up to the first gap. */
const upToGap = (batch: readonly Entry[], next: number): { entries: Entry[]; gapAt: number | null } => {
  const entries: Entry[] = []
  for (const entry of batch) {
    const wanted = next + entries.length
    // Older servers begin at the end where a consumer was to begin beyond it.
    if (entry.sequence < wanted) continue
    if (entry.sequence > wanted) return { entries, gapAt: entry.sequence }
    entries.push(entry)
  }
  return { entries, gapAt: null }
}

/**
 * Follows a stream from `from` on. The client's ordered consumer outlives a server that restarts and a consumer that
 * was taken away; where it gives up, or leaves something out, a new one begins at the first entry that is missing.
 */
export async function* readStream(
  link: Link,
  stream: string,
  from: number,
  signal: AbortSignal,
): AsyncGenerator<readonly Entry[]> {
  let next = Math.max(1, from)
  let gathered: Gathered | null = null
  let stop = (): void => undefined
  const aborted = new Promise<void>(resolve => {
    stop = (): void => {
      gathered?.stop()
      resolve()
    }
  })
  signal.addEventListener('abort', stop)
  try {
    while (!signal.aborted && !link.isClosed) {
      try {
        gathered ??= await consume(link, stream, next)
        if (signal.aborted) return
        const batch: Entry[] | null = await gathered.fetch()
        const { entries, gapAt } = upToGap(batch ?? [], next)
        next += entries.length
        if (entries.length > 0) yield entries
        if (gapAt !== null) next = await afterGap(link, stream, next)
        if (batch !== null && gapAt === null) continue
      } catch (error) {
        if (isStreamGone(error) || error instanceof MissingEntry) throw error
        await Promise.race([link.settled(), aborted])
        if (!signal.aborted) await pause(READ_RETRY_MS)
      }
      gathered?.stop()
      gathered = null
    }
  } finally {
    signal.removeEventListener('abort', stop)
    gathered?.stop()
  }
}
