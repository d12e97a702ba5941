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
  const live = await import('./live/index.js')
  const seen = [...touched]
  expect(seen).toEqual([])
  expect(Object.keys(core)).toEqual(['createPulse'])
  expect(Object.keys(live)).toEqual(['createLive'])
})
