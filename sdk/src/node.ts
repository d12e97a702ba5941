import type { WebSocketClass } from './types.js'

/** In Node 20 there is no global class. The module's name is a variable, so that no bundler follows it. */
export const findWebSocket = async (): Promise<WebSocketClass> => {
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
