import type { Logger } from 'pino'
import type { Embedded } from './embedded/index.js'
import type { Appender } from './gateway/index.js'
import { type Gate, Operations, Retention } from './ops/index.js'
import { type Clock, Overloaded } from './ports.js'
import type { OnImage, Worker } from './worker/index.js'

const HOUR_MS = 3_600_000

export interface RetainingOptions {
  readonly embedded: Embedded
  readonly gate: Gate
  readonly logger: Logger
  readonly clock: Clock
  readonly retentionHours: number
}

/** Trims the log behind each image. A failure costs no image: the next one tries again. */
export const retaining = ({ embedded, gate, logger, clock, retentionHours }: RetainingOptions): OnImage => {
  const { log, store } = embedded
  const retention = new Retention({ log, store, gate, logger, keepMs: retentionHours * HOUR_MS })
  return async (partition, { sequence }, kept) => {
    try {
      await retention.retain(partition, { sequence, clock: clock.now() }, kept)
    } catch (error) {
      logger.error({ err: error, partition }, 'old entries could not be trimmed')
    }
  }
}

export interface OperatedOptions {
  readonly embedded: Embedded
  readonly gate: Gate
  readonly key: readonly [number, number]
  readonly clock: Clock
  readonly worker: Worker
  readonly appender: Appender
  /** Resolves once the board shows what is durable now. */
  readonly settle: () => Promise<void>
}

/** What whoever runs this server may ask of it. */
export const operated = ({ embedded, worker, appender, settle, clock, ...rest }: OperatedOptions): Operations => {
  const { log, store } = embedded
  const erase = async (visitor: string): Promise<void> => {
    const full = appender.capacity()
    const outcome = full ?? (await appender.erase(visitor, clock.now()))
    if ('fault' in outcome) throw new Overloaded(outcome.message, outcome.retryMs)
    await settle()
  }
  return new Operations({
    ...rest,
    log,
    store,
    now: () => clock.now(),
    storeImages: () => worker.storeImages(),
    stateOf: (partition, hi, lo) => worker.subject(partition, hi, lo),
    erase,
  })
}
