import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Addresses } from './addresses.js'
import { DEFAULT_LIMITS } from './limits.js'

const make = (limits: Partial<Record<keyof typeof DEFAULT_LIMITS, number>> = {}) => {
  const clock = { ms: 0 }
  return { clock, addresses: new Addresses({ ...DEFAULT_LIMITS, ...limits }, () => clock.ms) }
}

const nth = (index: number): string => `10.${(index >> 16) & 255}.${(index >> 8) & 255}.${index & 255}`

test('memory is bounded under a million addresses, and what is open is never forgotten', () => {
  const limits = { addresses: 1_000, attemptsPerAddressPerSecond: 1 }
  const { addresses } = make(limits)
  const release = addresses.hold('192.0.2.1', 'sockets')
  addresses.of('192.0.2.1').attempt()
  for (let index = 0; index < 1_000_000; index++) addresses.of(nth(index))
  expect(addresses.size).toBeLessThanOrEqual(1_001)
  expect(addresses.of('192.0.2.1').sockets).toBe(1)
  expect(addresses.of('192.0.2.1').attempt()).toBe(1_000)
  release()
  release()
  expect(addresses.of('192.0.2.1').sockets).toBe(0)
})

test('counts are those of what is open, whatever is opened and closed in between', () => {
  const step = fc.record({ address: fc.integer({ min: 0, max: 3 }), opens: fc.boolean(), waitMs: fc.nat(90_000) })
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200 }), steps => {
      const { clock, addresses } = make({ addresses: 2 })
      const open = new Map<number, (() => void)[]>()
      for (const { address, opens, waitMs } of steps) {
        clock.ms += waitMs
        const mine = open.get(address) ?? []
        open.set(address, mine)
        if (opens) mine.push(addresses.hold(nth(address), 'connections'))
        else mine.shift()?.()
        for (const [other, held] of open) expect(addresses.of(nth(other)).connections).toBe(held.length)
      }
    }),
  )
})

test('one /64 of IPv6 is one address, its neighbour another', () => {
  const { addresses } = make({ attemptsPerAddressPerSecond: 1 })
  expect(addresses.of('2001:db8:0:1::1').attempt()).toBe(0)
  expect(addresses.of('2001:db8:0:1:ffff::2').attempt()).toBeGreaterThan(0)
  expect(addresses.of('2001:db8:0:2::1').attempt()).toBe(0)
})

test('too many faults shut an address out until there is room again; others are not concerned', () => {
  const { clock, addresses } = make({ faultsPerAddressPerMinute: 60 })
  const bad = addresses.of('192.0.2.1')
  for (let count = 0; count < 60; count++) {
    expect(bad.attempt()).toBe(0)
    bad.fault()
  }
  expect(bad.attempt()).toBe(1_000)
  expect(bad.request('service')).toBe(1_000)
  expect(addresses.of('192.0.2.2').attempt()).toBe(0)
  bad.fault(30)
  expect(bad.attempt()).toBe(31_000)
  clock.ms += 31_000
  expect(bad.attempt()).toBe(0)
})

test('the events of pages, the requests of each kind and the connections not yet WebSockets have their bounds', () => {
  const limits = { pageEventsPerAddressPerSecond: 100, pageRequestsPerSecond: 1, pendingPerAddress: 2 }
  const { addresses } = make(limits)
  const address = addresses.of('192.0.2.1')
  expect(address.events(60)).toBe(0)
  expect(address.events(60)).toBe(200)
  expect(address.events(40)).toBe(0)
  expect(address.request('page')).toBe(0)
  expect(address.request('page')).toBe(1_000)
  expect(address.request('reader')).toBe(0)
  addresses.hold('192.0.2.1', 'connections')
  addresses.hold('192.0.2.1', 'connections')
  expect(address.crowded).toBe(true)
  addresses.hold('192.0.2.1', 'sockets')
  expect(address.crowded).toBe(false)
})
