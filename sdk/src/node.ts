import { SILENT } from './connection.js'
import { type Open, openSocket } from './socket.js'
import type { WebSocketClass, WebSocketLike } from './types.js'

/** In Node 20 there is no global class. The module's name is a variable, so that no bundler follows it. */
const findWebSocket = async (): Promise<WebSocketClass> => {
  const { WebSocket, process } = globalThis as {
    WebSocket?: WebSocketClass
    process?: { versions?: { node?: string } }
  }
  if (WebSocket) return WebSocket
  const name: string = ['w', 's'].join('')
  const found: { WebSocket?: WebSocketClass } | null = process?.versions?.node
    ? await import(/* @vite-ignore */ /* webpackIgnore: true */ name).catch(() => null)
    : null
  if (found?.WebSocket) return found.WebSocket
  throw Error('no WebSocket here: install the package ws, or pass its class as the option WebSocket')
}

/** Opens sockets of the class given, else of the one that is found here. */
export const openFound =
  (Class: WebSocketClass | undefined): Open =>
  (url, opened, message, closed) => {
    let socket: WebSocketLike | undefined
    let isWanted = true
    const open = async () => {
      const found = Class ?? (await findWebSocket())
      if (!isWanted) return
      let trouble: string | undefined
      const lost: typeof closed = ({ code, reason = '' }) => closed({ code, reason: reason || (trouble ?? '') })
      socket = openSocket(url, opened, message, lost, found)
      // The close event follows; without a listener the ws package would throw.
      socket.onerror = ({ message }: { message?: string }) => {
        trouble = message
      }
    }
    open().catch(error => closed({ code: SILENT, reason: String(error) }))
    return {
      send: bytes => socket?.send(bytes),
      close: code => {
        isWanted = false
        socket?.close(code)
      },
    }
  }
