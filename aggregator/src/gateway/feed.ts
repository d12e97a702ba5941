import type { Duplex } from 'node:stream'
import type { WebSocket } from 'ws'

/** Pieces that a chunk is handed over in: so much is parsed at most after a socket was ended within a chunk. */
const PIECE_BYTES = 4 * 1024

type Listener = (this: Duplex, chunk: Buffer) => void

/**
 * Stands between a stream and its WebSocket. ws parses whatever comes until the other side has closed too, and a whole
 * chunk at once; here an ended socket's bytes are read and dropped, and who goes on sending is cut off.
 */
export const feed = (stream: Duplex, socket: WebSocket, afterCloseBytes: number): void => {
  const listeners = stream.listeners('data') as Listener[]
  let droppedBytes = 0
  const drop = (sizeBytes: number): void => {
    droppedBytes += sizeBytes
    if (droppedBytes > afterCloseBytes) stream.destroy()
  }
  stream.removeAllListeners('data')
  stream.on('data', (chunk: Buffer) => {
    for (let at = 0; at < chunk.length; at += PIECE_BYTES) {
      if (socket.readyState !== socket.OPEN) return drop(chunk.length - at)
      const piece = chunk.length <= PIECE_BYTES ? chunk : chunk.subarray(at, at + PIECE_BYTES)
      for (const listener of listeners) listener.call(stream, piece)
    }
  })
}
