import { SUBPROTOCOL } from '@pulssi/protocol/client'
import type { WebSocketClass, WebSocketLike } from './types.js'

export interface Socket {
  send(bytes: Uint8Array<ArrayBuffer>): void
  close(code: number): void
}

/** Where the server takes WebSockets, unless the url has a path of its own. */
const SOCKET_PATH = '/v1/ws'

/** `http:` and `https:` stand for `ws:` and `wss:`. */
export const socketUrl = (url: string): string =>
  url.replace(/^http/, 'ws').replace(/^(.+\/\/[^/]+)\/?$/, `$1${SOCKET_PATH}`)

/** `closed`: the socket is gone, or never came; `reason` says why, if known. May throw instead. */
export type Open = (
  url: string,
  opened: () => void,
  message: (event: { data: ArrayBuffer }) => void,
  closed: (event: { code: number; reason?: string }) => void,
) => Socket

/** Of the browser's own class, unless another is given. */
export const openSocket: (...args: [...Parameters<Open>, Class?: WebSocketClass]) => WebSocketLike = (
  url,
  onopen,
  onmessage,
  onclose,
  Class = WebSocket,
) => Object.assign(new Class(socketUrl(url), SUBPROTOCOL), { binaryType: 'arraybuffer', onopen, onmessage, onclose })
