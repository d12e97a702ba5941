import type { Duplex } from 'node:stream'
import type { ServerFrame } from '@pulssi/protocol'
import type { WebSocket } from 'ws'
import { prepareFrame } from '../board/index.js'
import { feed } from './feed.js'
import type { Limits } from './limits.js'

export type LineLimits = Pick<Limits, 'outboundBytes' | 'closeMs' | 'afterCloseBytes'>

/** Longest reason that a close frame has room for (RFC 6455, section 5.5), in bytes; reasons are sent as ASCII. */
const REASON_BYTES = 123

/** The server's end of one WebSocket: what goes out, how much of it may wait, and how it ends. */
export class Line {
  readonly #socket: WebSocket
  /** The stream under the WebSocket, for frames that are prepared once for many. */
  readonly #stream: Duplex
  readonly #limits: LineLimits
  #lingerTimer: NodeJS.Timeout | null = null
  /** What the last ping holds and no pong has brought back. */
  #awaited: Buffer | null = null

  constructor(socket: WebSocket, stream: Duplex, limits: LineLimits) {
    this.#socket = socket
    this.#stream = stream
    this.#limits = limits
    socket.on('pong', data => {
      if (this.#awaited?.equals(data) === true) this.#awaited = null
    })
    // What ws itself refuses; it has sent the close frame by now.
    socket.on('error', () => this.#linger())
    socket.on('close', () => {
      if (this.#lingerTimer !== null) clearTimeout(this.#lingerTimer)
    })
    feed(stream, socket, limits.afterCloseBytes)
  }

  get congested(): boolean {
    return this.#stream.writableNeedDrain
  }

  /** Writes a frame that has its WebSocket header. A receiver that lets too much wait is cut off. */
  write(prepared: Uint8Array): void {
    if (this.#writable) this.#stream.write(prepared)
  }

  /** In one piece with its header: ws would write two, and acks are what a busy server writes most. */
  send(frame: ServerFrame): void {
    this.write(prepareFrame(frame))
  }

  /** Cuts the connection off if the last ping is unanswered, else sends one. Who doesn't read can't know `content`. */
  ping(content: Buffer): void {
    if (this.#awaited !== null) return this.terminate()
    if (!this.#writable) return
    this.#awaited = content
    this.#socket.ping(content)
  }

  /** Who doesn't read its pongs gets no more of them. */
  pong(content: Buffer): void {
    if (this.#writable && !this.congested) this.#socket.pong(content)
  }

  /** Sends a close frame, once; nothing that comes after it is looked at. */
  close(code: number, message: string): void {
    if (this.#socket.readyState !== this.#socket.OPEN) return
    this.#socket.close(code, message.replace(/[^ -~]/g, '?').slice(0, REASON_BYTES))
    this.#stream.end()
    this.#linger()
  }

  terminate(): void {
    this.#socket.terminate()
  }

  get #writable(): boolean {
    if (this.#socket.readyState !== this.#socket.OPEN) return false
    if (this.#stream.writableLength <= this.#limits.outboundBytes) return true
    this.terminate()
    return false
  }

  /** The other side has a moment to end the connection itself, and so to read the close frame. */
  #linger(): void {
    this.#lingerTimer ??= setTimeout(() => this.terminate(), this.#limits.closeMs)
  }
}
