import { Alerts, type AlertsDesk, OwnDesk } from './alerts/index.js'
import { PolicyOwner } from './asks/index.js'
import type { Board } from './board/index.js'
import { AlertsRole, ClusterDesk, hearNews, type OnChange, type TenancyFigures } from './cluster/index.js'
import type { Config } from './config/index.js'
import { type ClusterGround, type Ground, isCluster } from './ground.js'
import { soleTenure, type Tenure } from './ports.js'

export type { OnChange } from './cluster/index.js'

export interface AlertingOptions {
  readonly ground: Ground
  readonly board: Board
  readonly onChange: OnChange
  /** Whether this process answers for incidents over HTTP. */
  readonly isGateway: boolean
  /** In place of the schedule by which hooks are called again. */
  readonly delaysMs: readonly number[] | undefined
}

export interface Alerting {
  readonly desk: AlertsDesk
  readonly figures: AlertsDesk['figures']
  /** null: this process takes no part in who has the alerts. */
  readonly tenancy: TenancyFigures | null
  replace(config: Pick<Config, 'rules' | 'hooks'>): void
  /** Gives the alerts back, so that another process goes on at once; nothing where it is alone. */
  drain(): Promise<void>
}

/** Watches the board and tells the hooks; in a cluster one process does, and the others ask it. */
export const openAlerting = (options: AlertingOptions): Promise<Alerting> => {
  const { ground } = options
  return isCluster(ground) ? alertAmongOthers(ground, options) : alertAlone(options)
}

const alertAlone = async ({ ground, board, onChange, delaysMs }: AlertingOptions): Promise<Alerting> => {
  const { config, store, clock, logger, closers, onFatal } = ground
  const isReplay = config.server.clock === 'data'
  const parts = { board, store, clock, logger, config, isReplay, onChange, delaysMs }
  const alerts = await Alerts.open({ ...parts, onFenced: onFatal })
  closers.add(() => alerts.close())
  closers.add(policing(ground, board)(soleTenure('policy'), alerts))
  const desk = new OwnDesk(alerts)
  return {
    desk,
    tenancy: null,
    get figures() {
      return desk.figures
    },
    replace: next => alerts.replace(next),
    drain: async () => {},
  }
}

/** Who keeps the alerts makes the policy of asks too. With the data clock nobody is asked. */
const policing =
  ({ config, log, clock, logger }: Ground, board: Board) =>
  (tenure: Tenure, alerts: Alerts): (() => Promise<void>) => {
    if (config.server.clock === 'data') return async () => {}
    const owner = new PolicyOwner({ board, log, clock, logger, tenure, incidents: () => alerts.incidents() })
    return () => owner.close()
  }

const alertAmongOthers = async (ground: ClusterGround, options: AlertingOptions): Promise<Alerting> => {
  const { board, onChange, isGateway, delaysMs } = options
  const { config, bus, clock, logger, closers } = ground
  const { raw: store, owner, calls } = ground.form
  const isReplay = config.server.clock === 'data'
  let role: AlertsRole | null = null
  const desk = new ClusterDesk({ calls, store, logger, config, own: () => role?.own ?? null })
  closers.add(() => desk.close())
  if (isGateway) closers.add(hearNews(bus, owner, onChange, logger))
  if (config.server.roles.includes('alerts')) {
    const parts = { store, bus, clock, logger, calls, owner, board, config, isReplay, delaysMs, onChange }
    const opened = await AlertsRole.open({ ...parts, beside: policing(ground, board) })
    role = opened
    closers.add(() => opened.close())
  }
  return {
    desk,
    get figures() {
      return desk.figures
    },
    get tenancy() {
      return role?.figures ?? null
    },
    replace: next => {
      desk.replace(next)
      role?.replace(next)
    },
    drain: async () => role?.drain(),
  }
}
