import type { Alerting } from './alerting.js'
import type { Board } from './board/index.js'
import { JOURNEY } from './engine/index.js'
import { type Appender, type Gateway, type Reason, reasonsNotReady } from './gateway/index.js'
import { type Ground, isCluster } from './ground.js'
import { type ClusterFigures, Exposition, type LeaseFigures, type Snapshot } from './metrics/index.js'
import { VERSION } from './version.js'
import type { Working } from './working.js'

/** The parts of a process; null: it has no role that needs it. */
export interface Watched {
  readonly ground: Ground
  readonly gateway: Gateway
  readonly appender: Appender | null
  readonly board: Board | null
  readonly working: Working | null
  readonly alerting: Alerting | null
}

export interface Observed {
  readonly exposition: Exposition
  /** Why the server isn't ready; empty: it is. */
  readonly reasons: () => readonly Reason[]
}

const NOTHING_QUEUED = { waitingBytes: 0, unfoldedBytes: 0, unfoldedEntries: 0, lagMs: 0 }
const NO_EVENTS = { accepted: 0, duplicates: 0, lost: 0, late: 0, tooLate: 0, rejected: 0, bots: 0 }
const NO_ASKS = { shown: 0, dismissed: 0, answered: 0, expired: 0, rate: null, saved: 0 }
const NO_BOARD = {
  ...{ clock: 0, ageMs: 0, stalePartitions: 0, subscribers: 0, touchpoints: 0 },
  events: NO_EVENTS,
  asks: NO_ASKS,
}
const NO_ENGINES = { visitors: 0, tableBytes: 0, images: 0, failedImages: 0, lastImage: null, replayMs: 0 }
const NO_ALERTS = { open: 0, notOpened: 0, delivered: 0, failed: 0, lost: 0, waiting: 0, switchedOff: 0 }

/** Partitions whose staleness is this process's own: another one that has died is no reason to turn clients away. */
const staleHere = ({ ground, board }: Watched): number => {
  if (board === null) return 0
  const stale = board.stale().length
  if (isCluster(ground)) return stale === ground.log.partitions ? stale : 0
  // With the data clock a partition is as late as its events.
  return ground.config.server.clock === 'data' ? 0 : stale
}

const reasonsOf = (watched: Watched): readonly Reason[] => {
  const { ground, appender, board } = watched
  return reasonsNotReady({
    refusingPartitions: appender?.refusingPartitions ?? 0,
    lagMs: appender?.queue.lagMs ?? 0,
    ageMs: isCluster(ground) ? 0 : (board?.ageMs ?? 0),
    stalePartitions: staleHere(watched),
  })
}

const boardFigures = (ground: Ground, board: Board): Omit<Snapshot['board'], 'partitions'> => ({
  clock: board.clock,
  ageMs: board.ageMs,
  stalePartitions: board.stale().length,
  subscribers: board.subscribers,
  touchpoints: board.select(['*'], () => true).length,
  events: board.totals(),
  asks: board.pulse(JOURNEY, 'total').asks,
  ...(isCluster(ground) ? { agesMs: board.partitions().map(({ ageMs }) => ageMs) } : {}),
})

const leaseFigures = ({ working, alerting }: Watched): LeaseFigures[] => {
  const roles = { worker: working?.tenancy?.figures ?? null, alerts: alerting?.tenancy ?? null }
  return Object.entries(roles).flatMap(([role, figures]) => {
    if (figures === null) return []
    const { epochs, members, taken, takenOver, lost, lookAgeMs } = figures
    return [{ role, held: epochs.size, members, taken, takenOver, lost, lookAgeMs }]
  })
}

const clusterFigures = (watched: Watched): ClusterFigures | undefined => {
  const { ground, working } = watched
  if (!isCluster(ground)) return undefined
  const { links, droppedMessages, logFullness } = ground.form.nats
  const servedPartitions = working?.worker.partitions.length ?? 0
  return { links, droppedMessages, logFullness, leases: leaseFigures(watched), servedPartitions }
}

/** A running process as it is seen from outside: its metrics, and whether it is ready. */
export const observe = (watched: Watched): Observed => {
  const { ground, gateway, appender, board, working, alerting } = watched
  const reasons = (): readonly Reason[] => reasonsOf(watched)
  const snapshot = (): Snapshot => ({
    version: VERSION,
    ready: reasons().length === 0,
    connections: gateway.connections,
    traffic: gateway.traffic,
    tally: gateway.tally,
    log: ground.log,
    queue: appender?.queue ?? NOTHING_QUEUED,
    board: { ...(board === null ? NO_BOARD : boardFigures(ground, board)), partitions: ground.log.partitions },
    worker: working?.worker.figures ?? NO_ENGINES,
    alerts: alerting?.figures ?? NO_ALERTS,
    cluster: clusterFigures(watched),
  })
  return { exposition: new Exposition(snapshot), reasons }
}
