import type { Incident } from '@pulssi/protocol/client'
import type { Logger } from 'pino'
import { type Alerts, type AlertsDesk, byAge, type HookState, NoOwner, readAll, readOne } from '../alerts/index.js'
import type { AlertFigures } from '../metrics/index.js'
import { Fenced, type Store } from '../ports.js'
import { hashOf, type Rights } from './alerts-call.js'
import { COMPARE_MS, SILENCE_MS } from './alerts-limits.js'
import { AlertsOwner } from './alerts-owner.js'
import type { Calls } from './calls.js'

export interface ClusterDeskOptions {
  readonly calls: Pick<Calls, 'ask'>
  readonly store: Store
  readonly logger: Logger
  readonly config: Rights
  /** Those that this process keeps itself; null: another one does, or nobody. */
  readonly own: () => Alerts | null
  readonly steadyMs?: (() => number) | undefined
}

const NO_FIGURES: AlertFigures = {
  open: 0,
  notOpened: 0,
  delivered: 0,
  failed: 0,
  lost: 0,
  waiting: 0,
  switchedOff: 0,
}

/**
 * Asks the process of the cluster that keeps the alerts, which may be this one. Where none answers, what has fired is
 * read from the Store; nothing is said then of what is pending.
 */
export class ClusterDesk implements AlertsDesk {
  readonly #options: ClusterDeskOptions
  readonly #steadyMs: () => number
  readonly #owner: AlertsOwner
  readonly #comparing: NodeJS.Timeout
  #rules: string
  #ownersRules: string | null = null
  #silentUntilMs = Number.NEGATIVE_INFINITY
  #underWay: Promise<Incident[]> | null = null
  #next: Promise<Incident[]> | null = null

  constructor(options: ClusterDeskOptions) {
    const { calls, config, steadyMs = () => performance.now() } = options
    this.#options = options
    this.#steadyMs = steadyMs
    this.#rules = hashOf(config)
    this.#owner = new AlertsOwner({ calls, onRules: rules => this.#compare(rules), steadyMs })
    this.#comparing = setInterval(() => void this.compare(), COMPARE_MS)
  }

  /** Whether the owner goes by other rules or hooks than this process was given: the owner's hold. */
  get isAtOdds(): boolean {
    return this.#options.own() === null && this.#ownersRules !== null && this.#ownersRules !== this.#rules
  }

  get figures(): AlertFigures {
    return this.#options.own()?.figures ?? NO_FIGURES
  }

  /** This process was given other rules or hooks. */
  replace(config: Rights): void {
    this.#rules = hashOf(config)
    this.#ownersRules = null
  }

  /** Those who ask while one question is under way share the next: what was told before they asked is in the answer. */
  incidents(): Promise<Incident[]> {
    const alerts = this.#options.own()
    if (alerts !== null) return Promise.resolve(alerts.incidents())
    if (this.#underWay === null) return this.#begin()
    this.#next ??= this.#underWay
      .catch(() => undefined)
      .then(() => {
        this.#next = null
        return this.#begin()
      })
    return this.#next
  }

  async find(id: string): Promise<Incident | undefined> {
    const alerts = this.#options.own()
    if (alerts !== null) return alerts.find(id)
    return await this.#orStored(
      async () => (await this.#owner.ask({ is: 'find', id })).incident ?? undefined,
      async () => (await readOne(this.#options.store, id))?.incident,
    )
  }

  async acknowledge(id: string): Promise<Incident | null> {
    try {
      const alerts = this.#options.own()
      if (alerts !== null) return await alerts.acknowledge(id)
    } catch (error) {
      if (!(error instanceof Fenced)) throw error
    }
    const { incident } = await this.#owner.ask({ is: 'acknowledge', id })
    return incident ?? null
  }

  async hooks(): Promise<readonly HookState[]> {
    const alerts = this.#options.own()
    if (alerts !== null) return alerts.hooks
    const { hooks } = await this.#owner.ask({ is: 'hooks' })
    return hooks ?? []
  }

  /** Asks the owner for its rules and hooks. Never rejects: without an owner there is nothing to compare. */
  async compare(): Promise<void> {
    const { own, logger } = this.#options
    if (own() !== null) return
    await this.#owner.ask({ is: 'rules' }).catch((error: unknown) => {
      if (!(error instanceof NoOwner)) logger.warn({ err: error }, 'the rules could not be compared with the owner’s')
    })
  }

  close(): void {
    clearInterval(this.#comparing)
  }

  #begin(): Promise<Incident[]> {
    const asking = this.#orStored(
      () => this.#owner.incidents(),
      () => this.#stored(),
    )
    this.#underWay = asking
    const done = (): void => {
      if (this.#underWay === asking) this.#underWay = null
    }
    asking.then(done, done)
    return asking
  }

  async #stored(): Promise<Incident[]> {
    const all = await readAll(this.#options.store, () => undefined)
    return all.map(({ kept }) => kept.incident).sort(byAge)
  }

  async #orStored<T>(ask: () => Promise<T>, read: () => Promise<T>): Promise<T> {
    if (this.#steadyMs() < this.#silentUntilMs) return await read()
    try {
      return await ask()
    } catch (error) {
      if (!(error instanceof NoOwner)) throw error
      this.#silentUntilMs = this.#steadyMs() + SILENCE_MS
      return await read()
    }
  }

  #compare(rules: string): void {
    if (rules === this.#ownersRules) return
    this.#ownersRules = rules
    if (this.isAtOdds)
      this.#options.logger.warn('the owner of the alerts goes by other rules or hooks than this process was given')
  }
}
