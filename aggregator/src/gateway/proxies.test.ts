import type { IncomingMessage } from 'node:http'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { callerAddress, Proxies } from './proxies.js'

const request = (peer: string, forwarded?: string): IncomingMessage =>
  ({
    socket: { remoteAddress: peer },
    headers: forwarded === undefined ? {} : { 'x-forwarded-for': forwarded },
  }) as unknown as IncomingMessage

const PROXIES = new Proxies(['10.0.0.0/8', '::1', 'fd00::/8'])

test('whoever isn’t trusted is who it is, whatever it says', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.ipV4(), fc.ipV6()), said => {
      expect(PROXIES.address(request('192.0.2.1', said))).toBe('192.0.2.1')
      expect(new Proxies([]).address(request('10.0.0.1', said))).toBe('10.0.0.1')
    }),
  )
})

test('behind trusted proxies it is the last hop that isn’t one of them, whatever stands before it', () => {
  const untrusted = fc.ipV4().filter(address => !address.startsWith('10.'))
  const trusted = fc.array(fc.constantFrom('10.1.2.3', '10.9.9.9', 'fd00::7'), { maxLength: 3 })
  fc.assert(
    fc.property(fc.string(), untrusted, trusted, (forged, caller, hops) => {
      const said = [forged, caller, ...hops].join(', ')
      const call = request('10.0.0.1', said)
      expect(PROXIES.address(call)).toBe(caller)
      expect(callerAddress(call)).toBe(caller)
    }),
  )
})

test.each([
  ['no header', undefined, '10.0.0.1'],
  ['an empty one', '', '10.0.0.1'],
  ['a name', 'evil.example', '10.0.0.1'],
  ['unknown', 'unknown', '10.0.0.1'],
  ['a name behind an address', '192.0.2.7, evil', '10.0.0.1'],
  ['only proxies: the first of them', '10.3.3.3, 10.2.2.2', '10.3.3.3'],
  ['an IPv6 address', '2001:db8::7', '2001:db8::7'],
  ['one in brackets, with a port', '[2001:db8::7]:4711', '2001:db8::7'],
  ['an IPv4 address with a port', '192.0.2.7:4711', '192.0.2.7'],
  ['an IPv4 address that IPv6 wraps', '::ffff:192.0.2.7', '192.0.2.7'],
  ['a trusted IPv4 address that IPv6 wraps', '192.0.2.7, ::ffff:10.7.7.7', '192.0.2.7'],
])('behind a trusted proxy: %s', (_, said, expected) => {
  expect(PROXIES.address(request('10.0.0.1', said))).toBe(expected)
})

test('a peer that IPv6 wraps is trusted as the IPv4 address that it is', () => {
  expect(PROXIES.trusts('::ffff:10.0.0.1')).toBe(true)
  expect(PROXIES.trusts('::ffff:192.0.2.1')).toBe(false)
  expect(PROXIES.trusts('::1')).toBe(true)
  expect(PROXIES.trusts('')).toBe(false)
})

test('what is no range is refused', () => {
  for (const text of ['', 'localhost', '10.0.0.0/33', '10.0.0.0/x', '10.0.0.0/8/8', '::/129']) {
    expect(() => new Proxies([text]), text).toThrow('no address range')
  }
})
