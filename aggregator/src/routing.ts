import type { AlertsDesk } from './alerts/index.js'
import type { Words } from './asks/index.js'
import type { Board } from './board/index.js'
import {
  type Access,
  type Addresses,
  AdminRoutes,
  type Appender,
  AsksRoute,
  type CommentRates,
  type DayIdentity,
  DetailRoutes,
  type Door,
  EventsRoute,
  Files,
  IncidentRoutes,
  type Limits,
  MetricsRoute,
  NudgesRoute,
  type Proxies,
  ReadRoutes,
  ReplyRoutes,
  Router,
  type RouterOptions,
  type VoiceIds,
} from './gateway/index.js'
import type { Tally } from './metrics/index.js'
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
  readonly words: Words
  readonly settle: () => Promise<void>
  readonly comments: CommentRates
  readonly voiceIds: VoiceIds
  readonly tally: Tally
}

/** Who answers what over HTTP. */
export const routing = (parts: Routed): Router => {
  const { access, addresses, days, appender, limits, clock, board, proxies, alerts, observed, settle, voiceIds } = parts
  const { exposition, reasons } = observed
  return new Router({
    events: new EventsRoute({ access, addresses, days, appender, limits, clock, comments: parts.comments }),
    reads: new ReadRoutes({ access, board, settle }),
    details: new DetailRoutes({
      ...{ access, board, settle, voiceIds, project: parts.project },
      reasonText: reason => parts.words.reasonText(reason),
    }),
    replies: new ReplyRoutes({ access, board, settle, voiceIds, appender, limits, clock, tally: parts.tally }),
    nudges: new NudgesRoute({ access, board, settle }),
    history: parts.history,
    asks: new AsksRoute({ access, words: parts.words }),
    incidents: new IncidentRoutes({ access, alerts, clock: () => board.clock }),
    admin: new AdminRoutes({ access, operations: parts.operations, alerts }),
    metrics: new MetricsRoute({ access, exposition, addressOf: request => proxies.address(request) }),
    files: new Files(),
    door: parts.door,
    reasons,
    logger: parts.logger,
  })
}
