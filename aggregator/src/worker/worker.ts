import type { Logger } from 'pino'
import type { Bus, Clock, EventLog, Store } from '../ports.js'
import { StartRefused } from './bootstrap.js'
import { type EngineHost, startHost } from './host.js'
import { DamagedImage, type Image, imageKey, readImage, writeImage } from './image.js'
import { Lane } from './lane.js'
import { IMAGE_MS, PROGRESS_MS } from './limits.js'
import type { Folded, FromFolder } from './messages.js'
import { partialSubject } from './partial.js'

export interface WorkerOptions {
  readonly log: EventLog
  readonly store: Store
  readonly bus: Bus
  readonly clock: Clock
  readonly logger: Logger
  readonly key: readonly [number, number]
  /** What became of the events of entries that were not there at the start. */
  readonly onFolded: (folded: Folded) => void
  /** The engines can't go on. The log holds everything; the process should end. */
  readonly onFatal: (error: Error) => void
}

/**
 * Owns all partitions of a log: restores each from its image, replays what came after, follows the log from there on
 * and stores images. Partials go to the Bus.
 */
export class Worker {
  readonly #options: WorkerOptions
  readonly #host: EngineHost
  readonly #lanes: Lane[] = []
  readonly #stop = new AbortController()
  readonly #following: Promise<void>[] = []
  readonly #images = new Map<number, (image: Image) => void>()
  readonly #timers: NodeJS.Timeout[] = []
  #imaging: Promise<void> = Promise.resolve()
  #caughtUp: (() => void) | null = null
  #failed = false

  private constructor(options: WorkerOptions) {
    this.#options = options
    this.#host = startHost({
      message: message => this.#hear(message),
      died: error => this.#fail(error),
    })
  }

  /** Resolves once everything that is in the log at this moment is folded. Rejects with StartRefused. */
  static async start(options: WorkerOptions): Promise<Worker> {
    const worker = new Worker(options)
    try {
      await worker.#start()
    } catch (error) {
      await worker.#halt()
      throw error
    }
    return worker
  }

  /** Stores an image of every partition in which something changed since its last one. */
  async storeImages(): Promise<void> {
    this.#imaging = this.#imaging.then(async () => {
      for (const lane of this.#lanes) if (lane.folded > lane.imaged && !this.#failed) await this.#storeImage(lane)
    })
    await this.#imaging
  }

  /** Folds what is durable, stores a last image and ends. */
  async close(): Promise<void> {
    if (!this.#failed) {
      await this.#catchUp()
      await this.storeImages()
    }
    await this.#halt()
  }

  async #start(): Promise<void> {
    const { log, logger, clock } = this.#options
    const startedAt = clock.now()
    for (let partition = 0; partition < log.partitions; partition++) await this.#open(partition)
    for (const lane of this.#lanes) this.#following.push(this.#follow(lane))
    const progress = setInterval(() => {
      for (const { partition, folded, replayTo, replaying } of this.#lanes) {
        if (replaying) logger.info({ partition, folded, last: replayTo }, 'replaying')
      }
    }, PROGRESS_MS)
    await this.#catchUp().finally(() => clearInterval(progress))
    logger.info({ partitions: this.#lanes.length, tookMs: clock.now() - startedAt }, 'ready')
    this.#timers.push(
      setInterval(() => {
        this.storeImages().catch((error: unknown) => logger.error({ err: error }, 'an image could not be stored'))
      }, IMAGE_MS),
    )
  }

  async #open(partition: number): Promise<void> {
    const { log, store, logger, key } = this.#options
    const { first, last } = await log.bounds(partition)
    const blob = store.getBlob(imageKey(partition))
    let image: Image | null = null
    try {
      image = blob === null ? null : await readImage(blob)
    } catch (error) {
      if (!(error instanceof DamagedImage)) throw error
      logger.error({ partition, reason: error.message }, 'replaying the whole log instead')
    }
    const sequence = image?.sequence ?? 0
    if (sequence > last) {
      throw new StartRefused(
        `the log of partition ${partition} ends at entry ${last}, before its image (${sequence}): entries are ` +
          'missing; restore the log, or start with another --data directory',
      )
    }
    if (sequence + 1 < first) {
      throw new StartRefused(
        `the log of partition ${partition} starts at entry ${first} and there is no image of what came before: ` +
          'restore the image from a backup, or start with another --data directory',
      )
    }
    this.#lanes.push(new Lane(partition, sequence, last))
    const chunks = image?.chunks ?? null
    const buffers = chunks?.map(chunk => chunk.buffer as ArrayBuffer) ?? []
    this.#host.post({ type: 'open', partition, key, sequence, chunks }, buffers)
  }

  async #follow(lane: Lane): Promise<void> {
    try {
      for await (const entries of this.#options.log.read(lane.partition, lane.folded + 1, this.#stop.signal)) {
        await lane.post(entries, (message, transfer) => this.#host.post(message, transfer))
        if (this.#stop.signal.aborted) return
      }
    } catch (error) {
      if (!this.#stop.signal.aborted) this.#fail(error instanceof Error ? error : new Error(String(error)))
    }
  }

  #hear(message: FromFolder): void {
    switch (message.type) {
      case 'folded': {
        const lane = this.#lanes[message.partition]
        const replayed = lane?.replaying ?? false
        lane?.wasFolded(message.first + message.count - 1, message.sizeBytes)
        if (!replayed) this.#options.onFolded(message)
        this.#caughtUp?.()
        return
      }
      case 'partial':
        this.#options.bus.publish(partialSubject(message.partition), message.message)
        return
      case 'image':
        this.#images.get(message.partition)?.({ sequence: message.sequence, chunks: [...message.chunks] })
        this.#images.delete(message.partition)
        return
      case 'failed':
        this.#fail(new Error(`folding entry ${message.sequence} of partition ${message.partition}: ${message.message}`))
        return
      default:
        return message satisfies never
    }
  }

  /** Resolves once all entries that are durable now are folded. */
  async #catchUp(): Promise<void> {
    const targets: number[] = []
    for (const { partition } of this.#lanes) targets.push((await this.#options.log.bounds(partition)).last)
    const reached = (): boolean => this.#failed || this.#lanes.every((lane, i) => lane.folded >= (targets[i] ?? 0))
    while (!reached()) {
      await new Promise<void>(resolve => {
        this.#caughtUp = resolve
      })
    }
    this.#caughtUp = null
    if (this.#failed) throw new Error('the engines have failed')
  }

  async #storeImage(lane: Lane): Promise<void> {
    const { store, logger } = this.#options
    const image = await new Promise<Image>(resolve => {
      this.#images.set(lane.partition, resolve)
      this.#host.post({ type: 'image', partition: lane.partition })
    })
    await store.putBlob(imageKey(lane.partition), writeImage(image))
    lane.imaged = image.sequence
    logger.debug({ partition: lane.partition, sequence: image.sequence }, 'image stored')
  }

  #fail(error: Error): void {
    if (this.#failed) return
    this.#failed = true
    this.#options.logger.fatal({ err: error }, 'the engines have failed')
    this.#caughtUp?.()
    this.#options.onFatal(error)
  }

  async #halt(): Promise<void> {
    this.#stop.abort()
    for (const timer of this.#timers) clearInterval(timer)
    for (const lane of this.#lanes) lane.close()
    await Promise.all(this.#following)
    await this.#host.close()
  }
}
