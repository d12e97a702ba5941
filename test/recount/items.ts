import type { KINDS, Scale } from '@pulssi/protocol/client'

/** One event as it stands in the log, before any judgement. Times in ms since 1970. */
export interface EventItem {
  readonly type: 'event'
  readonly receivedAt: number
  readonly visitor: string
  /** `stream` and `seq` come both or neither. */
  readonly stream: string | null
  readonly seq: number | null
  /** With the offset of `sentAt` applied, not yet capped by the receive time (N1). */
  readonly at: number
  readonly kind: (typeof KINDS)[number]
  readonly touchpoint: string | null
  readonly channel: string | null
  readonly scale: Scale | null
  /** Index into the scale's levels from the lowest score up; emotions from delighted down. */
  readonly level: number | null
  /** A signal's name. */
  readonly name: string | null
  readonly page: boolean
  readonly bot: boolean
  /** Refused for its value at the door. */
  readonly refused: boolean
}

export interface TickItem {
  readonly type: 'tick'
  readonly at: number
}

/** Events refused that nothing is known of: broken lines. */
export interface RefuseItem {
  readonly type: 'refuse'
  readonly count: number
}

export type LogItem = EventItem | TickItem | RefuseItem

export const Verdict = {
  accepted: 'accepted',
  duplicate: 'duplicate',
  tooLate: 'tooLate',
  rejected: 'rejected',
  bot: 'bot',
} as const
export type Verdict = (typeof Verdict)[keyof typeof Verdict]

/** An event that the first pass accepted. */
export interface Arrival {
  readonly event: EventItem
  /** Event time, capped (N1). */
  readonly time: number
  /** The partition's clock before this event came: what the clock alone had decided until then. */
  readonly clockBefore: number
  readonly late: boolean
}
