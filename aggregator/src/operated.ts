import type { Logger } from 'pino'
import type { Appender } from './gateway/index.js'
import { type Gate, Operations, type OperationsOptions, type RetainedLog, Retention } from './ops/index.js'
import { type Clock, type EventLog, Fenced, Overloaded, type Store } from './ports.js'
import type { OnImage } from './worker/index.js'

const HOUR_MS = 3_600_000

export interface RetainingOptions {
  readonly log: RetainedLog
  /** Another one each time that the partition is taken anew. */
  readonly storeOf: (partition: number) => Store
  readonly gate: Gate
  readonly logger: Logger
  readonly clock: Clock
  readonly retentionHours: number
}

/** Trims the log behind each image. A failure costs no image: the next one tries again. */
export const retaining = ({ log, storeOf, gate, logger, clock, retentionHours }: RetainingOptions): OnImage => {
  const retentions = new WeakMap<Store, Retention>()
  const retentionOf = (store: Store): Retention => {
    const known = retentions.get(store)
    if (known !== undefined) return known
    const fresh = new Retention({ log, store, gate, logger, keepMs: retentionHours * HOUR_MS })
    retentions.set(store, fresh)
    return fresh
  }
  return async (partition, { sequence }, kept) => {
    try {
      await retentionOf(storeOf(partition)).retain(partition, { sequence, clock: clock.now() }, kept)
    } catch (error) {
      // Whoever has the partition now trims it.
      if (error instanceof Fenced) return
      logger.error({ err: error, partition }, 'old entries could not be trimmed')
    }
  }
}

export interface OperatedOptions {
  readonly log: EventLog
  readonly store: Store & { compact?(): Promise<void> }
  readonly gate: Gate
  readonly key: readonly [number, number]
  readonly clock: Clock
  readonly storeImages: () => Promise<void>
  readonly stateOf: OperationsOptions['stateOf']
  readonly appender: Appender
  /** Resolves once the board shows what is durable now. */
  readonly settle: () => Promise<void>
}

/** What whoever runs this server may ask of it. */
export const operated = ({ appender, settle, clock, ...rest }: OperatedOptions): Operations => {
  const erase = async (visitor: string): Promise<void> => {
    const full = appender.capacity()
    const outcome = full ?? (await appender.erase(visitor, clock.now()))
    if ('fault' in outcome) throw new Overloaded(outcome.message, outcome.retryMs)
    await settle()
  }
  return new Operations({
    ...rest,
    now: () => clock.now(),
    erase,
  })
}
