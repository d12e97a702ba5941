import type { Incident } from '@pulssi/protocol/client'
import type { Kept, Message } from '../stored.js'

export const NOW = 1_732_250_000_000

export const incidentOf = (id: string, more: Partial<Incident> = {}): Incident => ({
  id,
  rule: 'payment hurts',
  touchpoint: 'checkout.payment',
  figure: 'sentiment',
  below: -0.2,
  above: null,
  state: 'firing',
  since: NOW,
  firedAt: NOW,
  acknowledgedAt: null,
  resolvedAt: null,
  window: '5m',
  value: -0.6,
  low: -0.8,
  high: -0.4,
  n: 30,
  story: { firstBadMinute: NOW, visitors: 29, before: null, after: null, reason: null, recovered: null },
  ...more,
})

export const messageOf = (id: string, hook = 'ops'): Message => ({ id, hook, body: '{}', attempts: 0, dueAt: NOW })

export const keptOf = (id: string, outbox: readonly Message[]): Kept => ({
  incident: incidentOf(id),
  hook: 'ops',
  outbox,
})
