import { openSocket, type Socket, type SocketListener } from './socket.js'
import type { WebSocketClass } from './types.js'

/** What the shells need of the world, so that a test can put another in its place. */
export interface Environment {
  /** ms since 1970 */
  now(): number
  /** 0 ≤ random < 1 */
  random(): number
  /** Returns what takes the timer back. */
  after(ms: number, run: () => void): () => void
  makeId(): string
  open(url: string, listener: SocketListener): Socket
}

export const realEnvironment = (findClass: () => Promise<WebSocketClass>): Environment => ({
  now: () => Date.now(),
  random: () => Math.random(),
  after: (ms, run) => {
    const timer = setTimeout(run, ms)
    return () => clearTimeout(timer)
  },
  // 128 random bits; pages without TLS have no crypto.randomUUID.
  makeId: () => crypto.getRandomValues(new Uint32Array(4)).join('-'),
  open: (url, listener) => openSocket(url, findClass(), listener),
})
