import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { type BatchFrame, decode, encode, Frame, type HelloFrame } from '@pulssi/protocol/client'
import { afterEach, expect, test } from 'vitest'
import WebSocket, { WebSocketServer } from 'ws'
import { createPulse } from './index.js'
import type { Told } from './types.js'

const closers: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close()
})

/** A real server that welcomes and acknowledges. */
const listen = async () => {
  const hellos: HelloFrame[] = []
  const batches: BatchFrame[] = []
  const server = new WebSocketServer({
    host: '127.0.0.1',
    port: 0,
    handleProtocols: ([name]: Set<string>) => name ?? false,
  })
  await once(server, 'listening')
  server.on('connection', socket => {
    socket.on('message', (data: Buffer, isBinary) => {
      if (!isBinary) throw Error('a text frame')
      const frame = decode(data) as unknown as HelloFrame | BatchFrame
      if (frame[0] === Frame.hello) {
        hellos.push(frame)
        socket.send(encode([Frame.welcome, 'd.7', 0, 65_536, 100, 1_000, 5_000]))
      } else {
        batches.push(frame)
        socket.send(encode([Frame.ack, frame[1], []]))
      }
    })
  })
  closers.push(() => new Promise(done => server.close(done)))
  return { server, hellos, batches, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }
}
const next = <Name extends keyof Told>(pulse: ReturnType<typeof createPulse>, name: Name) =>
  new Promise<Told[Name]>(resolve => {
    const off = pulse.on(name, told => {
      off()
      resolve(told)
    })
  })

test.each([
  ['the class that it is given', { WebSocket }],
  ['the ws package that it finds', {}],
])('Node: speaks over %s', async (_name, options) => {
  const { url, hellos, batches, server } = await listen()
  const pulse = createPulse({ url, key: 'sk', ...options })
  closers.push(() => pulse.close())
  expect(await next(pulse, 'open')).toEqual({ visitor: 'd.7' })
  pulse.enter('shop.cart')
  await pulse.flush()
  expect(pulse.stats()).toMatchObject({ sent: 1, acked: 1, queued: 0 })
  expect(hellos[0]?.slice(0, 4)).toEqual([Frame.hello, 'sk', 0, null])
  expect(batches[0]?.[3]).toEqual(['shop.cart'])

  for (const socket of server.clients) socket.close(1012)
  expect((await next(pulse, 'close')).code).toBe(1012)
  pulse.enter('shop.cart')
  await pulse.flush()
  expect(hellos[1]?.[3]).toBe('d.7')
  expect(batches[1]?.slice(0, 2)).toEqual([Frame.batch, 1])
  expect(batches[1]?.[4][0]?.[2]).toBe(1)
})

test('an address where nobody listens is told, and events wait', async () => {
  const pulse = createPulse({ url: 'ws://127.0.0.1:9', key: 'sk' })
  closers.push(() => pulse.close())
  pulse.enter('a')
  const [error, close] = await Promise.all([next(pulse, 'error'), next(pulse, 'close')])
  expect(error.message).toContain('ECONNREFUSED')
  expect(close.code).toBe(1006)
  expect(pulse.stats().queued).toBe(1)
})
