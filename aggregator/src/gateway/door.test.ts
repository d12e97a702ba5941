import type { IncomingMessage } from 'node:http'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Door } from './door.js'

const request = (host: string | undefined, origin?: string, url = '/', encrypted = false): IncomingMessage =>
  ({
    headers: { host, origin },
    url,
    socket: { localAddress: '::ffff:192.0.2.1', encrypted },
  }) as unknown as IncomingMessage

const LISTED = 'https://shop.example'
const closed = new Door({ access: { origins: new Set([LISTED]), open: false }, hosts: ['pulse.example'] })
const open = new Door({ access: { origins: new Set(), open: true }, hosts: [] })

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
  for (const host of [
    'evil.example',
    'pulse.example.evil.example',
    'pulse.example.',
    'xpulse.example',
    '192.0.2.2',
    '127.0.0.1.evil.example',
    '127.0.0.1%.evil.example',
    '[::1%25x].evil.example',
    'localhost.evil.example',
    'pulse.example:80:80',
    'me@pulse.example',
    '',
  ]) {
    expect(closed.check(request(host)), host).toMatchObject({ status: 403 })
  }
  expect(closed.check(request(undefined))).toMatchObject({ status: 400 })
})

test('a Host taken up later counts from then on, one given up no more', () => {
  const door = new Door({ access: { origins: new Set(), open: false }, hosts: ['a.example'] })
  door.replace(['b.example'])
  expect(door.check(request('b.example'))).toBeNull()
  expect(door.check(request('a.example'))).toMatchObject({ status: 403 })
})

test('whatever is done to a listed Origin, it is no longer that Origin', () => {
  const part = fc.stringMatching(/^[a-z0-9-]{1,8}$/)
  const lookalike = fc.oneof(
    part.map(other => `${LISTED}.${other}.example`),
    part.map(other => `https://${other}shop.example`),
    part.map(other => `https://${other}.shop.example`),
    part.map(other => `https://shop.example@${other}.example`),
    part.map(other => `https://${other}@shop.example`),
    fc.integer({ min: 0, max: 65_535 }).map(port => `${LISTED}:${port}`),
    part.map(path => `${LISTED}/${path}`),
    part.map(scheme => `${scheme}x://shop.example`),
    fc
      .nat(LISTED.length - 1)
      .map(at => LISTED.slice(0, at) + LISTED.slice(at, at + 1).toUpperCase() + LISTED.slice(at + 1)),
    fc.nat(LISTED.length).map(at => `${LISTED.slice(0, at)}\u200b${LISTED.slice(at)}`),
    fc.constantFrom(
      'http://shop.example',
      'https://shop.example.',
      'https://shop.example/',
      ' https://shop.example',
      'https://shop.example https://evil.example',
      'https://evil.example, https://shop.example',
      'https://ѕhop.example',
      'https://xn--hop-xsc.example',
      'https:shop.example',
      'https:\\\\shop.example',
      'null',
      '*',
      '',
    ),
  )
  fc.assert(
    fc.property(lookalike, origin => {
      fc.pre(origin !== LISTED)
      expect(closed.check(request('pulse.example', origin)), origin).toMatchObject({ status: 403 })
      expect(closed.check(request('127.0.0.1:8700', origin)), origin).toMatchObject({ status: 403 })
    }),
    { numRuns: 400 },
  )
  expect(closed.check(request('pulse.example', LISTED))).toBeNull()
})

test('the server’s own pages may call, in the form that browsers write; over TLS not those without', () => {
  for (const origin of ['https://pulse.example', 'http://pulse.example']) {
    expect(closed.check(request('pulse.example', origin)), origin).toBeNull()
  }
  expect(closed.check(request('pulse.example:8700', 'http://pulse.example:8700'))).toBeNull()
  expect(closed.check(request('pulse.example', 'https://pulse.example', '/', true))).toBeNull()
  expect(closed.check(request('pulse.example', 'http://pulse.example', '/', true))).toMatchObject({ status: 403 })
  for (const origin of [
    'https://PULSE.example',
    'https://pulse.example/',
    'https://pulse.example:443',
    'https://pulse.example.',
    'https://pulse.example:8701',
    'ws://pulse.example',
    'chrome-extension://pulse.example',
  ]) {
    expect(closed.check(request('pulse.example', origin)), origin).toMatchObject({ status: 403 })
  }
})

test('with keys, pages of this machine are strangers like all others', () => {
  for (const origin of ['http://localhost:3000', 'http://127.0.0.1:8701', 'http://[::1]:3000', 'http://a.localhost']) {
    expect(closed.check(request('127.0.0.1:8700', origin)), origin).toMatchObject({ status: 403 })
  }
})

test('in open mode an Origin must be of this machine', () => {
  expect(open.check(request('localhost:8700', 'http://localhost:3000'))).toBeNull()
  expect(open.check(request('localhost:8700', 'http://127.0.0.1:9'))).toBeNull()
  for (const origin of [
    'https://evil.example',
    'http://localhost.evil.example',
    'http://localhost.',
    'http://127.0.0.1.evil.example',
    'http://evil.example#localhost',
    'http://LOCALHOST:3000',
    'file://localhost',
    'null',
  ]) {
    expect(open.check(request('localhost:8700', origin)), origin).toMatchObject({ status: 403 })
  }
})

test('a secret in the address is refused, and the answer says where it belongs without repeating it', () => {
  const jwt = 'eyJhbGciOiJIUzI1NiJ9.eyJhIjoxfQ.c2ln'
  for (const query of [
    'token=t0psecret',
    'a=1&access_token=t0psecret',
    'KEY=t0psecret',
    'api-key=t0psecret',
    `x=${jwt}`,
  ]) {
    const turned = closed.check(request('pulse.example', undefined, `/v1/pulse?${query}`))
    expect(turned, query).toMatchObject({ status: 400, message: expect.stringContaining('Authorization: Bearer') })
    expect(turned?.message).not.toMatch(/t0psecret|eyJ/)
  }
  for (const query of ['window=5m&touchpoint=key.token', 'touchpoint=monkey', 'cut=token:1']) {
    expect(closed.check(request('pulse.example', undefined, `/v1/pulse?${query}`)), query).toBeNull()
  }
})
