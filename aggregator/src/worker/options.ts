import type { Logger } from 'pino'
import type { Saying } from '../engine/index.js'
import type { Bus, Clock, EventLog, Store, Tenure } from '../ports.js'
import type { OnImage } from './imager.js'
import type { Keeper } from './keeper.js'
import type { Folded } from './messages.js'
import type { Shelf } from './shelf.js'

export interface WorkerOptions {
  readonly log: EventLog
  readonly bus: Bus
  /** Whether the Bus may lose messages; left out: it loses none. */
  readonly isLossy?: boolean
  readonly clock: Clock
  readonly logger: Logger
  readonly key: readonly [number, number]
  /** For what a partition keeps beside its log; its writes end with the tenure. */
  readonly storeOf: (partition: number, tenure: Tenure) => Store
  /** In place of the images that the Store lists. */
  readonly shelfOf?: (partition: number, tenure: Tenure) => Shelf
  /** Time between two images of a partition in which something changed. */
  readonly imageMs: number
  readonly onImage: OnImage
  /** Takes what leaves the engines. */
  readonly history: Keeper
  /** What became of the events of entries that were not there when the partition was taken. */
  readonly onFolded: (folded: Folded, tenure: Tenure) => void
  /** What pages are to be told, of a partition that this process serves. */
  readonly onSaid: (partition: number, said: readonly Saying[]) => void
  /** The engines can't go on. The log holds everything; the process should end. */
  readonly onFatal: (error: Error) => void
}
