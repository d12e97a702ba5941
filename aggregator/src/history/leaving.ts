import type { Turns } from './turns.js'

/** What is not to be taken from a board that stands still, and where it is instead. */
export interface Mark {
  /** Index of the newest 15 min slice that is stored, or waits. */
  readonly through: number
  /** What waits and isn't stored. */
  readonly late: readonly Uint8Array[]
}

/** What leaves the engines, as whoever reads the past sees it, wherever they run. */
export interface Leaving {
  /** One reads at a time. */
  readonly turns: Turns
  /**
   * Resolves once all that left a partition before the call is durable: with the index of the newest 15 min slice that
   * is, 0 where none is known. To be called by who has the turn. Rejects where it can't be stored, or not be said.
   */
  store(partition: number): Promise<number>
  /** `first`: index of the first slice that the board still shows of the partition; `stored`: what `store` said. */
  mark(partition: number, first: number, stored: number): Promise<Mark>
}
