import type { Logger } from 'pino'
import type { Subject } from '../engine/index.js'
import type { Bus, Clock, EventLog, Store } from '../ports.js'
import { WorkerFigures } from './figures.js'
import { type EngineHost, startHost } from './host.js'
import { Imager, type OnImage } from './imager.js'
import type { Keeper } from './keeper.js'
import { Lane } from './lane.js'
import { IMAGE_LOOK_MS, PROGRESS_MS } from './limits.js'
import type { Folded, FromFolder } from './messages.js'
import { partialSubject } from './partial.js'
import { startingPoint } from './start.js'

export interface WorkerOptions {
  readonly log: EventLog
  readonly store: Store
  readonly bus: Bus
  readonly clock: Clock
  readonly logger: Logger
  readonly key: readonly [number, number]
  /** Time between two images of a partition in which something changed. */
  readonly imageMs: number
  readonly onImage: OnImage
  /** Takes what leaves the engines. */
  readonly history: Keeper
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
  readonly figures = new WorkerFigures()
  readonly #options: WorkerOptions
  readonly #host: EngineHost
  readonly #lanes: Lane[] = []
  readonly #stop = new AbortController()
  readonly #following: Promise<void>[] = []
  readonly #imager: Imager
  readonly #subjects = new Map<number, (subject: Subject | null) => void>()
  #asked = 0
  readonly #timers: NodeJS.Timeout[] = []
  /** Those who wait for entries to be folded. */
  readonly #waiting = new Set<() => void>()
  #failed: Error | null = null
  #isReady = false

  private constructor(options: WorkerOptions) {
    this.#options = options
    this.#host = startHost({
      message: message => this.#hear(message),
      died: error => this.#fail(error),
    })
    const { store, clock, imageMs: everyMs, history } = options
    const onImage = this.#imageStored.bind(this)
    const onBegun = history.keep.bind(history)
    this.#imager = new Imager({ store, clock, host: this.#host, everyMs, onImage, onBegun })
  }

  /** Resolves once everything that is in the log at this moment is folded. Rejects with StartRefused, or as the log's reading. */
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

  /** Folds what is durable, then stores an image of every partition in which something changed since its last one. */
  async storeImages(): Promise<void> {
    await this.#catchUp()
    await this.#imager.take(this.#lanes)
  }

  /** What the engine of a partition holds of a visitor, by the words of its hash; null: nothing. */
  subject(partition: number, hi: number, lo: number): Promise<Subject | null> {
    const id = ++this.#asked
    return new Promise(resolve => {
      this.#subjects.set(id, resolve)
      this.#host.post({ type: 'subject', partition, hi, lo, id })
    })
  }

  /** Folds what is durable, stores a last image and ends. */
  async close(): Promise<void> {
    try {
      if (this.#failed === null) await this.storeImages()
    } catch (error) {
      this.#options.logger.error({ err: error }, 'no last image could be stored: the next start replays the log')
    } finally {
      await this.#halt()
    }
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
    this.#isReady = true
    this.figures.replayMs = clock.now() - startedAt
    logger.info({ partitions: this.#lanes.length, tookMs: this.figures.replayMs }, 'ready')
    this.#timers.push(setInterval(() => this.#look(), IMAGE_LOOK_MS))
  }

  #look(): void {
    this.#imager.look(this.#lanes).catch((error: unknown) => {
      this.figures.failedImages++
      this.#options.logger.error({ err: error }, 'an image could not be stored: the log is kept until one can')
    })
  }

  async #open(partition: number): Promise<void> {
    const { log, store, logger, key } = this.#options
    const { image, last } = await startingPoint({ log, store, logger, partition })
    const sequence = image?.sequence ?? 0
    this.#lanes.push(new Lane(partition, sequence, last))
    const chunks = image?.chunks ?? null
    const buffers = chunks?.map(chunk => chunk.buffer as ArrayBuffer) ?? []
    this.#host.post({ type: 'open', partition, key, sequence, chunks }, buffers)
  }

  async #follow(lane: Lane): Promise<void> {
    try {
      for await (const entries of this.#options.log.read(lane.partition, lane.folded + 1, this.#stop.signal)) {
        await lane.post(entries, (message, transfer) => this.#host.post(message, transfer))
        await this.#options.history.room(lane.partition, this.#stop.signal)
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
        this.#wake()
        return
      }
      case 'partial':
        this.figures.hold(message.partition, message.held)
        this.#options.bus.publish(partialSubject(message.partition), message.message)
        return
      case 'departed':
        return this.#options.history.take(message.partition, message.departed, message.through)
      case 'image':
      case 'chunk':
        return this.#imager.hear(message)
      case 'subject':
        this.#subjects.get(message.id)?.(message.subject)
        this.#subjects.delete(message.id)
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
    const reached = (): boolean =>
      this.#failed !== null || this.#lanes.every((lane, i) => lane.folded >= (targets[i] ?? 0))
    while (!reached()) {
      await new Promise<void>(resolve => {
        this.#waiting.add(resolve)
      })
    }
    if (this.#failed !== null) throw this.#failed
  }

  #wake(): void {
    for (const resolve of this.#waiting) resolve()
    this.#waiting.clear()
  }

  async #imageStored(...[partition, image, kept]: Parameters<OnImage>): Promise<void> {
    const { clock, logger, onImage } = this.#options
    this.figures.stored({ storedAt: clock.now(), tookMs: image.tookMs, sizeBytes: image.sizeBytes })
    logger.debug({ partition, ...image }, 'image stored')
    await onImage(partition, image, kept)
  }

  #fail(error: Error): void {
    if (this.#failed !== null) return
    this.#failed = error
    this.#wake()
    if (!this.#isReady) return
    this.#options.logger.fatal({ err: error }, 'the engines have failed')
    this.#options.onFatal(error)
  }

  async #halt(): Promise<void> {
    this.#stop.abort()
    this.#imager.end()
    for (const timer of this.#timers) clearInterval(timer)
    for (const lane of this.#lanes) lane.close()
    await Promise.all(this.#following)
    await this.#host.close()
  }
}
