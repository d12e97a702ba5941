import type { Server } from 'node:http'
import type { Socket } from 'node:net'

/** Counts the bytes of all connections of a server, WebSockets too, where the system has counted them already. */
export class Traffic {
  readonly #open = new Set<Socket>()
  #endedIn = 0
  #endedOut = 0

  constructor(server: Server) {
    server.on('connection', (socket: Socket) => {
      this.#open.add(socket)
      socket.once('close', () => {
        this.#open.delete(socket)
        this.#endedIn += socket.bytesRead
        this.#endedOut += socket.bytesWritten
      })
    })
  }

  get inBytes(): number {
    let sum = this.#endedIn
    for (const socket of this.#open) sum += socket.bytesRead
    return sum
  }

  get outBytes(): number {
    let sum = this.#endedOut
    for (const socket of this.#open) sum += socket.bytesWritten
    return sum
  }
}
