import { Frame } from '@pulssi/protocol/client'
import { afterEach, expect, test, vi } from 'vitest'
import { check } from './check.js'
import { createClient } from './pulse.js'
import { ModelServer } from './testing/model-server.js'
import { World } from './testing/world.js'

afterEach(() => vi.unstubAllGlobals())

test('a page that goes sends what waits and lets the socket go; shown again, it sends all that has no ack', async () => {
  const listeners = new Map<string, () => void>()
  vi.stubGlobal('document', {})
  vi.stubGlobal('addEventListener', (type: string, listener: () => void) => listeners.set(type, listener))
  const server = new ModelServer()
  const world = new World(1, server)
  server.world = world
  const pulse = createClient({ url: 'ws://x', key: 'pk' }, world.environment, check)
  const closes: number[] = []
  pulse.on('close', ({ code }) => closes.push(code))
  world.pass(10)
  pulse.enter('a')
  listeners.get('pagehide')?.()
  world.pass(60_000)
  expect(closes).toEqual([1000])
  expect(pulse.stats()).toMatchObject({ sent: 1, acked: 0, queued: 1 })
  listeners.get('pageshow')?.()
  world.pass(1_000)
  expect(server.hellos.map(hello => hello[0])).toEqual([Frame.hello, Frame.hello])
  expect(pulse.stats()).toMatchObject({ acked: 1, queued: 0 })
  await pulse.close()
  listeners.get('pageshow')?.()
  world.pass(1_000)
  expect(server.hellos.length).toBe(2)
})
