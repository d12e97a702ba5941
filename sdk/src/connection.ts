import { Fault } from '@pulssi/protocol/client'
import { BACKOFF_MAX_MS, BACKOFF_MIN_MS, GREETING_MS, STEADY_MS } from './limits.js'

/**
 * The life of a connection, as a pure function. Times are ms of whatever clock `now` comes from; a state with `until`
 * wants a `timer` event then. `attempt` counts the attempts since the last connection that stood for STEADY_MS.
 *
 * * `idle`: no socket is wanted (before the start, on a hidden page, without consent). Left by `start`.
 * * `connecting`: a socket is being opened. Left when it stands, breaks, or takes too long.
 * * `greeting`: hello is sent, welcome awaited. Left as above.
 * * `open`: frames may be sent.
 * * `refusing`: the socket stands, but the server takes nothing before `until`.
 * * `waiting`: no socket; the next attempt comes at `until`.
 * * `stopped`: the server refuses this key, token or hello for good.
 * * `closed`: the host has closed. Nothing leads out of it.
 */
export type Connection =
  | { readonly phase: 'idle' | 'stopped' | 'closed' }
  | { readonly phase: 'connecting' | 'greeting' | 'waiting'; readonly attempt: number; readonly until: number }
  | { readonly phase: 'open'; readonly attempt: number; readonly since: number }
  | { readonly phase: 'refusing'; readonly attempt: number; readonly since: number; readonly until: number }

export type ConnectionEvent =
  | { readonly type: 'start' | 'opened' | 'welcomed' | 'timer' | 'halt' | 'close' }
  /** The server takes nothing for `retryMs`. */
  | { readonly type: 'refused'; readonly retryMs: number }
  /** The socket is gone, or as good as gone. `hintMs`: the wait that the server asked for, 0 if none. */
  | { readonly type: 'dropped'; readonly code: number; readonly hintMs: number }

/** `ready`: frames may be sent, for the first time or again. */
export type Effect = 'connect' | 'hello' | 'ready' | 'disconnect'

export type Step = readonly [state: Connection, effect?: Effect]

export const IDLE: Connection = { phase: 'idle' }

/** No close frame came: the socket is taken for dead. */
export const SILENT: ConnectionEvent = { type: 'dropped', code: 1006, hintMs: 0 }

/** `random`: 0 ≤ random < 1. Full jitter, but never less than the server asked for. */
export const backoffMs = (attempt: number, hintMs: number, random: number): number =>
  Math.max(hintMs, random * Math.min(BACKOFF_MAX_MS, BACKOFF_MIN_MS * 2 ** attempt))

/** An event that means nothing in a state leaves it as it is. */
export const step = (state: Connection, event: ConnectionEvent, now: number, random: number): Step => {
  const { phase } = state
  switch (event.type) {
    case 'start':
      return phase === 'idle' ? [{ phase: 'connecting', attempt: 0, until: now + GREETING_MS }, 'connect'] : [state]
    case 'opened':
      return phase === 'connecting' ? [{ ...state, phase: 'greeting' }, 'hello'] : [state]
    case 'welcomed':
      return phase === 'greeting' ? [{ phase: 'open', attempt: state.attempt, since: now }, 'ready'] : [state]
    case 'refused':
      if (!('since' in state)) return [state]
      return [{ ...state, phase: 'refusing', until: now + event.retryMs }]
    case 'timer':
      if (phase === 'waiting') return [{ ...state, phase: 'connecting', until: now + GREETING_MS }, 'connect']
      if (phase === 'refusing') return [{ phase: 'open', attempt: state.attempt, since: state.since }, 'ready']
      return phase === 'open' ? [state] : step(state, SILENT, now, random)
    case 'dropped': {
      if (!('attempt' in state) || phase === 'waiting') return [state]
      const { code, hintMs } = event
      if (
        code === Fault.unauthorized ||
        code === Fault.forbidden ||
        (code === Fault.badFrame && phase === 'greeting')
      ) {
        return [{ phase: 'stopped' }, 'disconnect']
      }
      const attempt = 'since' in state && now - state.since >= STEADY_MS ? 0 : state.attempt
      return [{ phase: 'waiting', attempt: attempt + 1, until: now + backoffMs(attempt, hintMs, random) }, 'disconnect']
    }
    case 'halt':
      return phase === 'closed' || phase === 'stopped' ? [state] : [IDLE, 'disconnect']
    case 'close':
      return [{ phase: 'closed' }, 'disconnect']
    default:
      return event satisfies never
  }
}
