import { createPulse } from '@pulssi/sdk'

export interface DeskOptions {
  /** The aggregator's address, `http://127.0.0.1:8700`. */
  url: string
  /** A service's key, `sk_…`: it may speak for every visitor. */
  key: string
}

/** What a phone system tells of a call, as it happens. `visitor` is the id under which the shop knows the caller. */
export interface Desk {
  /** The caller waits. */
  ring(visitor: string): void
  /** An agent takes the call. */
  answer(visitor: string): void
  /** The caller gave up waiting. */
  hangUp(visitor: string): void
  /** The call is over; `csat`, 1 to 5, is what the caller pressed after it, null where nothing was pressed. */
  finish(visitor: string, call: { solved: boolean; csat: number | null; comment?: string }): void
  /** Hands in what is not yet acknowledged, and closes. */
  stop(): Promise<void>
}

export const QUEUE = 'phone.queue'
export const SUPPORT = 'phone.support'

/** The phone desk: a service that tells the journey's other channel. It keeps nothing of a call itself. */
export function openDesk({ url, key }: DeskOptions): Desk {
  const pulse = createPulse({ url, key, identity: 'host', visitor: 'phone-desk', channel: 'phone' })
  return {
    ring: visitor => pulse.as(visitor).enter(QUEUE),
    answer: visitor => pulse.as(visitor).enter(SUPPORT),
    hangUp: visitor => pulse.as(visitor).leave(QUEUE),
    finish: (visitor, { solved, csat, comment }) => {
      const caller = pulse.as(visitor)
      const words = comment === undefined ? {} : { comment }
      if (csat !== null) caller.feedback(SUPPORT, { scale: 'csat', score: csat, ...words })
      if (solved) caller.goal(SUPPORT)
      else caller.leave(SUPPORT)
    },
    stop: () => pulse.close(),
  }
}
