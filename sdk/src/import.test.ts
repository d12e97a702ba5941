import { afterEach, expect, test, vi } from 'vitest'

const NAMES = ['window', 'document', 'navigator', 'localStorage', 'WebSocket', 'crypto', 'TextEncoder', 'TextDecoder']
const before = NAMES.map(name => [name, Object.getOwnPropertyDescriptor(globalThis, name)] as const)

afterEach(() => {
  for (const [name, descriptor] of before) {
    Reflect.deleteProperty(globalThis, name)
    if (descriptor) Object.defineProperty(globalThis, name, descriptor)
  }
})

test('importing touches no global, so that a server may', async () => {
  const touched: string[] = []
  vi.resetModules()
  for (const name of NAMES) {
    const get = () => void touched.push(name)
    Object.defineProperty(globalThis, name, { configurable: true, get })
  }
  const core = await import('./index.js')
  const keep = await import('./keep/index.js')
  const live = await import('./live/index.js')
  const react = await import('./react/index.js')
  const seen = [...touched]
  expect(seen).toEqual([])
  expect(Object.keys(core)).toEqual(['createPulse'])
  expect(Object.keys(keep)).toEqual(['createPulse'])
  expect(Object.keys(live)).toEqual(['createLive'])
  expect(Object.keys(react).sort()).toEqual(['Ask', 'PulseProvider', 'useAsk', 'usePulse', 'useTouchpoint'])
})

test('the files that start by themselves do nothing where there is no document', async () => {
  vi.resetModules()
  const told = vi.spyOn(console, 'warn')
  await import('./marks/script.js')
  expect(told).not.toHaveBeenCalled()
  expect(Object.hasOwn(globalThis, 'pulse')).toBe(false)
})

test('on a server a client is a service: it needs nothing of a page', async () => {
  const { createPulse } = await import('./keep/index.js')
  const pulse = createPulse({ url: 'ws://127.0.0.1:9', key: 'sk', identity: 'host', consent: 'denied' })
  pulse.as('v-1').enter('shop.home')
  expect(pulse.stats().lost.consent).toBe(1)
  await pulse.close()
})
