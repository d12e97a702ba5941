import { EventEmitter } from 'node:events'
import { Duplex } from 'node:stream'
import { expect, test, vi } from 'vitest'
import { WebSocket } from 'ws'
import { Line } from './line.js'

class Socket extends EventEmitter {
  readyState: number = WebSocket.OPEN
  readonly OPEN = WebSocket.OPEN
  readonly told: string[] = []
  terminated = false
  close(code: number, reason: string): void {
    this.readyState = WebSocket.CLOSING
    this.told.push(`${code} ${reason}`)
  }
  terminate(): void {
    this.terminated = true
    this.readyState = WebSocket.CLOSED
  }
  ping(content: Buffer): void {
    this.told.push(`ping ${content.toString()}`)
  }
  pong(content: Buffer): void {
    this.told.push(`pong ${content.toString()}`)
  }
}

const LIMITS = { outboundBytes: 1_000, closeMs: 50, afterCloseBytes: 1_000 }

/** A line to somebody who reads nothing: what is written waits. */
const make = () => {
  const stream = new Duplex({ read: () => {}, write: () => {}, writableHighWaterMark: 500 })
  const socket = new Socket()
  return { stream, socket, line: new Line(socket as unknown as WebSocket, stream, LIMITS) }
}

test('who lets too much wait is cut off, and nothing more is written', () => {
  const { stream, socket, line } = make()
  for (let turn = 0; turn < 100; turn++) line.write(Buffer.alloc(100))
  expect(socket.terminated).toBe(true)
  expect(stream.writableLength).toBeLessThanOrEqual(LIMITS.outboundBytes + 100)
})

test('who doesn’t read its pongs gets no more of them', () => {
  const { socket, line } = make()
  line.pong(Buffer.from('1'))
  line.write(Buffer.alloc(600))
  line.pong(Buffer.from('2'))
  expect(socket.told).toEqual(['pong 1'])
})

test('a pong counts only if it brings back what the ping held', () => {
  for (const [content, survives] of [
    ['right', true],
    ['wrong', false],
  ] as const) {
    const { socket, line } = make()
    line.ping(Buffer.from('right'))
    socket.emit('pong', Buffer.from(content))
    line.ping(Buffer.from('next'))
    expect(socket.terminated).toBe(!survives)
  }
})

test('after the close frame the other side has a moment, and is then cut off', () => {
  vi.useFakeTimers()
  const { stream, socket, line } = make()
  line.close(4400, 'why not: é')
  line.close(1000, 'again')
  expect(socket.told).toEqual(['4400 why not: ?'])
  expect(stream.writableEnded).toBe(true)
  vi.advanceTimersByTime(LIMITS.closeMs - 1)
  expect(socket.terminated).toBe(false)
  vi.advanceTimersByTime(1)
  expect(socket.terminated).toBe(true)
  vi.useRealTimers()
})
