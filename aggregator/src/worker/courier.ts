import type { Logger } from 'pino'
import { addressee, type Letter, RecordWriter } from '../engine/index.js'
import { type EventLog, Overloaded, type Tenure } from '../ports.js'
import { LETTER_RETRY_MS } from './limits.js'

export interface CourierOptions {
  readonly partition: number
  readonly log: EventLog
  readonly logger: Logger
  readonly tenure: Tenure
  /** Aborts once the partition is served no more. */
  readonly signal: AbortSignal
}

/**
 * Brings what a partition's engine has to tell other partitions into their logs, and says in its own log how far it is.
 * Letters go to each log in their order, none before all earlier ones are stored, so that the other engine takes each
 * number once and misses none. What isn't known to have arrived is in the engine's state, and comes again after a crash.
 */
export class Courier {
  readonly #options: CourierOptions
  #waiting: Letter[] = []
  #running: Promise<void> | null = null
  #wake: (() => void) | null = null

  constructor(options: CourierOptions) {
    this.#options = options
    options.signal.addEventListener('abort', () => this.#wake?.())
  }

  take(letters: readonly Letter[]): void {
    this.#waiting.push(...letters)
    this.#running ??= this.#run().finally(() => {
      this.#running = null
    })
  }

  /** Resolves once nothing is under way any more. */
  async ended(): Promise<void> {
    await this.#running
  }

  async #run(): Promise<void> {
    while (this.#waiting.length > 0 && this.#mayGo) {
      const letters = this.#waiting
      this.#waiting = []
      const last = letters[letters.length - 1] as Letter
      for (const [partition, bytes] of this.#sorted(letters)) await this.#store(partition, bytes)
      const out = new RecordWriter()
      out.handed(last.number)
      await this.#store(this.#options.partition, out.take())
    }
  }

  get #mayGo(): boolean {
    return !this.#options.signal.aborted && this.#options.tenure.isHeld
  }

  #sorted(letters: readonly Letter[]): Map<number, Uint8Array> {
    const { partition, log } = this.#options
    const writers = new Map<number, RecordWriter>()
    for (const letter of letters) {
      const to = (addressee(letter) >>> 0) % log.partitions
      const writer = writers.get(to) ?? new RecordWriter()
      writers.set(to, writer)
      writer.told(partition, letter)
    }
    return new Map([...writers].map(([to, writer]) => [to, writer.take()]))
  }

  /** Resolves once it is stored, or nobody may go any more. */
  async #store(partition: number, bytes: Uint8Array): Promise<void> {
    while (this.#mayGo) {
      try {
        await this.#options.log.append(partition, bytes)
        return
      } catch (error) {
        const isKnown = error instanceof Overloaded
        if (!isKnown) this.#options.logger.warn({ err: error, partition }, 'what a person is asked could not be stored')
        await this.#rest(isKnown ? error.retryMs : LETTER_RETRY_MS)
      }
    }
  }

  async #rest(ms: number): Promise<void> {
    await new Promise<void>(resolve => {
      const timer = setTimeout(resolve, ms)
      this.#wake = () => {
        clearTimeout(timer)
        resolve()
      }
    })
    this.#wake = null
  }
}
