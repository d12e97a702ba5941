import { Frame, Refusal } from '@pulssi/protocol/client'
import fc from 'fast-check'
import { afterEach, expect, test, vi } from 'vitest'
import { setUp } from './testing/set-up.js'

afterEach(() => vi.unstubAllGlobals())

const outcomeOf = (promise: Promise<boolean>) => {
  const outcome: { value?: boolean } = {}
  promise.then(value => {
    outcome.value = value
  })
  return outcome
}
/** Lets promises take their turns between the steps of the world. */
const pass = async ({ pass: step }: { pass: (ms: number) => void }, ms: number) => {
  for (let n = 0; n < 20; n++) {
    step(ms / 20)
    for (let turn = 0; turn < 5; turn++) await null
  }
}
const passing = (world: { pass(ms: number): void }, ms: number) => pass({ pass: n => world.pass(n) }, ms)

test('drops what waits, resolves with the ack, and consent is denied until it is granted again: somebody else', async () => {
  const localStorage: Record<string, string> = {}
  vi.stubGlobal('localStorage', localStorage)
  vi.stubGlobal('navigator', {})
  const { server, world, pulse } = setUp(1, { identity: 'device' })
  server.welcome = [Frame.welcome, null, 0, 65_536, 100, 1_000, 5_000]
  await passing(world, 20)
  pulse.enter('a')
  await passing(world, 100)
  const before = pulse.visitor
  pulse.enter('b')
  const outcome = outcomeOf(pulse.forget())
  pulse.enter('c')
  pulse.consent('granted')
  expect(outcome.value).toBeUndefined()
  await passing(world, 100)
  expect(outcome.value).toBe(true)
  expect(server.forgotten).toEqual([{ visitor: before, before: 1 }])
  expect(pulse.stats()).toMatchObject({ acked: 1, queued: 0, lost: { consent: 2 } })
  pulse.enter('d')
  await passing(world, 1_000)
  expect(pulse.visitor).not.toBe(before)
  expect(Object.values(localStorage)).toEqual([pulse.visitor])
  expect(server.hellos.map(hello => hello[3])).toEqual([before, pulse.visitor])
  expect(server.hellos[0]?.[5]).not.toBe(server.hellos[1]?.[5])
  expect(server.faults).toEqual([])
})

test('without consent nothing was sent: nothing is sent now', async () => {
  const { server, world, pulse } = setUp(1, { identity: 'device', consent: 'pending' })
  pulse.enter('a')
  const outcome = outcomeOf(pulse.forget())
  await passing(world, 1_000)
  expect(outcome.value).toBe(true)
  expect(server.hellos).toEqual([])
  expect(pulse.stats()).toMatchObject({ queued: 0, lost: { consent: 1 } })
})

test('consent withdrawn before: the erasure still goes, nothing else does', async () => {
  const { server, world, pulse } = setUp(1, { identity: 'page' })
  await passing(world, 20)
  pulse.enter('a')
  await passing(world, 100)
  pulse.consent('denied')
  const outcome = outcomeOf(pulse.forget())
  await passing(world, 1_000)
  expect(outcome.value).toBe(true)
  expect(server.forgotten.length).toBe(1)
  expect(server.batches.length).toBe(1)
})

test('closed or stopped: false, at once', async () => {
  const { world, pulse } = setUp(1, { identity: 'page' })
  await passing(world, 20)
  const waiting = outcomeOf(pulse.forget())
  await pulse.close()
  await passing(world, 10)
  expect(waiting.value).toBe(false)
  expect(await pulse.as('v').forget()).toBe(false)
})

test('a service erases one visitor: its waiting events go, those on the way come before, others stay', async () => {
  const { server, world, pulse } = setUp()
  await passing(world, 20)
  const [one, other] = [pulse.as('one'), pulse.as('other')]
  one.enter('a')
  await passing(world, 100)
  one.enter('b')
  other.enter('b')
  const outcome = outcomeOf(one.forget())
  one.enter('c')
  await passing(world, 1_000)
  expect(outcome.value).toBe(true)
  expect(server.forgotten.map(({ visitor }) => visitor)).toEqual(['one'])
  expect(pulse.stats()).toMatchObject({ acked: 3, queued: 0, lost: { consent: 1 } })
  expect([...server.stored.values()]).toEqual([[0], [0], [0]])
})

test('a key that may not erase this visitor: false', async () => {
  const { server, world, pulse } = setUp()
  await passing(world, 20)
  server.weather = { drop: 0, rateLimit: 0, lateAck: 1 }
  const outcome = outcomeOf(pulse.as('one').forget())
  await passing(world, 1)
  server.say([Frame.ack, 1, [[1, 0, Refusal.visitorDenied]]])
  await passing(world, 2_000)
  expect(outcome.value).toBe(false)
})

test('on a bad line: each erasure comes, and never before what was on the way', async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer(), fc.double({ min: 0, max: 0.5, noNaN: true }), async (seed, drop) => {
      const { server, world, pulse } = setUp(seed)
      server.weather = { drop, rateLimit: drop / 2, lateAck: drop }
      const outcomes = ['a', 'b', 'c'].map(visitor => {
        pulse.as(visitor).enter('x')
        return outcomeOf(pulse.as(visitor).forget())
      })
      await passing(world, 600_000)
      server.weather = { drop: 0, rateLimit: 0, lateAck: 0 }
      await passing(world, 600_000)
      expect(outcomes.map(({ value }) => value)).toEqual([true, true, true])
      expect(new Set(server.forgotten.map(({ visitor }) => visitor))).toEqual(new Set(['a', 'b', 'c']))
      expect(server.faults).toEqual([])
      expect(pulse.stats().queued).toBe(0)
    }),
    { numRuns: 40 },
  )
})
