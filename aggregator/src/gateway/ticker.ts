import type { Logger } from 'pino'
import type { Intake } from '../intake/index.js'
import type { Clock } from '../ports.js'
import type { ClockMode } from '../worker/index.js'
import type { Appender } from './appender.js'
import type { DayIdentity } from './identity.js'
import { TICK_MS } from './retry.js'

export interface TickerOptions {
  readonly appender: Appender
  readonly intake: Intake
  readonly days: DayIdentity
  readonly clock: Clock
  readonly mode: ClockMode
  readonly logger: Logger
}

/** Tells every partition the time, once a second: the wall clock's, or the greatest event time taken so far. */
export class Ticker {
  readonly #options: TickerOptions
  readonly #timer: NodeJS.Timeout
  #told = 0

  constructor(options: TickerOptions) {
    this.#options = options
    this.#timer = setInterval(() => this.#beat(), TICK_MS)
  }

  /** With the data clock: makes sure that every partition is told the greatest time taken so far. */
  async catchUp(): Promise<void> {
    if (this.#options.mode === 'data') await this.#tell()
  }

  close(): void {
    clearInterval(this.#timer)
  }

  #beat(): void {
    void this.#tell()
    this.#options.days.rotate().catch((error: unknown) => {
      this.#options.logger.error({ err: error }, 'the salt of the day could not be renewed')
    })
  }

  async #tell(): Promise<void> {
    const { appender, intake, clock, mode } = this.#options
    const now = mode === 'wall' ? clock.now() : intake.latest
    if (now <= this.#told) return
    this.#told = now
    await appender.tick(now)
  }
}
