import type { Logger } from 'pino'
import { type Board, Slices } from './board/index.js'
import { type Access, HistoryRoute } from './gateway/index.js'
import { HistoryKeeper, HistoryReader, type Leaving } from './history/index.js'
import type { Store } from './ports.js'

const newPause = (): (() => Promise<void>) => {
  const slices = new Slices()
  return () => slices.pause()
}

/** Keeps what leaves the engines. */
export const keeping = (storeOf: (partition: number) => Store, logger: Logger): HistoryKeeper =>
  new HistoryKeeper({ storeOf, logger, newPause })

export interface ToldOptions {
  readonly access: Access
  readonly board: Board
  readonly store: Store
  readonly leaving: Leaving
  readonly partitions: number
  readonly logger: Logger
  /** Resolves once the board shows what is durable now. */
  readonly settle: () => Promise<void>
}

/** Tells it to those who ask. */
export const telling = ({ access, settle, ...rest }: ToldOptions): HistoryRoute =>
  new HistoryRoute({ access, settle, board: rest.board, reader: new HistoryReader({ ...rest, newPause }) })
