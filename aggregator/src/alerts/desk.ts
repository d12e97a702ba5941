import type { Incident } from '@pulssi/protocol/client'
import type { AlertFigures } from '../metrics/index.js'
import type { Alerts } from './alerts.js'
import type { HookState } from './report.js'

/** Nobody keeps the alerts at the moment; somebody will before long. */
export class NoOwner extends Error {
  readonly retryMs: number
  constructor(message: string, retryMs: number) {
    super(message)
    this.name = 'NoOwner'
    this.retryMs = retryMs
  }
}

/** Where incidents are asked for, whichever process keeps them. */
export interface AlertsDesk {
  /** Newest first. Without an owner those that have fired, as they were stored last. */
  incidents(): Promise<Incident[]>
  find(id: string): Promise<Incident | undefined>
  /** Resolves with the incident once that is durable; null: it isn't firing. Rejects with NoOwner. */
  acknowledge(id: string): Promise<Incident | null>
  /** Rejects with NoOwner. */
  hooks(): Promise<readonly HookState[]>
  /** Of this process: all zero where another one keeps the alerts. */
  readonly figures: AlertFigures
}

/** Of the process that keeps them, for good. */
export class OwnDesk implements AlertsDesk {
  readonly #alerts: Alerts

  constructor(alerts: Alerts) {
    this.#alerts = alerts
  }

  async incidents(): Promise<Incident[]> {
    return this.#alerts.incidents()
  }

  async find(id: string): Promise<Incident | undefined> {
    return this.#alerts.find(id)
  }

  acknowledge(id: string): Promise<Incident | null> {
    return this.#alerts.acknowledge(id)
  }

  async hooks(): Promise<readonly HookState[]> {
    return this.#alerts.hooks
  }

  get figures(): AlertFigures {
    return this.#alerts.figures
  }
}
