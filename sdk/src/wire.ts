import { IDLE, Phase, SILENT, step, Turn } from './connection.js'
import { createTimer, type Environment } from './environment.js'
import { encode } from './msgpack.js'
import type { Socket } from './socket.js'

const NORMAL = 1000

/** Who listens to a wire. */
export interface WireListener extends Environment {
  /** The frame that opens a connection. */
  $hello(): readonly unknown[]
  /** A frame. A welcome must lead to `welcomed`. */
  $hear(data: ArrayBuffer): void
  /** The socket is gone. `retryMs`: until the next attempt; null: there will be none by itself. */
  $dropped(code: number, retryMs: number | null): void
  /** Something went wrong. `code` 0: the SDK itself says so; else it is that of the close that follows. */
  $failed(error: unknown, code?: number): void
  /** Connects, now rather than later, unless something speaks against it. */
  $start(): void
  /** The page is hidden, perhaps for good, or shown: what waits goes now, in a beacon where there is no socket. */
  $leavePage(): void
  /** The state machine has taken a turn: when `open`, frames may be sent. */
  $pump(isHeard?: boolean): void
}

export interface Wire extends WireListener {
  $phase: Phase
  /** Moves the state machine. `ms` and `code` as in `step`. */
  $turn(turn: Turn, ms?: number, code?: number): void
  $send(frame: readonly unknown[]): void
  /** The wait that the server asked for on this connection. */
  $hintMs: number
}

/** Gives its listener a connection: the shell of the state machine, with one socket and one timer. */
export const addWire = (wire: Wire, url: string): void => {
  let state = IDLE
  let socket: Socket | null | undefined
  const setTimer = createTimer(wire)
  const connect = () => {
    wire.$hintMs = 0
    let mine: Socket
    /** Nothing is heard of a socket that is given up. */
    const ifMine =
      <Event>(run: (event: Event) => void) =>
      (event: Event) => {
        try {
          if (mine === socket) run(event)
        } catch (error) {
          wire.$failed(error)
        }
      }
    try {
      socket = mine = wire.$open(
        url,
        ifMine<void>(() => wire.$turn(Turn.opened)),
        ifMine(({ data }) => wire.$hear(data)),
        ifMine(({ code, reason }) => {
          if (reason) wire.$failed(reason, code)
          wire.$turn(Turn.dropped, wire.$hintMs, code)
        }),
      )
    } catch (error) {
      wire.$failed(error)
      wire.$turn(Turn.dropped, 0, SILENT)
    }
  }
  wire.$phase = Phase.idle
  wire.$send = frame => socket?.send(encode(frame))
  wire.$turn = (turn, ms = 0, code = NORMAL) => {
    const before = wire.$phase
    state = step(state, turn, wire.$now(), wire.$random(), ms, code)
    const [phase, , , until] = state
    const waitMs = until - wire.$now()
    wire.$phase = phase
    setTimer()
    if (until) setTimer(waitMs, () => wire.$turn(Turn.timer))
    if (phase !== before) {
      if (phase === Phase.connecting) connect()
      if (phase === Phase.greeting) wire.$send(wire.$hello())
      if ((phase < Phase.connecting || phase > Phase.refusing) && socket) {
        socket.close(NORMAL)
        socket = null
        wire.$dropped(code, until ? waitMs : null)
      }
    }
    wire.$pump()
  }
}
