import type { Incident } from '@pulssi/protocol/client'
import type { AlertFigures } from '../metrics/index.js'
import type { Desk } from './hooks/desk.js'
import type { Records } from './records.js'
import type { Watch } from './watch.js'

/** GET /v1/admin/hooks: one hook, without its address and its secret. */
export interface HookState {
  readonly name: string
  readonly format: string
  readonly state: 'on' | 'off'
  readonly waiting: number
  readonly delivered: number
  readonly failed: number
  /** The last attempt since the start. */
  readonly last: { readonly at: number; readonly status: number | null; readonly reason: string | null } | null
}

const waitingIn = (records: Records, hook?: string): number => {
  let waiting = 0
  for (const { outbox } of records.all()) {
    waiting += outbox.filter(message => hook === undefined || message.hook === hook).length
  }
  return waiting
}

const sum = (desks: readonly Desk[], of: (desk: Desk) => number): number =>
  desks.reduce((all, desk) => all + of(desk), 0)

export const figuresOf = (
  incidents: readonly Incident[],
  records: Records,
  desks: readonly Desk[],
  watch: Watch,
): AlertFigures => ({
  open: incidents.filter(({ state }) => state === 'firing' || state === 'acknowledged').length,
  notOpened: watch.notOpened,
  delivered: sum(desks, desk => desk.delivered),
  failed: sum(desks, desk => desk.failed),
  lost: records.dropped + sum(desks, desk => desk.givenUp),
  waiting: waitingIn(records),
  switchedOff: desks.filter(desk => !desk.isOpen).length,
})

export const hookStates = (records: Records, desks: readonly Desk[]): HookState[] =>
  desks.map(desk => ({
    name: desk.name,
    format: desk.hook.format,
    state: desk.isOpen ? 'on' : 'off',
    waiting: waitingIn(records, desk.name),
    delivered: desk.delivered,
    failed: desk.failed,
    last: desk.last,
  }))
