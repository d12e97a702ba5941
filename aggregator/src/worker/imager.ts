import type { Clock } from '../ports.js'
import type { EngineHost } from './host.js'
import type { Lane } from './lane.js'
import { IMAGE_CHUNKS, IMAGE_LOG_BYTES, IMAGE_RETRY_MS } from './limits.js'
import type { FromFolder } from './messages.js'

type Begun = FromFolder & { type: 'image' }

/** Told after each image: the last entry that it holds, its clock, and the sequences of all that are kept. */
export type OnImage = (partition: number, image: StoredImage, kept: readonly number[]) => Promise<void>

export interface StoredImage {
  readonly sequence: number
  /** ms since 1970 */
  readonly clock: number
  readonly sizeBytes: number
  readonly tookMs: number
}

export interface ImagerOptions {
  readonly clock: Clock
  readonly host: Pick<EngineHost, 'post'>
  /** Between two images of a partition in which something changed. */
  readonly everyMs: number
  readonly onImage: OnImage
  /** Resolves once what left the engine before the image is durable; without that no image is stored. */
  readonly onBegun: (partition: number, clock: number) => Promise<void>
}

/** The partition was given up, or the engines ended, before the image was whole. */
export class Abandoned extends Error {
  constructor() {
    super('the engines ended before the image was whole')
    this.name = 'Abandoned'
  }
}

/** One image on its way: chunks as they come from the engines, for whoever writes them. */
class Chunks implements AsyncIterable<Uint8Array> {
  sizeBytes = 0
  readonly #ask: () => void
  readonly #come: (Uint8Array | null)[] = []
  #wake: (() => void) | null = null
  #failed = false

  constructor(ask: () => void) {
    this.#ask = ask
  }

  put(chunk: Uint8Array | null): void {
    this.#come.push(chunk)
    this.#wake?.()
  }

  fail(): void {
    this.#failed = true
    this.#wake?.()
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
    for (let i = 0; i < IMAGE_CHUNKS; i++) this.#ask()
    for (;;) {
      while (this.#come.length === 0) {
        if (this.#failed) throw new Abandoned()
        await new Promise<void>(resolve => {
          this.#wake = resolve
        })
      }
      const chunk = this.#come.shift() as Uint8Array | null
      if (chunk === null) return
      this.sizeBytes += chunk.length
      yield chunk
      this.#ask()
    }
  }
}

/** Takes images of partitions, one at a time, and stores them while the engines go on. */
export class Imager {
  readonly #options: ImagerOptions
  readonly #lastAt = new Map<number, number>()
  readonly #failedAt = new Map<number, number>()
  /** Partition whose image is on its way; null: none. */
  #at: number | null = null
  #begun: ((begun: Begun | null) => void) | null = null
  #chunks: Chunks | null = null
  #taking: Promise<void> = Promise.resolve()
  #isTaking = false
  #ended = false

  constructor(options: ImagerOptions) {
    this.#options = options
  }

  /** The engines' answers. */
  hear(message: FromFolder & { type: 'image' | 'chunk' }): void {
    if (message.partition !== this.#at) return
    if (message.type === 'image') this.#begun?.(message)
    else this.#chunks?.put(message.chunk)
  }

  /** Takes an image of each partition for which one is due, unless it is at it. Rejects where one can't be stored. */
  async look(lanes: readonly Lane[]): Promise<void> {
    if (this.#isTaking) return
    const now = this.#options.clock.now()
    await this.take(lanes.filter(lane => !lane.replaying && this.#isDue(lane, now)))
  }

  /** Takes an image of each partition in which something changed since its last one. */
  take(lanes: readonly Lane[]): Promise<void> {
    const taken = this.#taking.then(async () => {
      this.#isTaking = true
      try {
        for (const lane of lanes) if (lane.folded > lane.imaged && this.#isWanted(lane)) await this.#takeOne(lane)
      } finally {
        this.#isTaking = false
      }
    })
    this.#taking = taken.catch(() => undefined)
    return taken
  }

  /** An image of this partition that is under way fails. */
  abandon(partition: number): void {
    if (this.#at !== partition) return
    this.#begun?.(null)
    this.#chunks?.fail()
  }

  /** No more images; one under way fails. */
  end(): void {
    this.#ended = true
    if (this.#at !== null) this.abandon(this.#at)
  }

  #isWanted(lane: Lane): boolean {
    return !this.#ended && !lane.signal.aborted && lane.tenure.isHeld
  }

  /** A clock that went back makes an image due, rather than none for long. */
  #isDue(lane: Lane, now: number): boolean {
    if (lane.folded <= lane.imaged) return false
    const failed = this.#failedAt.get(lane.partition)
    if (failed !== undefined && Math.abs(now - failed) < IMAGE_RETRY_MS) return false
    const last = this.#lastAt.get(lane.partition) ?? now
    this.#lastAt.set(lane.partition, last)
    return lane.sinceImageBytes >= IMAGE_LOG_BYTES || Math.abs(now - last) >= this.#options.everyMs
  }

  async #takeOne(lane: Lane): Promise<void> {
    const { clock, host, onBegun, onImage } = this.#options
    const { partition } = lane
    const startedAt = clock.now()
    const sinceBytes = lane.sinceImageBytes
    this.#at = partition
    const begun = await new Promise<Begun | null>(resolve => {
      this.#begun = resolve
      host.post({ type: 'image', partition })
    })
    if (begun === null) {
      this.#at = null
      return
    }
    const chunks = new Chunks(() => host.post({ type: 'chunk', partition }))
    this.#chunks = chunks
    try {
      await onBegun(partition, begun.clock)
      const kept = await lane.shelf.put(begun.sequence, chunks)
      const now = clock.now()
      lane.imaged = begun.sequence
      lane.sinceImageBytes -= sinceBytes
      this.#lastAt.set(partition, now)
      this.#failedAt.delete(partition)
      const image = {
        sequence: begun.sequence,
        clock: begun.clock,
        sizeBytes: chunks.sizeBytes,
        tookMs: now - startedAt,
      }
      await onImage(partition, image, kept)
    } catch (error) {
      if (!lane.signal.aborted) host.post({ type: 'stopImage', partition })
      this.#failedAt.set(partition, clock.now())
      throw error
    } finally {
      this.#chunks = null
      this.#at = null
    }
  }
}
