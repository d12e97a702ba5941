/**
 * What is asked of the owner of the alerts under `call.alerts`, and what it answers. Every answer tells by `rules` which
 * rules and hooks it goes by.
 */
import { createHash } from 'node:crypto'
import type { Incident } from '@pulssi/protocol/client'
import type { Alerts, HookState } from '../alerts/index.js'
import type { Config } from '../config/index.js'
import { Fenced, type Tenure } from '../ports.js'
import { PAGE } from './alerts-limits.js'
import { CallFailed, type Calls } from './calls.js'

export const ALERTS = 'alerts'
/** Code of who owned them until a moment ago. */
export const NOT_OWNER = 'notOwner'

export type AlertsRequest =
  /** The newest ones, from the one at this place on. */
  | { readonly is: 'incidents'; readonly from: number }
  | { readonly is: 'find' | 'acknowledge'; readonly id: string }
  | { readonly is: 'hooks' | 'rules' }

export interface AlertsAnswer {
  readonly rules: string
  readonly incidents?: readonly Incident[]
  /** Of all, before they were cut into pages. */
  readonly count?: number
  /** null: there is none; asked to acknowledge it: it isn't firing. */
  readonly incident?: Incident | null
  readonly hooks?: readonly HookState[]
}

export type Rights = Pick<Config, 'rules' | 'hooks'>

/** The same where rules and hooks are, in whichever order the hooks stand. Tells nothing of a secret. */
export const hashOf = ({ rules, hooks }: Rights): string => {
  const byName = Object.entries(hooks).sort(([a], [b]) => (a < b ? -1 : 1))
  return createHash('sha256')
    .update(JSON.stringify([rules, byName]))
    .digest('hex')
}

export interface Answering {
  readonly alerts: Alerts
  readonly tenure: Tenure
  /** Of the rules and hooks that hold now. */
  readonly rules: () => string
}

const asked = (value: unknown): AlertsRequest => {
  const { is, from, id } = (value ?? {}) as { is?: unknown; from?: unknown; id?: unknown }
  if (is === 'incidents' && Number.isSafeInteger(from) && (from as number) >= 0) return { is, from: from as number }
  if ((is === 'find' || is === 'acknowledge') && typeof id === 'string') return { is, id }
  if (is === 'hooks' || is === 'rules') return { is }
  throw new TypeError('the owner of the alerts was asked for what it doesn’t know')
}

const carryOut = async (alerts: Alerts, request: AlertsRequest): Promise<Omit<AlertsAnswer, 'rules'>> => {
  switch (request.is) {
    case 'incidents': {
      const all = alerts.incidents()
      return { incidents: all.slice(request.from, request.from + PAGE), count: all.length }
    }
    case 'find':
      return { incident: alerts.find(request.id) ?? null }
    case 'acknowledge':
      return { incident: await alerts.acknowledge(request.id) }
    case 'hooks':
      return { hooks: alerts.hooks }
    case 'rules':
      return {}
    default:
      return request satisfies never
  }
}

/** Answers as the owner, as long as it is one. Returns its end. */
export const answerAlerts = (calls: Pick<Calls, 'answer'>, { alerts, tenure, rules }: Answering): (() => void) => {
  const end = calls.answer(ALERTS, async (request): Promise<AlertsAnswer> => {
    const order = asked(request)
    try {
      if (!tenure.isHeld) throw new Fenced(`${tenure.owner} no longer owns the alerts`)
      return { rules: rules(), ...(await carryOut(alerts, order)) }
    } catch (error) {
      if (!(error instanceof Fenced)) throw error
      // Who asks again is to hear the new owner, not this one once more.
      end()
      throw new CallFailed(NOT_OWNER, error.message)
    }
  })
  return end
}
