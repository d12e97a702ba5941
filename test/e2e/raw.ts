import { connect, type Socket } from 'node:net'
import type { RunningServer } from '@pulssi/aggregator'
import { encode, SUBPROTOCOL } from '@pulssi/protocol/client'
import { onTestFinished } from 'vitest'

const FINAL_MASKED = 0x80
const LONG = 126
const NO_MASK = [0, 0, 0, 0]
export const Opcode = { continuation: 0, binary: 2, ping: 9, pong: 10 } as const

/** One WebSocket frame as a client writes it; `final`: 0 for a fragment that others follow. */
export const wireFrame = (payload: Uint8Array, opcode: number = Opcode.binary, final = FINAL_MASKED): Buffer => {
  const { length } = payload
  const size = length < LONG ? [length | FINAL_MASKED] : [LONG | FINAL_MASKED, length >> 8, length & 255]
  return Buffer.from([final | opcode, ...size, ...NO_MASK, ...payload])
}

export const message = (frame: readonly unknown[]): Buffer => wireFrame(encode(frame))

export const UPGRADE = Buffer.from(
  'GET /v1/ws HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n' +
    `Sec-WebSocket-Key: cHVsc3NpIHRlc3RzIHVzIQ==\r\nSec-WebSocket-Protocol: ${SUBPROTOCOL}\r\n\r\n`,
)

/** A TCP connection that says what it likes. */
export class Raw {
  readonly socket: Socket
  readonly closed: Promise<void>
  text = ''

  private constructor(socket: Socket) {
    this.socket = socket
    this.closed = new Promise(resolve => {
      socket.on('close', () => resolve())
    })
    socket.on('error', () => {})
    socket.on('data', chunk => {
      this.text += chunk.toString('latin1')
    })
    onTestFinished(() => {
      socket.destroy()
    })
  }

  /** Resolves once it is connected, or gone. */
  static async open({ port }: RunningServer, localAddress = '127.0.0.1'): Promise<Raw> {
    const raw = new Raw(connect({ port, host: '127.0.0.1', localAddress }))
    await Promise.race([raw.closed, new Promise(resolve => raw.socket.once('connect', resolve))])
    return raw
  }

  /** Writes it again and again, as fast as it is taken, until the connection is gone. */
  async press(bytes: Uint8Array): Promise<void> {
    const { socket } = this
    const more = (): void => {
      while (socket.writable && socket.write(bytes));
    }
    socket.on('drain', more)
    more()
    await this.closed
  }
}
