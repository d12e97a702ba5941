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
  /** What was written beside a score, or in its place. */
  readonly comment: string | null
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

/** All that is known of a visitor is to be forgotten. */
export interface EraseItem {
  readonly type: 'erase'
  readonly visitor: string
  /** 0 with the data clock. */
  readonly at: number
  /** What takes the place of the visitor's hash. */
  readonly noise: readonly [number, number]
}

export type LogItem = EventItem | TickItem | RefuseItem | EraseItem

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

/** An erasure, with the partition's clock once it has moved it. */
export interface Erasure {
  readonly erased: string
  readonly clock: number
}
