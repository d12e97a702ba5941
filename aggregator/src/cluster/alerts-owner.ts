import { setTimeout as wait } from 'node:timers/promises'
import type { Incident } from '@pulssi/protocol/client'
import { NoOwner } from '../alerts/index.js'
import { ALERTS, type AlertsAnswer, type AlertsRequest, NOT_OWNER } from './alerts-call.js'
import { AGAIN_MS, OWNER_MS, OWNER_RETRY_MS } from './alerts-limits.js'
import { CallFailed, type Calls, NoAnswer } from './calls.js'

export interface AlertsOwnerOptions {
  readonly calls: Pick<Calls, 'ask'>
  /** Hears which rules and hooks the owner goes by, with each answer. */
  readonly onRules: (rules: string) => void
  readonly steadyMs: () => number
}

const isAnswer = (value: unknown): value is AlertsAnswer =>
  typeof (value as Partial<AlertsAnswer> | null)?.rules === 'string'

/** The process that keeps the alerts, as the others reach it. All reject with NoOwner where none answers. */
export class AlertsOwner {
  readonly #options: AlertsOwnerOptions

  constructor(options: AlertsOwnerOptions) {
    this.#options = options
  }

  async incidents(): Promise<Incident[]> {
    const known = new Map<string, Incident>()
    for (let from = 0; ; ) {
      const { incidents = [], count = 0 } = await this.ask({ is: 'incidents', from })
      for (const incident of incidents) known.set(incident.id, incident)
      from += incidents.length
      if (incidents.length === 0 || from >= count) return [...known.values()]
    }
  }

  /** Asks again where who answers has just given the alerts back. */
  async ask(request: AlertsRequest): Promise<AlertsAnswer> {
    const { calls, onRules, steadyMs } = this.#options
    const endMs = steadyMs() + OWNER_MS
    for (;;) {
      try {
        const answer = await calls.ask(ALERTS, request, Math.max(1, endMs - steadyMs()))
        if (!isAnswer(answer)) throw new TypeError('the owner of the alerts gave an answer that is none')
        onRules(answer.rules)
        return answer
      } catch (error) {
        const isPassedOn = error instanceof CallFailed && error.code === NOT_OWNER
        if (isPassedOn && steadyMs() + AGAIN_MS < endMs) await wait(AGAIN_MS)
        else if (isPassedOn || error instanceof NoAnswer) throw new NoOwner(nobody, OWNER_RETRY_MS)
        else throw error
      }
    }
  }
}

const nobody = 'nobody keeps the alerts at the moment: a process with the role alerts will take them up'
