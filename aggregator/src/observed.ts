import type { Alerts } from './alerts/index.js'
import type { Board } from './board/index.js'
import { type Appender, type Gateway, type Reason, reasonsNotReady } from './gateway/index.js'
import { Exposition, type Snapshot, type TimedLog } from './metrics/index.js'
import { VERSION } from './version.js'
import type { ClockMode, Worker } from './worker/index.js'

export interface Watched {
  readonly gateway: Gateway
  readonly log: TimedLog
  readonly appender: Appender
  readonly board: Board
  readonly worker: Worker
  readonly alerts: Pick<Alerts, 'figures'>
  readonly mode: ClockMode
}

export interface Observed {
  readonly exposition: Exposition
  /** Why the server isn't ready; empty: it is. */
  readonly reasons: () => readonly Reason[]
}

/** A running server as it is seen from outside: its metrics, and whether it is ready. */
export const observe = ({ gateway, log, appender, board, worker, alerts, mode }: Watched): Observed => {
  const reasons = (): readonly Reason[] =>
    reasonsNotReady({
      refusingPartitions: appender.refusingPartitions,
      lagMs: appender.queue.lagMs,
      ageMs: board.ageMs,
      // With the data clock a partition is as late as its events.
      stalePartitions: mode === 'data' ? 0 : board.stale().length,
    })
  const snapshot = (): Snapshot => ({
    version: VERSION,
    ready: reasons().length === 0,
    connections: gateway.connections,
    traffic: gateway.traffic,
    tally: gateway.tally,
    log,
    queue: appender.queue,
    board: {
      clock: board.clock,
      ageMs: board.ageMs,
      partitions: log.partitions,
      stalePartitions: board.stale().length,
      subscribers: board.subscribers,
      touchpoints: board.select(['*'], () => true).length,
      events: board.totals(),
    },
    worker: worker.figures,
    alerts: alerts.figures,
  })
  return { exposition: new Exposition(snapshot), reasons }
}
