import { Frame } from '@pulssi/protocol/client'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { check } from '../check.js'
import { createClient } from '../pulse.js'
import { addAll, boundsOf, packer } from '../service.js'
import { ModelServer } from '../testing/model-server.js'
import { World } from '../testing/world.js'
import type { PulseOptions } from '../types.js'
import { addKeep } from './keep.js'
import { KEPT_EVENTS, KEPT_MS, KEPT_PAGES } from './limits.js'

/** Storage that every page of the origin shares. */
let storage: Record<string, string>
let gpc: boolean
const held = new Set<string>()

beforeEach(() => {
  storage = {}
  gpc = false
  held.clear()
  const methods = {
    getItem: (name: string) => storage[name] ?? null,
    setItem: (name: string, text: string) => {
      storage[name] = text
    },
    removeItem: (name: string) => delete storage[name],
  }
  vi.stubGlobal(
    'localStorage',
    new Proxy(methods as Record<string, unknown>, {
      get: (own, name: string) => own[name] ?? storage[name],
      set: (_own, name: string, text: string) => {
        storage[name] = text
        return true
      },
      deleteProperty: (_own, name: string) => delete storage[name],
      ownKeys: () => Object.keys(storage),
      getOwnPropertyDescriptor: (_own, name) =>
        Object.hasOwn(storage, name)
          ? { configurable: true, enumerable: true, value: storage[name as string] }
          : undefined,
    }),
  )
  const request = async (name: string, ...rest: unknown[]) => {
    const run = rest.at(-1) as (lock: object | null) => Promise<void>
    if (held.has(name)) return rest.length > 1 ? run(null) : undefined
    held.add(name)
    await run({})
    held.delete(name)
    return
  }
  vi.stubGlobal('navigator', {
    locks: { request },
    get globalPrivacyControl() {
      return gpc
    },
    sendBeacon: () => true,
  })
  vi.stubGlobal('addEventListener', () => {})
})
afterEach(() => vi.unstubAllGlobals())

let pages = 0
const open = (options: Partial<PulseOptions> = {}) => {
  const server = new ModelServer()
  server.welcome = [Frame.welcome, null, 0, 65_536, 100, 1_000, 5_000]
  const world = new World(1, server)
  server.world = world
  const mark = `page${pages++}`
  let ids = 0
  const environment = { ...world.environment, $makeId: () => `${mark}-${ids++}` }
  const all = { url: 'ws://x', key: 'pk', identity: 'device' as const, ...options }
  const pulse = createClient(all, environment, check, packer(all), boundsOf(all), core => {
    addKeep(core, all)
    return addAll(core)
  })
  const pass = async (ms: number) => {
    for (let n = 0; n < 10; n++) {
      for (let turn = 0; turn < 20; turn++) await null
      world.pass(ms / 10)
    }
  }
  return { server, world, pulse, pass, crash: () => held.clear() }
}
const keptNames = () => Object.keys(storage).filter(name => name.startsWith('pulssi.kept.'))

test('a page that crashed: the next one sends what it left before its own, with stream and number as they were', async () => {
  const first = open()
  first.world.reachable = () => false
  await first.pass(10)
  first.pulse.enter('a')
  first.pulse.goal('a')
  expect(keptNames().length).toBe(2)
  first.crash()
  const next = open()
  next.pulse.enter('b')
  await next.pass(2_000)
  expect(next.pulse.visitor).toBe(first.pulse.visitor)
  const streams = [...next.server.stored.keys()].map(name => name.split(' ')[1])
  expect([...next.server.stored.values()]).toEqual([[0, 1], [0]])
  expect(streams).toEqual([expect.stringMatching(/^page\d+-0$/), next.server.hellos[0]?.[5]])
  expect(keptNames()).toEqual([])
})

test('what a living page waits for is left to it', async () => {
  const first = open()
  first.world.reachable = () => false
  await first.pass(10)
  first.pulse.enter('a')
  const next = open()
  await next.pass(2_000)
  expect(next.server.batches).toEqual([])
  expect(keptNames().length).toBe(1)
  first.world.reachable = () => true
  await first.pass(120_000)
  expect(keptNames()).toEqual([])
})

test('of another visitor or key nothing is sent', async () => {
  const first = open({ identity: 'host', visitor: 'c-1' })
  first.world.reachable = () => false
  await first.pass(10)
  first.pulse.enter('a')
  first.crash()
  for (const other of [{ visitor: 'c-2' }, { visitor: 'c-1', key: 'pk_other' }]) {
    const next = open({ identity: 'host', ...other })
    await next.pass(2_000)
    expect(next.server.batches).toEqual([])
  }
  const again = open({ identity: 'host', visitor: 'c-1' })
  await again.pass(2_000)
  expect(again.server.batches.length).toBe(1)
})

test.each(['day', 'page'] as const)('identity %s keeps nothing', async identity => {
  const { pulse, pass } = open({ identity })
  pulse.enter('a')
  await pass(0)
  expect(storage).toEqual({})
})

test('pending: nothing is kept; granted: what waits is; denied: nothing any more', async () => {
  const { pulse, pass, world } = open({ consent: 'pending' })
  world.reachable = () => false
  pulse.enter('a')
  await pass(10)
  expect(storage).toEqual({})
  pulse.consent('granted')
  await pass(10)
  expect(keptNames().length).toBe(1)
  storage['pulssi.kept.other.0'] = JSON.stringify(['pk', 'v.x', { at: 1_000_000 }])
  pulse.consent('denied')
  expect(keptNames()).toEqual([])
})

test('Global Privacy Control: what was kept before goes, nothing more comes', async () => {
  storage['pulssi.kept.other.0'] = '[]'
  gpc = true
  const { pulse, pass } = open()
  pulse.enter('a')
  await pass(0)
  expect(storage).toEqual({})
})

test('forget leaves nothing', async () => {
  const { pulse, pass } = open()
  await pass(10)
  pulse.enter('a')
  const forgotten = pulse.forget()
  await pass(1_000)
  expect(await forgotten).toBe(true)
  expect(storage).toEqual({})
})

test('bounds: events of a page, pages, age', async () => {
  const { pulse, pass, world } = open()
  world.reachable = () => false
  await pass(10)
  for (let n = 0; n < KEPT_EVENTS + 20; n++) pulse.enter('a')
  expect(keptNames().length).toBe(KEPT_EVENTS)
  storage = {}
  const old = JSON.stringify(['pk', 'v.x', { at: world.now - KEPT_MS - 1_000 }])
  const fresh = JSON.stringify(['pk', 'v.x', { at: world.now }])
  storage['pulssi.kept.old.0'] = old
  storage['pulssi.kept.odd.0'] = '{'
  for (let n = 0; n < KEPT_PAGES + 3; n++) storage[`pulssi.kept.p${n}.0`] = fresh
  await open().pass(10)
  expect(keptNames().length).toBe(KEPT_PAGES)
  expect(keptNames().some(name => /old|odd/.test(name))).toBe(false)
})
