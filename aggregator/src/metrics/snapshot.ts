import type { AskFigures, EventTotals } from '@pulssi/protocol'
import type { Tally } from './tally.js'
import type { TimedLog } from './timed-log.js'

/** What has gone over the network, bytes. */
export interface Traffic {
  readonly inBytes: number
  readonly outBytes: number
}

/** What waits between the door and the engines. */
export interface Queue {
  /** Taken and not durable yet. */
  readonly waitingBytes: number
  /** Durable and not folded yet. */
  readonly unfoldedBytes: number
  readonly unfoldedEntries: number
  /** Since when the oldest durable entry waits for its engine. */
  readonly lagMs: number
}

/** What the board shows, and to how many. */
export interface BoardFigures {
  readonly clock: number
  readonly ageMs: number
  readonly partitions: number
  readonly stalePartitions: number
  readonly subscribers: number
  readonly touchpoints: number
  readonly events: EventTotals
  /** Of the whole journey, since the log began. */
  readonly asks: AskFigures
  /** Of each partition, ms; null: nothing was heard of it yet. Left out by a server that is alone. */
  readonly agesMs?: readonly (number | null)[]
}

/** The last image that was stored of any partition. */
export interface ImageFigures {
  /** ms since 1970 */
  readonly storedAt: number
  readonly tookMs: number
  readonly sizeBytes: number
}

/** What the worker holds and has done. */
export interface WorkerFigures {
  /** Visitors that the engines keep a row for. */
  readonly visitors: number
  /** Of the tables of visitors and streams. */
  readonly tableBytes: number
  /** Images stored since the start. */
  readonly images: number
  /** Images that could not be stored since the start. */
  readonly failedImages: number
  /** null: none since the start. */
  readonly lastImage: ImageFigures | null
  /** Reading the last image and the log behind it, at the start. */
  readonly replayMs: number
}

/** Incidents, and what hooks are told of them. */
export interface AlertFigures {
  /** Firing or acknowledged. */
  readonly open: number
  /** How often one could not open because too many were. */
  readonly notOpened: number
  /** Attempts at messages, by what came of them. */
  readonly delivered: number
  readonly failed: number
  /** Messages that were never delivered: at the end of their schedule, or without a place. */
  readonly lost: number
  /** Messages that wait. */
  readonly waiting: number
  /** Hooks whose receiver wants nothing any more. */
  readonly switchedOff: number
}

/** A connection to NATS. */
export interface LinkFigures {
  /** What it is for. */
  readonly name: 'log' | 'bus' | 'store'
  readonly isUp: boolean
  readonly reconnects: number
  /** Requests whose answers have not come. */
  readonly unanswered: number
}

/** Leases that members of a role share out. */
export interface LeaseFigures {
  readonly role: string
  /** Held by this process. */
  readonly held: number
  readonly members: number
  /** Since the start, those that had run out in another's hands among them. */
  readonly taken: number
  readonly takenOver: number
  /** Tenures that ended without being given back. */
  readonly lost: number
  /** null: none was answered. */
  readonly lookAgeMs: number | null
}

/** What a member of a cluster knows of it. */
export interface ClusterFigures {
  readonly links: readonly LinkFigures[]
  /** Messages between processes that were not sent. */
  readonly droppedMessages: number
  readonly leases: readonly LeaseFigures[]
  readonly servedPartitions: number
  /** The share of its bound that the fullest stream of the log took when last looked at; null: not known. */
  readonly logFullness: number | null
}

/** Everything that the metrics are made of, at one moment. */
export interface Snapshot {
  readonly version: string
  readonly ready: boolean
  readonly connections: number
  readonly traffic: Traffic
  readonly tally: Tally
  readonly log: Pick<TimedLog, 'latencies' | 'failed' | 'appendedBytes'>
  readonly queue: Queue
  readonly board: BoardFigures
  readonly worker: WorkerFigures
  readonly alerts: AlertFigures
  /** Left out by a server that is alone. */
  readonly cluster?: ClusterFigures | undefined
}
