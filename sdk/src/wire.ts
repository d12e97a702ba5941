import { decode, encode, Frame, type ServerFrame } from '@pulssi/protocol/client'
import { type Connection, type ConnectionEvent, IDLE, step } from './connection.js'
import type { Environment } from './environment.js'
import type { Socket } from './socket.js'

export interface WireListener {
  /** The frame that opens a connection. */
  hello(): readonly unknown[]
  /** Frames may be sent, for the first time or again. */
  ready(): void
  frame(frame: ServerFrame): void
  /** The socket is gone. `retryMs`: until the next attempt; null: there will be none by itself. */
  dropped(code: number, retryMs: number | null): void
  failed(error: unknown): void
}

const NORMAL = 1000

/** The shell of the connection's state machine: one socket, one timer. */
export class Wire {
  state: Connection = IDLE
  readonly #url: string
  readonly #environment: Environment
  readonly #listener: WireListener
  #socket: Socket | undefined
  #hintMs = 0
  #cancelTimer = () => {}

  constructor(url: string, environment: Environment, listener: WireListener) {
    this.#url = url
    this.#environment = environment
    this.#listener = listener
  }

  send(frame: readonly unknown[]): void {
    this.#socket?.send(encode(frame))
  }

  tell(event: ConnectionEvent): void {
    const environment = this.#environment
    const now = environment.now()
    const [state, effect] = step(this.state, event, now, environment.random())
    const retryMs = 'until' in state ? state.until - now : null
    this.state = state
    this.#cancelTimer()
    if (retryMs !== null) this.#cancelTimer = environment.after(retryMs, () => this.tell({ type: 'timer' }))
    if (effect === 'connect') this.#connect()
    if (effect === 'hello') this.send(this.#listener.hello())
    if (effect === 'ready') this.#listener.ready()
    if (effect === 'disconnect' && this.#socket) {
      this.#socket.close()
      this.#socket = undefined
      this.#listener.dropped('code' in event ? event.code : NORMAL, retryMs)
    }
  }

  #connect(): void {
    const listener = this.#listener
    this.#hintMs = 0
    this.#socket = this.#environment.open(this.#url, {
      opened: () => this.tell({ type: 'opened' }),
      message: bytes => {
        try {
          const frame = decode(bytes) as unknown as ServerFrame
          if (frame[0] === Frame.error) this.#hintMs = frame[3] ?? 0
          listener.frame(frame)
          if (frame[0] === Frame.welcome) this.tell({ type: 'welcomed' })
        } catch (error) {
          listener.failed(error)
        }
      },
      closed: (code, error) => {
        if (error) listener.failed(error)
        this.tell({ type: 'dropped', code, hintMs: this.#hintMs })
      },
    })
  }
}
