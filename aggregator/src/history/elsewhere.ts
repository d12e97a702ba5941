import type { Tenure } from '../ports.js'
import type { HistoryKeeper } from './keeper.js'
import type { Leaving, Mark } from './leaving.js'
import { STORED_ELSEWHERE_MS } from './limits.js'
import { Turns } from './turns.js'

/** Asks other processes; rejects where none answers in time. */
export interface Asking {
  ask(subject: string, request: unknown, withinMs: number): Promise<unknown>
}

/** Answers other processes, until the returned function is called. */
export interface Answering {
  answer(subject: string, handle: (request: unknown) => Promise<unknown>): () => void
}

const subjectOf = (partition: number): string => `history.${partition}`

const throughOf = (answer: unknown): number => {
  const { through } = (answer ?? {}) as { through?: unknown }
  if (typeof through === 'number' && Number.isSafeInteger(through) && through >= 0) return through
  throw new Error('what was said of the stored history makes no sense')
}

/**
 * What leaves engines elsewhere: whoever serves a partition is asked to store it. A board that stands still shows what
 * it was sent, and what had left before was taken by the same process before it sent that: an answer to a question
 * asked of the standing board covers all that the board no longer shows.
 */
export class RemoteLeaving implements Leaving {
  readonly turns = new Turns()
  readonly #calls: Asking
  readonly #withinMs: number

  constructor(calls: Asking, withinMs: number = STORED_ELSEWHERE_MS) {
    this.#calls = calls
    this.#withinMs = withinMs
  }

  async store(partition: number): Promise<number> {
    return throughOf(await this.#calls.ask(subjectOf(partition), null, this.#withinMs))
  }

  async mark(partition: number, first: number, stored: number): Promise<Mark> {
    const through = stored >= first - 1 ? stored : await this.store(partition)
    return { through: Math.max(through, first - 1), late: [] }
  }
}

/** Answers for a partition that is served in this process, as long as `tenure` lasts. Returns its end. */
export const answerHistory = (
  calls: Answering,
  keeper: HistoryKeeper,
  partition: number,
  tenure: Tenure,
): (() => void) =>
  calls.answer(subjectOf(partition), async () => {
    const through = await keeper.turns.take(() => keeper.store(partition))
    // What somebody else stores meanwhile isn't known here.
    if (!tenure.isHeld) throw new Error(`partition ${partition} is served elsewhere`)
    return { through }
  })
