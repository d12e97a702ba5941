import type { AlertsDesk } from './alerts/index.js'
import type { Board } from './board/index.js'
import {
  type Access,
  type Addresses,
  AdminRoutes,
  type Appender,
  type DayIdentity,
  DetailRoutes,
  type Door,
  EventsRoute,
  Files,
  IncidentRoutes,
  type Limits,
  MetricsRoute,
  type Proxies,
  ReadRoutes,
  Router,
  type RouterOptions,
} from './gateway/index.js'
import type { Observed } from './observed.js'
import type { Operations } from './ops/index.js'
import type { Clock } from './ports.js'

export interface Routed extends Pick<RouterOptions, 'history' | 'logger'> {
  readonly access: Access
  readonly addresses: Addresses
  readonly days: DayIdentity
  readonly appender: Appender
  readonly limits: Limits
  readonly clock: Clock
  readonly board: Board
  readonly door: Door
  readonly proxies: Proxies
  readonly operations: Operations
  readonly alerts: AlertsDesk
  readonly observed: Observed
  readonly project: string
  readonly settle: () => Promise<void>
}

/** Who answers what over HTTP. */
export const routing = (parts: Routed): Router => {
  const { access, addresses, days, appender, limits, clock, board, proxies, alerts, observed, settle } = parts
  const { exposition, reasons } = observed
  return new Router({
    events: new EventsRoute({ access, addresses, days, appender, limits, clock }),
    reads: new ReadRoutes({ access, board, settle }),
    details: new DetailRoutes({ access, board, settle, project: parts.project }),
    history: parts.history,
    incidents: new IncidentRoutes({ access, alerts, clock: () => board.clock }),
    admin: new AdminRoutes({ access, operations: parts.operations, alerts }),
    metrics: new MetricsRoute({ access, exposition, addressOf: request => proxies.address(request) }),
    files: new Files(),
    door: parts.door,
    reasons,
    logger: parts.logger,
  })
}
