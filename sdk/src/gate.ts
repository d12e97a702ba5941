import { sendBeacon } from './beacon.js'
import type { Bounds } from './bounds.js'
import { Phase, Turn } from './connection.js'
import { CHAR_BYTES, EVENT_HEAD_BYTES, HELD_EVENTS } from './limits.js'
import type { Numbered } from './outbox.js'
import type { Session } from './session.js'
import type { Consent, PulseEvent, PulseOptions, Sent } from './types.js'

/** Throws what of an event would break its whole frame, in words. */
export type Check = (event: PulseEvent) => void

export interface Gate extends Session {
  /** `isLossless`: nothing gives way for it; `full` instead. Never throws. */
  $put(event: PulseEvent, isLossless?: boolean): Sent
  $consent(consent: Consent): void
  /** Drops all, ends the connection; what comes later is of another stream. */
  $end(): void
}

/** What stands between the calls and the session: consent, defaults, checks, room, numbers. */
export const addGate = (core: Gate, options: PulseOptions, check: Check, bounds: Bounds): void => {
  const { channel, cuts } = options
  let consent: Consent = 'pending'
  core.$end = () => {
    core.$lose('consent')
    core.$turn(Turn.halt)
    core.$renew()
  }
  core.$start = () => {
    if (core.$phase < Phase.connecting && consent === 'granted') core.$turn(core.$phase as Turn)
  }
  core.$leavePage = () => {
    core.$pump()
    if (core.$phase < Phase.open && consent === 'granted') sendBeacon(core, options)
  }
  core.$put = (given, isLossless) => {
    try {
      const event = { at: core.$now(), channel, cuts, ...given } as Numbered
      if (event.cuts) event.cuts = { ...cuts, ...event.cuts }
      check(event)
      // Why nothing is taken any more, in the phases that nothing leads out of.
      const reason = consent === 'denied' ? 'consent' : (['stopped', 'closed'] as const)[core.$phase - Phase.stopped]
      if (reason) {
        core.$stats.lost[reason]++
        return 'closed'
      }
      const maxEvents = consent === 'pending' ? HELD_EVENTS : bounds.$maxEvents
      const sizeBytes = JSON.stringify(event).length * CHAR_BYTES + EVENT_HEAD_BYTES
      if (isLossless && core.$lacksRoom(maxEvents, sizeBytes)) return 'full'
      core.$number(event)
      core.$add(maxEvents, [event, sizeBytes, [event.visitor, event.stream, ''].join()])
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
    } else core.$end()
  }
}
