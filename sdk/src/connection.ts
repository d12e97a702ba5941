import { Close, Fault } from '@pulssi/protocol/client'
import { BACKOFF_MAX_MS, BACKOFF_MIN_MS, GREETING_MS, RESTART_DOUBLINGS, STEADY_MS } from './limits.js'

/**
 * Where a connection stands. Numbers, in this order, because the smallest build compares them: from `connecting` to
 * `refusing` there is a socket, from `stopped` on nothing leads back.
 *
 * * `idle`: no socket is wanted (before the start, on a hidden page, without consent). Left by `start`.
 * * `waiting`: no socket; the next attempt comes at `until`.
 * * `connecting`: a socket is being opened. Left when it stands, breaks, or takes too long.
 * * `greeting`: hello is sent, welcome awaited. Left as above.
 * * `open`: frames may be sent.
 * * `refusing`: the socket stands, but the server takes nothing before `until`.
 * * `stopped`: the server refuses this key, token or hello for good.
 * * `closed`: the host has closed. Nothing leads out of it.
 *
 * Every effect belongs to the entry into a phase: into `connecting` a socket is opened, into `greeting` hello is sent,
 * into `open` frames may go, for the first time or again, into a phase without a socket the one there was is closed.
 */
export const Phase = {
  idle: 0,
  waiting: 1,
  connecting: 2,
  greeting: 3,
  open: 4,
  refusing: 5,
  stopped: 6,
  closed: 7,
} as const
export type Phase = (typeof Phase)[keyof typeof Phase]

/**
 * What moves a connection. The first four have the number of the phase that they lead out of, forward. `refused`: the
 * server takes nothing for a while. `dropped`: the socket is gone, or as good as gone.
 */
export const Turn = { start: 0, timer: 1, opened: 2, welcomed: 3, refused: 4, dropped: 5, halt: 6, close: 7 } as const
export type Turn = (typeof Turn)[keyof typeof Turn]

/**
 * Times are ms of whatever clock `now` comes from. `attempt` counts the attempts since the last connection that stood
 * for STEADY_MS, `since` is when the phase or, from `open` on, the welcome came. At `until`, unless it is 0, a `timer` is due.
 */
export type Connection = readonly [phase: Phase, attempt: number, since: number, until: number]

export const IDLE: Connection = [Phase.idle, 0, 0, 0]

/** No close frame came. */
export const SILENT = 1006

/** `random`: 0 ≤ random < 1. Full jitter, on top of what the server asked for: it may have asked everyone alike. */
export const backoffMs = (attempt: number, hintMs: number, random: number): number =>
  hintMs + random * Math.min(BACKOFF_MAX_MS, BACKOFF_MIN_MS * 2 ** attempt)

/**
 * A turn that means nothing in a phase leaves the state as it is. `ms`: for how long the server takes nothing
 * (`refused`), or the wait that it asked for, 0 if none (`dropped`). `code`: of the close (`dropped`).
 */
export const step = (
  state: Connection,
  turn: Turn,
  now: number,
  random: number,
  ms: number,
  code: number,
): Connection => {
  const [phase, attempt, since] = state
  if (turn === Turn.close) return [Phase.closed, 0, 0, 0]
  if (phase > Phase.refusing) return state
  if (turn === Turn.halt) return IDLE
  if (phase < Phase.open && turn === phase) {
    const next = phase ? ((phase + 1) as Phase) : Phase.connecting
    return [next, attempt, now, next < Phase.open ? now + GREETING_MS : 0]
  }
  if (phase > Phase.greeting && turn === Turn.refused) return [Phase.refusing, attempt, since, now + ms]
  if (phase === Phase.refusing && turn === Turn.timer) return [Phase.open, attempt, since, 0]
  if (phase < Phase.connecting || (turn !== Turn.dropped && turn !== Turn.timer)) return state
  if (
    code === Fault.unauthorized ||
    code === Fault.forbidden ||
    (code === Fault.badFrame && phase === Phase.greeting)
  ) {
    return [Phase.stopped, 0, 0, 0]
  }
  const failed = phase > Phase.greeting && now - since >= STEADY_MS ? 0 : attempt
  // A server that goes lets everyone go at once.
  const more = code === Close.goingAway || code === Close.restart ? RESTART_DOUBLINGS : 0
  return [Phase.waiting, failed + 1, 0, now + backoffMs(failed + more, ms, random)]
}
