import type { EventLog } from './ports.js'

type Bounded = Pick<EventLog, 'partitions' | 'bounds'>

/** The last durable entry of each partition. */
export const lastOf = (log: Bounded): Promise<readonly number[]> => {
  const partitions = Array.from({ length: log.partitions }, (_, partition) => partition)
  return Promise.all(partitions.map(async partition => (await log.bounds(partition)).last))
}

/**
 * Where the log of all partitions ends, whoever appended to it. Those who ask while one question is under way share the
 * next: what was acknowledged before somebody asked is in the answer.
 */
export class Frontier {
  readonly #log: Bounded
  #underWay: Promise<readonly number[]> | null = null
  #next: Promise<readonly number[]> | null = null

  constructor(log: Bounded) {
    this.#log = log
  }

  /** null: the log gave no answer in time, or none at all. */
  async ask(withinMs: number): Promise<readonly number[] | null> {
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<null>(resolve => {
      timer = setTimeout(() => resolve(null), withinMs)
    })
    try {
      return await Promise.race([this.#ask(), late])
    } catch {
      return null
    } finally {
      clearTimeout(timer)
    }
  }

  #ask(): Promise<readonly number[]> {
    if (this.#underWay === null) return this.#begin()
    this.#next ??= this.#underWay
      .catch(() => undefined)
      .then(() => {
        this.#next = null
        return this.#begin()
      })
    return this.#next
  }

  #begin(): Promise<readonly number[]> {
    const asking = lastOf(this.#log)
    this.#underWay = asking
    const done = (): void => {
      if (this.#underWay === asking) this.#underWay = null
    }
    asking.then(done, done)
    return asking
  }
}
