import { SUBPROTOCOL } from '@pulssi/protocol/client'
import type { WebSocketClass, WebSocketLike } from './types.js'

export interface Socket {
  send(bytes: Uint8Array): void
  /** Nothing is heard of this socket afterwards. */
  close(): void
}

const NORMAL = 1000
const ABNORMAL = 1006

/** Where the server takes WebSockets, unless the url has a path of its own. */
const SOCKET_PATH = '/v1/ws'

/** `http:` and `https:` stand for `ws:` and `wss:`. */
export const socketUrl = (url: string): string =>
  url.replace(/^http/, 'ws').replace(/^(.+\/\/[^/]+)\/?$/, `$1${SOCKET_PATH}`)

/** `closed`: the socket is gone, or never came; `why` says so, if known. */
export type Open = (
  url: string,
  opened: () => void,
  message: (data: ArrayBuffer) => void,
  closed: (code: number, why?: unknown) => void,
) => Socket

/** `findClass`: the class once it is known. */
export const openSocket =
  (findClass: () => Promise<WebSocketClass>): Open =>
  (url, opened, message, closed) => {
    let socket: WebSocketLike | undefined
    let isLive = true
    let trouble: unknown
    findClass()
      .then(Class => {
        if (!isLive) return
        socket = new Class(socketUrl(url), SUBPROTOCOL)
        socket.binaryType = 'arraybuffer'
        socket.onopen = () => isLive && opened()
        socket.onmessage = ({ data }: { data: ArrayBuffer }) => isLive && message(data)
        // The close event follows; without a listener the ws package would throw.
        socket.onerror = ({ message }: { message?: string }) => {
          trouble = message
        }
        socket.onclose = ({ code, reason }: { code: number; reason: string }) =>
          isLive && closed(code, reason || trouble)
      })
      .catch(error => isLive && closed(ABNORMAL, error))
    return {
      send: bytes => socket?.send(bytes as Uint8Array<ArrayBuffer>),
      close: () => {
        isLive = false
        socket?.close(NORMAL)
      },
    }
  }
