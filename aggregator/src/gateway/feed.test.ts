import { Duplex } from 'node:stream'
import { expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { feed } from './feed.js'

/** A stream whose data goes to a listener as a WebSocket's would. */
const make = (afterCloseBytes: number) => {
  const stream = new Duplex({ read: () => {}, write: (_chunk, _encoding, done) => done() })
  const socket = { readyState: WebSocket.OPEN as number, OPEN: WebSocket.OPEN }
  const heard: Buffer[] = []
  let endAfter = Number.POSITIVE_INFINITY
  stream.on('data', (piece: Buffer) => {
    heard.push(piece)
    if (heard.length >= endAfter) socket.readyState = WebSocket.CLOSING
  })
  feed(stream, socket as WebSocket, afterCloseBytes)
  const endAt = (pieces: number): void => {
    endAfter = pieces
  }
  return { stream, heard, endAt }
}

test('hands over every byte in order, in small pieces', () => {
  const { stream, heard } = make(0)
  const bytes = Buffer.from(Array.from({ length: 10_000 }, (_, index) => index & 255))
  stream.emit('data', bytes)
  expect(Buffer.concat(heard)).toEqual(bytes)
  expect(Math.max(...heard.map(piece => piece.length))).toBeLessThanOrEqual(4_096)
})

test('hands over nothing of a chunk in which the socket was ended, and cuts off who goes on', () => {
  const { stream, heard, endAt } = make(100_000)
  endAt(1)
  stream.emit('data', Buffer.alloc(65_536))
  stream.emit('data', Buffer.alloc(1_000))
  expect(heard).toHaveLength(1)
  expect(stream.destroyed).toBe(false)
  stream.emit('data', Buffer.alloc(65_536))
  expect(heard).toHaveLength(1)
  expect(stream.destroyed).toBe(true)
})
