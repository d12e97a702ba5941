import type { IncomingMessage } from 'node:http'
import { expect, test } from 'vitest'
import { Access } from './access.js'
import { Door } from './door.js'

const request = (host: string | undefined, origin?: string): IncomingMessage =>
  ({ headers: { host, origin }, socket: { localAddress: '::ffff:192.0.2.1' } }) as unknown as IncomingMessage

const page = { kind: 'page' as const, key: 'pk_shop', origins: ['https://shop.example'], channels: ['web'] }
const closed = new Door({ access: new Access({ keys: [page], readTokens: [] }), hosts: ['pulse.example'] })
const open = new Door({ access: new Access({ keys: [], readTokens: [] }), hosts: [] })

test('a Host that is neither loopback, nor listed, nor the address called is turned away', () => {
  for (const host of [
    'localhost:8700',
    '127.0.0.1',
    '[::1]:8700',
    'pulse.example',
    'PULSE.example:443',
    '192.0.2.1:80',
  ]) {
    expect(closed.check(request(host)), host).toBeNull()
  }
  for (const host of ['evil.example', 'pulse.example.evil.example', '192.0.2.2', '']) {
    expect(closed.check(request(host)), host).toMatchObject({ status: 403 })
  }
  expect(closed.check(request(undefined))).toMatchObject({ status: 400 })
})

test('an Origin must be listed or the server’s own', () => {
  expect(closed.check(request('pulse.example', 'https://shop.example'))).toBeNull()
  expect(closed.check(request('pulse.example', 'https://pulse.example'))).toBeNull()
  for (const origin of ['https://evil.example', 'http://shop.example', 'null', 'http://localhost:3000']) {
    expect(closed.check(request('pulse.example', origin)), origin).toMatchObject({ status: 403 })
  }
})

test('in open mode an Origin must be of this machine', () => {
  expect(open.check(request('localhost:8700', 'http://localhost:3000'))).toBeNull()
  expect(open.check(request('localhost:8700', 'http://127.0.0.1:9'))).toBeNull()
  expect(open.check(request('localhost:8700', 'https://evil.example'))).toMatchObject({ status: 403 })
  expect(open.check(request('localhost:8700', 'http://localhost.evil.example'))).toMatchObject({ status: 403 })
})
