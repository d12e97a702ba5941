import type { Logger } from 'pino'
import type { EventLog, Store } from '../ports.js'
import type { Gate } from './gate.js'
import { type Mark, Marks } from './marks.js'

/** A log that can end the piece it is writing; without it old entries go in the pieces that it makes by itself. */
export type RetainedLog = EventLog & { rotate?(partition: number): Promise<number> }

export interface RetentionOptions {
  readonly log: RetainedLog
  readonly store: Store
  readonly gate: Gate
  readonly logger: Logger
  readonly keepMs: number
}

const keyOf = (partition: number): string => `retention/${partition}`

const isMark = (value: unknown): value is Mark => {
  const { sequence, at } = (value ?? {}) as Partial<Mark>
  return Number.isSafeInteger(sequence) && Number.isFinite(at)
}

/**
 * Takes out of the log what is older than it is kept, never what an image that is kept needs behind it: it trims at or
 * before the oldest image that was committed together with the newest. Each image that is committed later, by whomever,
 * is of a later entry than those before it; so that in a cluster a trim that comes late, of a worker that was paused and
 * lost its partition meanwhile, takes away less than may go, never more.
 */
export class Retention {
  readonly #options: RetentionOptions
  readonly #marks = new Map<number, Marks>()

  constructor(options: RetentionOptions) {
    this.#options = options
  }

  /**
   * To be called after each image, with the wall clock, ms since 1970; `kept`: sequences of the images that are kept.
   * Left out while a backup or another operation counts on the log.
   */
  async retain(partition: number, image: { sequence: number; clock: number }, kept: readonly number[]): Promise<void> {
    const { log, store, gate, logger } = this.#options
    const leave = gate.tryEnter('retention')
    if (leave === null) return
    try {
      const marks = await this.#marksOf(partition)
      const isNew = marks.add({ sequence: image.sequence, at: image.clock })
      const through = Math.min(marks.expired(image.clock), ...kept)
      // First what makes room: the disk may be full.
      if (through > 0 && kept.length > 0) {
        await log.trim(partition, through + 1)
        logger.debug({ partition, through }, 'old entries trimmed')
      }
      if (isNew) {
        await log.rotate?.(partition)
        await store.put(keyOf(partition), new TextEncoder().encode(JSON.stringify(marks.list)), null)
      }
    } finally {
      leave()
    }
  }

  async #marksOf(partition: number): Promise<Marks> {
    const known = this.#marks.get(partition)
    if (known !== undefined) return known
    const { store, keepMs, logger } = this.#options
    const stored = await store.get(keyOf(partition))
    let list: Mark[] = []
    try {
      const value: unknown = stored === null ? [] : JSON.parse(new TextDecoder().decode(stored.value))
      if (Array.isArray(value) && value.every(isMark)) list = value
    } catch {
      logger.warn({ partition }, 'the marks of retention are damaged: the log is kept a while longer')
    }
    const marks = new Marks(keepMs, list)
    this.#marks.set(partition, marks)
    return marks
  }
}
