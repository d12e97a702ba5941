import type { Subject } from '../engine/index.js'
import { Fenced, soleTenure, type Tenure } from '../ports.js'
import { WorkerFigures } from './figures.js'
import { type EngineHost, startHost } from './host.js'
import { Abandoned, Imager, type OnImage } from './imager.js'
import { Lane } from './lane.js'
import { IMAGE_LOOK_MS, PROGRESS_MS } from './limits.js'
import type { Folded, FromFolder } from './messages.js'
import type { WorkerOptions } from './options.js'
import { publishPartial } from './partial.js'
import { ListedShelf } from './shelf.js'
import { startingPoint } from './start.js'
import { Subjects, Waits } from './waits.js'

const servedNoMore = (partition: number): Error => new Error(`partition ${partition} is served no more`)

/**
 * Serves partitions: restores each from its image, replays what came after, follows the log from there on and stores
 * images. Partials go to the Bus, for as long as the tenure lasts and once the replay is done.
 */
export class Worker {
  readonly figures = new WorkerFigures()
  readonly #options: WorkerOptions
  readonly #host: EngineHost
  /** What is to be served; a lane follows once its image is read. */
  readonly #wanted = new Map<number, Tenure>()
  readonly #lanes = new Map<number, Lane>()
  readonly #imager: Imager
  readonly #subjects = new Subjects()
  /** Partitions whose engine is being dropped, and who waits for it. */
  readonly #closing = new Map<number, () => void>()
  readonly #timers: NodeJS.Timeout[] = []
  /** Those who wait for entries to be folded. */
  readonly #waits = new Waits()
  #failed: Error | null = null
  #isReady = false

