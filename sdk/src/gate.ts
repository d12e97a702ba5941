import { Turn } from './connection.js'
import { EVENT_HEAD_BYTES, HELD_EVENTS, OUTBOX_EVENTS } from './limits.js'
import type { Numbered } from './outbox.js'
import type { Session } from './session.js'
import type { Consent, PulseEvent, PulseOptions, Sent } from './types.js'

/** Throws what of an event would break its whole frame, in words. */
export type Check = (event: PulseEvent) => void

export interface Gate extends Session {
  /** `isLossless`: nothing gives way for it; `full` instead. Never throws. */
  $put(event: PulseEvent, isLossless?: boolean): Sent
  $consent(consent: Consent): void
  /** Streams, if consent is given. */
  $start(): void
}

/** Why nothing is taken any more. */
const OVER = { 6: 'stopped', 7: 'closed' } as const

/** What stands between the calls and the session: consent, defaults, checks, room, numbers. */
export const addGate = (
  core: Gate,
  { channel, cuts, outboxEvents = OUTBOX_EVENTS }: PulseOptions,
  check: Check,
): void => {
  const utf8 = new TextEncoder()
  let consent: Consent = 'pending'
  core.$start = () => {
    if (consent === 'granted') core.$turn(Turn.start)
  }
  core.$put = (given, isLossless) => {
    try {
      const event = { channel, cuts, ...given, at: given.at ?? core.$now() } as Numbered
      if (cuts && event.cuts) event.cuts = { ...cuts, ...event.cuts }
      check(event)
      const reason = consent === 'denied' ? 'consent' : OVER[core.$phase as keyof typeof OVER]
      if (reason) {
        core.$stats.lost[reason]++
        return 'closed'
      }
      const maxEvents = consent === 'pending' ? HELD_EVENTS : outboxEvents
      const sizeBytes = utf8.encode(JSON.stringify(event)).length + EVENT_HEAD_BYTES
      if (isLossless && core.$lacksRoom(maxEvents, sizeBytes)) return 'full'
      if (event.seq === undefined) core.$number(event)
      core.$tell('event', event)
      core.$add(maxEvents, [event, sizeBytes, [event.visitor, event.stream].join()])
      core.$pumpSoon()
      return 'queued'
    } catch (error) {
      // Whatever goes wrong stays in here: a page never breaks.
      core.$failed(error)
      return 'bad'
    }
  }
  core.$consent = state => {
    if (state === consent) return
    consent = state
    if (state === 'granted') {
      core.$begin()
      core.$turn(Turn.start)
    } else {
      core.$lose('consent')
      core.$turn(Turn.halt)
      core.$renew()
    }
  }
}
