import { SUBPROTOCOL } from '@pulssi/protocol/client'
import type { WebSocketClass, WebSocketLike } from './types.js'

export interface SocketListener {
  opened(): void
  message(bytes: Uint8Array): void
  /** The socket is gone, or never came. */
  closed(code: number, error?: unknown): void
}

export interface Socket {
  send(bytes: Uint8Array): void
  /** Nothing is heard of this socket afterwards. */
  close(): void
}

const NORMAL = 1000
const ABNORMAL = 1006

/** `found`: the class once it is known. `http:` and `https:` stand for `ws:` and `wss:`. */
export const openSocket = (url: string, found: Promise<WebSocketClass>, listener: SocketListener): Socket => {
  let socket: WebSocketLike | undefined
  let live = true
  let trouble: unknown
  found
    .then(Class => {
      if (!live) return
      socket = new Class(url.replace(/^http/, 'ws'), SUBPROTOCOL)
      socket.binaryType = 'arraybuffer'
      socket.onopen = () => live && listener.opened()
      socket.onmessage = ({ data }: { data: ArrayBuffer }) => live && listener.message(new Uint8Array(data))
      // The close event follows; without a listener the ws package would throw.
      socket.onerror = ({ message }: { message?: string }) => {
        trouble = message
      }
      socket.onclose = ({ code }: { code: number }) => live && listener.closed(code, trouble)
    })
    .catch(error => live && listener.closed(ABNORMAL, error))
  return {
    send: bytes => socket?.send(bytes as Uint8Array<ArrayBuffer>),
    close: () => {
      live = false
      socket?.close(NORMAL)
    },
  }
}