  constructor(options: WorkerOptions) {
    this.#options = options
    this.#host = startHost({
      message: message => this.#hear(message),
      died: error => this.#fail(error),
    })
    const { clock, imageMs: everyMs, history } = options
    const onImage = this.#imageStored.bind(this)
    const onBegun = history.keep.bind(history)
    this.#imager = new Imager({ clock, host: this.#host, everyMs, onImage, onBegun })
    this.#timers.push(
      setInterval(() => this.#look(), IMAGE_LOOK_MS),
      setInterval(() => this.#tellProgress(), PROGRESS_MS),
    )
  }

  /**
   * Takes all partitions of the log, for good. Resolves once everything that is in the log at this moment is folded.
   * Rejects with StartRefused, or as the log's reading.
   */
  static async start(options: WorkerOptions): Promise<Worker> {
    const worker = new Worker(options)
    const { log, logger, clock } = options
    try {
      const startedAt = clock.now()
      const all = Array.from({ length: log.partitions }, (_, partition) => partition)
      // One by one, so that the first that can't be served is named.
      for (const partition of all) await worker.#open(partition, soleTenure(`partition/${partition}`))
      await worker.#catchUp()
      worker.#isReady = true
      worker.figures.replayMs = clock.now() - startedAt
      logger.info({ partitions: all.length, tookMs: worker.figures.replayMs }, 'ready')
      return worker
    } catch (error) {
      await worker.#halt()
      throw error
    }
  }

  /** Partitions that are served. */
  get partitions(): number[] {
    return [...this.#lanes.keys()].sort((a, b) => a - b)
  }

  /**
   * Serves a partition. Resolves once everything that is in its log at this moment is folded and about to be told;
   * rejects with StartRefused, as the log's reading, or where the tenure ended meanwhile, and serves it no more.
   */
  async take(partition: number, tenure: Tenure): Promise<void> {
    this.#isReady = true
    const { clock, logger } = this.#options
    const startedAt = clock.now()
    try {
      const lane = await this.#open(partition, tenure)
      await this.#folded(lane, lane.replayTo)
    } catch (error) {
      await this.leave(partition)
      throw error
    }
    this.figures.replayMs = clock.now() - startedAt
    logger.info({ partition, epoch: tenure.epoch, tookMs: this.figures.replayMs }, 'partition taken')
  }

  /** Serves a partition no more; nothing of it comes out after this was called. Resolves once its engine is gone. */
  async leave(partition: number): Promise<void> {
    this.#wanted.delete(partition)
    const lane = this.#lanes.get(partition)
    if (lane === undefined) return
    this.#lanes.delete(partition)
    await this.#end(lane)
    const closed = new Promise<void>(resolve => this.#closing.set(partition, resolve))
    this.#host.post({ type: 'close', partition })
    await closed
    this.#options.history.drop(partition)
    this.figures.drop(partition)
    this.#options.logger.info({ partition, epoch: lane.tenure.epoch, sequence: lane.folded }, 'partition left')
  }

  /** The next partial of a partition holds everything, not changes alone. */
  tellWhole(partition: number): void {
    if (this.#lanes.has(partition)) this.#host.post({ type: 'full', partition })
  }

  /** Folds what is durable, then stores an image of every partition in which something changed since its last one. */
  async storeImages(): Promise<void> {
    await this.#catchUp()
    await this.#imager.take([...this.#lanes.values()])
  }

  /** Stores an image of a partition, if something changed since its last one. */
  async storeImage(partition: number): Promise<void> {
    const lane = this.#lanes.get(partition)
    if (lane !== undefined) await this.#imager.take([lane])
  }

  /** What the engine of a partition holds of a visitor, by the words of its hash; null: nothing. */
  subject(partition: number, hi: number, lo: number): Promise<Subject | null> {
    return this.#subjects.ask(id => this.#host.post({ type: 'subject', partition, hi, lo, id }))
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

  #look(): void {
    if (!this.#isReady) return
    this.#imager.look([...this.#lanes.values()]).catch((error: unknown) => {
      // Whoever has the partition now stores its images.
      if (error instanceof Abandoned || error instanceof Fenced) return
      this.figures.failedImages++
      this.#options.logger.error({ err: error }, 'an image could not be stored: the log is kept until one can')
    })
  }

  #tellProgress(): void {
    for (const { partition, folded, replayTo, replaying } of this.#lanes.values()) {
      if (replaying) this.#options.logger.info({ partition, folded, last: replayTo }, 'replaying')
    }
  }

  async #open(partition: number, tenure: Tenure): Promise<Lane> {
    const { log, logger, key, history, storeOf, shelfOf, isLossy = false } = this.#options
    this.#wanted.set(partition, tenure)
    const store = storeOf(partition, tenure)
    const shelf = shelfOf?.(partition, tenure) ?? new ListedShelf(store, partition)
    const { image, last } = await startingPoint({ log, store, shelf, logger, partition })
    if (this.#wanted.get(partition) !== tenure || tenure.signal.aborted) throw servedNoMore(partition)
    const sequence = image?.sequence ?? 0
    const lane = new Lane({ partition, sequence, replayTo: last, tenure, shelf, log, logger })
    this.#lanes.set(partition, lane)
    const chunks = image?.chunks ?? null
    const buffers = chunks?.map(chunk => chunk.buffer as ArrayBuffer) ?? []
    this.#host.post({ type: 'open', partition, epoch: tenure.epoch, isLossy, key, sequence, chunks }, buffers)
    if (!lane.replaying) this.#host.post({ type: 'letters', partition })
    const send = this.#host.post.bind(this.#host)
    lane.following = lane.follow({ log, history, send }).catch((error: unknown) => {
      if (!lane.signal.aborted) this.#fail(error instanceof Error ? error : new Error(String(error)))
    })
    tenure.signal.addEventListener('abort', () => this.#waits.wake())
    return lane
  }

  #hear(message: FromFolder): void {
    switch (message.type) {
      case 'folded':
        return this.#heardFolded(message)
      case 'partial': {
        const lane = this.#lanes.get(message.partition)
        if (lane === undefined) return
        this.figures.hold(message.partition, message.held)
        // During a replay it would show the past; a tenure that is over has no say.
        if (lane.replaying || !lane.tenure.isHeld) return
        publishPartial(this.#options.bus, message.partition, message.message)
        return
      }
      case 'said':
        if (this.#lanes.get(message.partition)?.tenure.isHeld !== true) return
        return this.#options.onSaid(message.partition, message.said)
      case 'letters':
        return this.#lanes.get(message.partition)?.courier.take(message.letters)
      case 'departed':
        if (!this.#lanes.has(message.partition)) return
        return this.#options.history.take(message.partition, message.departed, message.through)
      case 'image':
      case 'chunk':
        return this.#imager.hear(message)
      case 'subject':
        return this.#subjects.answer(message)
      case 'closed':
        this.#closing.get(message.partition)?.()
        this.#closing.delete(message.partition)
        return
      case 'failed':
        this.#fail(new Error(`folding entry ${message.sequence} of partition ${message.partition}: ${message.message}`))
        return
      default:
        return message satisfies never
    }
  }

  #heardFolded(message: Folded): void {
    const lane = this.#lanes.get(message.partition)
    if (lane === undefined) return
    const wasReplaying = lane.replaying
    lane.wasFolded(message.first + message.count - 1, message.sizeBytes)
    if (wasReplaying && !lane.replaying) {
      this.tellWhole(message.partition)
      this.#host.post({ type: 'letters', partition: message.partition })
    }
    if (!wasReplaying && lane.tenure.isHeld) this.#options.onFolded(message, lane.tenure)
    this.#waits.wake()
  }

  /** Resolves once all entries that are durable now are folded. */
  async #catchUp(): Promise<void> {
    const lanes = [...this.#lanes.values()]
    const targets: number[] = []
    for (const { partition } of lanes) targets.push((await this.#options.log.bounds(partition)).last)
    for (const [i, lane] of lanes.entries()) await this.#folded(lane, targets[i] ?? 0)
  }

  /** Resolves once a partition is folded up to an entry; rejects where that will never be. */
  async #folded(lane: Lane, target: number): Promise<void> {
    await this.#waits.until(() => {
      if (this.#failed !== null) throw this.#failed
      if (lane.folded >= target) return true
      if (lane.signal.aborted || lane.tenure.signal.aborted) throw servedNoMore(lane.partition)
      return false
    })
  }

  async #imageStored(...[partition, image, kept]: Parameters<OnImage>): Promise<void> {
    const { tookMs, sizeBytes } = image
    this.figures.stored({ storedAt: this.#options.clock.now(), tookMs, sizeBytes })
    this.#options.logger.debug({ partition, ...image }, 'image stored')
    await this.#options.onImage(partition, image, kept)
  }

  #fail(error: Error): void {
    if (this.#failed !== null) return
    this.#failed = error
    this.#waits.wake()
    if (!this.#isReady) return
    this.#options.logger.fatal({ err: error }, 'the engines have failed')
    this.#options.onFatal(error)
  }

  #end(lane: Lane): Promise<void> {
    lane.close()
    this.#imager.abandon(lane.partition)
    this.#waits.wake()
    return lane.ended()
  }

  async #halt(): Promise<void> {
    this.#imager.end()
    for (const timer of this.#timers) clearInterval(timer)
    await Promise.all([...this.#lanes.values()].map(lane => this.#end(lane)))
    await this.#host.close()
  }
}
