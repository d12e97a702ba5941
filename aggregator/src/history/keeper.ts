import type { Logger } from 'pino'
import { QUARTER_MS, type Quarter, quartersOf } from '../engine/index.js'
import type { Store } from '../ports.js'
import { type Pause, storeDay } from './day.js'
import { dayOf, dayOfKey, dayStart, daysOf, keyOf, newestOf } from './format.js'
import type { Leaving, Mark } from './leaving.js'
import { DAY_MS, HISTORY_DAYS, STORE_RETRY_MS, WAITING_BYTES } from './limits.js'
import { Turns } from './turns.js'

export interface KeeperOptions {
  /** Where a partition's days go. */
  readonly storeOf: (partition: number) => Store
  readonly logger: Logger
  /** A way to give way to others, made anew for each piece of work. */
  readonly newPause: () => Pause
}

/** What has left a partition's engine and isn't stored yet. */
interface Waiting {
  departed: Uint8Array[]
  sizeBytes: number
  /** Index of the newest 15 min slice that was taken; 0: none since the start. */
  through: number
  /** Index of the newest one that was stored before the start; null: not looked for yet. */
  before: number | null
  /** Day of the clock at which old days were looked for last. */
  sweptOn: string
}

/** Keeps what leaves the engines: in memory until somebody wants it durable, then in the Store, a blob a day. */
export class HistoryKeeper implements Leaving {
  /** Storing and reading take turns: whoever reads finds nothing half there. */
  readonly turns = new Turns()
  readonly #options: KeeperOptions
  readonly #partitions: Waiting[] = []

  constructor(options: KeeperOptions) {
    this.#options = options
  }

  /** `through`: index of the newest slice among them. */
  take(partition: number, departed: Uint8Array, through: number): void {
    const waiting = this.#waiting(partition)
    waiting.departed.push(departed)
    waiting.sizeBytes += departed.length
    waiting.through = Math.max(waiting.through, through)
  }

  /** Resolves once there is room for more, or `signal` aborts. */
  async room(partition: number, signal: AbortSignal): Promise<void> {
    while (this.#waiting(partition).sizeBytes > WAITING_BYTES && !signal.aborted) {
      try {
        await this.turns.take(() => this.store(partition))
      } catch (error) {
        this.#options.logger.error({ err: error, partition }, 'the history could not be stored: the log waits for it')
        await delay(STORE_RETRY_MS, signal)
      }
    }
  }

  /** Resolves once all that was taken before is durable. `clock`: the partition's, ms since 1970. */
  keep(partition: number, clock: number): Promise<void> {
    return this.turns.take(async () => {
      await this.store(partition)
      await this.#sweep(partition, clock)
    })
  }

  /** Forgets what waits of a partition: who serves it next brings it again. */
  drop(partition: number): void {
    delete this.#partitions[partition]
  }

  /** What isn't stored yet. */
  waiting(partition: number): readonly Uint8Array[] {
    return this.#waiting(partition).departed
  }

  async mark(partition: number, first: number): Promise<Mark> {
    const { through, departed } = this.#waiting(partition)
    return { through: Math.max(through, first - 1), late: [...departed] }
  }

  async store(partition: number): Promise<number> {
    const waiting = this.#waiting(partition)
    const { through } = waiting
    const departed = waiting.departed.splice(0)
    const sizeBytes = departed.reduce((sum, { length }) => sum + length, 0)
    try {
      waiting.before ??= await newestOf(this.#options.storeOf(partition), partition)
      await this.#storeAll(partition, departed)
      waiting.sizeBytes -= sizeBytes
    } catch (error) {
      waiting.departed.unshift(...departed)
      throw error
    }
    return Math.max(through, waiting.before)
  }

  async #storeAll(partition: number, departed: readonly Uint8Array[]): Promise<void> {
    const { storeOf, logger, newPause } = this.#options
    const store = storeOf(partition)
    const pause = newPause()
    const days = new Map<string, Map<string, Quarter[]>>()
    for (const piece of departed) {
      for (const quarter of quartersOf(piece)) {
        const day = dayOf(quarter.quarter * QUARTER_MS)
        const names = days.get(day) ?? new Map<string, Quarter[]>()
        days.set(day, names)
        const list = names.get(quarter.touchpoint) ?? []
        names.set(quarter.touchpoint, list)
        list.push(quarter)
        await pause()
      }
    }
    for (const [day, names] of [...days].sort(([a], [b]) => (a < b ? -1 : 1))) {
      const damage = await storeDay(store, keyOf(partition, day), names, pause)
      if (damage === null) continue
      logger.error({ err: damage, partition, day }, 'a day of the history is damaged: what was stored of it is lost')
    }
  }

  /** Deletes the days that are kept no longer, once a day of the clock. */
  async #sweep(partition: number, clock: number): Promise<void> {
    const store = this.#options.storeOf(partition)
    const waiting = this.#waiting(partition)
    const today = dayOf(clock)
    if (waiting.sweptOn === today) return
    for (const key of await daysOf(store, partition)) {
      const start = dayStart(dayOfKey(key))
      if (start + (1 + HISTORY_DAYS) * DAY_MS > clock) continue
      await store.deleteBlob(key)
      await store.delete(key)
    }
    waiting.sweptOn = today
  }

  #waiting(partition: number): Waiting {
    const known = this.#partitions[partition]
    if (known !== undefined) return known
    const waiting: Waiting = { departed: [], sizeBytes: 0, through: 0, before: null, sweptOn: '' }
    this.#partitions[partition] = waiting
    return waiting
  }
}

const delay = (ms: number, signal: AbortSignal): Promise<void> =>
  new Promise(resolve => {
    const done = (): void => {
      clearTimeout(timer)
      signal.removeEventListener('abort', done)
      resolve()
    }
    const timer = setTimeout(done, ms)
    signal.addEventListener('abort', done)
  })
