import { setTimeout as wait } from 'node:timers/promises'
import type { Logger } from 'pino'
import { Alerts } from '../alerts/index.js'
import type { Board } from '../board/index.js'
import type { Bus, Clock, Store, Tenure } from '../ports.js'
import { ALERTS, answerAlerts, hashOf, type Rights } from './alerts-call.js'
import { REOPEN_MS } from './alerts-limits.js'
import { type OnChange, tellNews } from './alerts-news.js'
import type { Calls } from './calls.js'
import { Tenancy, type TenancyFigures, type TenancyOptions } from './tenancy.js'

export interface AlertsRoleOptions extends Pick<TenancyOptions, 'steadyMs' | 'after' | 'timing'> {
  readonly store: Store
  readonly bus: Bus
  readonly clock: Clock
  readonly logger: Logger
  readonly calls: Pick<Calls, 'answer'>
  /** Of this process's life. */
  readonly owner: string
  readonly board: Board
  readonly config: Rights
  /** As in AlertsOptions. */
  readonly isReplay: boolean
  readonly delaysMs?: readonly number[] | undefined
  /** Hears of what this process finds, while it owns the alerts; all others are told over the Bus. */
  readonly onChange: OnChange
  /** What else the owner of the alerts does for as long as it is that; returns how it ends. */
  readonly beside: (tenure: Tenure, alerts: Alerts) => () => Promise<void>
}

/** What is done while the lease is held. */
interface Served {
  readonly alerts: Alerts
  /** Answers others no more. */
  readonly end: () => void
  readonly endBeside: () => Promise<void>
}

/**
 * This process among those that can keep the alerts. Whoever has the lease has them: watches its own board, tells the
 * hooks, answers the others.
 * - without the lease: nothing is open.
 * - with it: the Alerts are open, also while the board doesn't show all partitions yet: what is still to be told is told,
 *   and the rules are looked at once it does. Where they find that another owner has written meanwhile (its last writes may come
 *   late), they are closed, and opened anew with what the Store has now.
 */
export class AlertsRole {
  readonly #options: AlertsRoleOptions
  #config: Rights
  #tenancy: Tenancy | null = null
  #served: Served | null = null
  #leaving = new AbortController()
  /** Openings and closings, one after the other. */
  #turn: Promise<void> = Promise.resolve()

  private constructor(options: AlertsRoleOptions) {
    this.#options = options
    this.#config = options.config
  }

  /** Resolves once this process is a member; rejects where the Store can't be reached. */
  static async open(options: AlertsRoleOptions): Promise<AlertsRole> {
    const role = new AlertsRole(options)
    role.#tenancy = await Tenancy.open({
      ...options,
      ...{ role: ALERTS, names: [ALERTS] },
      onTake: tenure => role.#take(tenure),
      onLeave: () => role.#leave(),
    })
    return role
  }

  /** null: another process keeps them, or nobody. */
  get own(): Alerts | null {
    const isHeld = (this.#tenancy?.held.length ?? 0) > 0
    return isHeld ? (this.#served?.alerts ?? null) : null
  }

  get figures(): TenancyFigures | null {
    return this.#tenancy?.figures ?? null
  }

  /** From now on these rules and hooks hold where this process keeps the alerts. */
  replace(config: Rights): void {
    this.#config = config
    this.#served?.alerts.replace(config)
  }

  /** Gives the alerts back, so that another process goes on at once; this one takes them no more. */
  async drain(): Promise<void> {
    await this.#tenancy?.drain()
  }

  /** Without a drain before, others wait until the lease has run out. */
  async close(): Promise<void> {
    await this.#tenancy?.close()
  }

  async #take(tenure: Tenure): Promise<void> {
    this.#leaving = new AbortController()
    await this.#inTurn(() => this.#open(tenure))
  }

  async #leave(): Promise<void> {
    this.#leaving.abort()
    await this.#inTurn(() => this.#shut())
  }

  async #open(tenure: Tenure): Promise<void> {
    const { store, board, bus, calls, clock, logger, owner, isReplay, delaysMs, onChange, beside } = this.#options
    const alerts = await Alerts.open({
      ...{ store, board, clock, logger, isReplay, delaysMs, tenure, config: this.#config },
      onFenced: error => {
        if (tenure.isHeld) logger.warn({ err: error }, 'the incidents are read anew')
        void this.#inTurn(() => this.#openAnew(tenure))
      },
      onChange: (incident, at) => {
        onChange(incident, at)
        tellNews(bus, owner, incident, at)
      },
    })
    // It may have changed while they were opened.
    alerts.replace(this.#config)
    const end = answerAlerts(calls, { alerts, tenure, rules: () => hashOf(this.#config) })
    this.#served = { alerts, end, endBeside: beside(tenure, alerts) }
  }

  async #openAnew(tenure: Tenure): Promise<void> {
    const { signal } = this.#leaving
    while (!signal.aborted && tenure.isHeld) {
      try {
        await this.#shut()
        await wait(REOPEN_MS, undefined, { signal }).catch(() => undefined)
        if (!signal.aborted && tenure.isHeld) return await this.#open(tenure)
      } catch (error) {
        this.#options.logger.error({ err: error }, 'the incidents could not be read')
      }
    }
  }

  async #shut(): Promise<void> {
    const served = this.#served
    this.#served = null
    served?.end()
    await served?.endBeside()
    await served?.alerts.close()
  }

  #inTurn(work: () => Promise<void>): Promise<void> {
    const done = this.#turn.then(work)
    this.#turn = done.catch(() => undefined)
    return done
  }
}
