import { expect, test } from 'vitest'
import { addressGroup, isLoopback, plainAddress } from './address.js'

test('an IPv4 address is itself, also when IPv6 wraps it', () => {
  expect(addressGroup('192.0.2.7')).toBe('192.0.2.7')
  expect(addressGroup('::ffff:192.0.2.7')).toBe('192.0.2.7')
})

test('all addresses of an IPv6 /64 are one group, those of the next are another', () => {
  const group = addressGroup('2001:db8:0:1::1')
  expect(addressGroup('2001:0db8:0000:0001:ffff:1:2:3')).toBe(group)
  expect(addressGroup('2001:db8:0:2::1')).not.toBe(group)
  expect(addressGroup('::1')).toBe('0:0:0:0::/64')
})

test('only this machine is loopback', () => {
  for (const host of ['localhost', '127.0.0.1', '127.9.9.9', '::1', '[::1]', '::ffff:127.0.0.1', 'shop.localhost']) {
    expect(isLoopback(host), host).toBe(true)
  }
  for (const host of ['example.org', '127.0.0.1.example.org', '10.0.0.1', 'localhost.example.org', '::2', '']) {
    expect(isLoopback(host), host).toBe(false)
  }
  expect(plainAddress('[FE80::1%eth0]')).toBe('fe80::1%eth0'.replace('%eth0', ''))
})
