import type { LinkEvent, Refusal } from '@pulssi/protocol'

/** Who sends: one connection, one request, one replay. Made once, handed in with everything that it sends. */
export interface Sender {
  /** Visitor of the groups that name none; null where every group must name its own. */
  readonly visitor: string | null
  /** Stream of the groups that name none; null: their events have no sequence and are never duplicates. */
  readonly stream: string | null
  /** Whether it may speak for visitors other than `visitor` (services do). */
  readonly everyVisitor: boolean
  /** Channels that its key may write to; null for all. */
  readonly channels: ReadonlySet<string> | null
  /** Whether it may tie its visitor to a customer so; null: any link is taken. */
  readonly mayLink: ((link: LinkEvent) => boolean) | null
  /** Whether one more comment of a visitor is kept; null: all are. */
  readonly mayComment: ((visitor: string) => boolean) | null
  /** Its visitor is known by this page alone, so that a drop is `unseen`. */
  readonly page: boolean
  readonly bot: boolean
  /** Stands for its visitors where it is asked whether many speak; null: each for itself. */
  readonly group: string | null
}

/** One event not taken: its position among the events handed in, and why. */
export interface Refused {
  readonly position: number
  readonly code: Refusal
}

/** A whole file or request of a trusted program: every visitor, every channel. */
export const SERVICE: Sender = {
  visitor: null,
  stream: null,
  everyVisitor: true,
  channels: null,
  mayLink: null,
  mayComment: null,
  page: false,
  bot: false,
  group: null,
}
