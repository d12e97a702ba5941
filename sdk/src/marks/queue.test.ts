import fc from 'fast-check'
import { afterEach, expect, test, vi } from 'vitest'
import { CLOSE_MS, HELD_EVENTS } from '../limits.js'
import { type Call, replay } from './queue.js'

const NAMES = ['enter', 'leave', 'goal', 'feedback', 'signal', 'link', 'send', 'flush', 'close', 'consent'] as const
type Stub = Call[] & Record<(typeof NAMES)[number] | 'on', (...args: unknown[]) => unknown>

/** What the stub leaves in a window. */
const openStub = async (): Promise<Stub> => {
  vi.resetModules()
  const window: { pulse?: Stub } = {}
  vi.stubGlobal('window', window)
  await import('./stub.js')
  return window.pulse as Stub
}

/** A client that notes what it is called with and when, and answers with the number of the call. */
const noting = () => {
  const noted: { name: string; args: unknown[]; at: number }[] = []
  let heldAt = Number.NaN
  const method =
    (name: string) =>
    (...args: unknown[]) =>
      noted.push({ name, args, at: heldAt })
  const client = Object.fromEntries([...NAMES, 'on'].map(name => [name, method(name)]))
  const callAt = (at: number, call: () => unknown) => {
    heldAt = at
    return call()
  }
  return { noted, client, callAt }
}

afterEach(() => {
  vi.unstubAllGlobals()
  vi.useRealTimers()
})

test('what is called before the file comes is carried out in its order and with its times, up to the bound', async () => {
  vi.useFakeTimers()
  const stub = await openStub()
  const calls = fc.array(fc.tuple(fc.constantFrom(...NAMES), fc.array(fc.jsonValue(), { maxLength: 3 }), fc.nat(500)), {
    maxLength: HELD_EVENTS + 40,
  })
  await fc.assert(
    fc.asyncProperty(calls, async made => {
      const { noted, client, callAt } = noting()
      const expected = made.map(([name, args, waitMs]) => {
        vi.advanceTimersByTime(waitMs)
        stub[name](...args)
        return { name, args, at: Date.now() }
      })
      expect(stub.length).toBe(Math.min(made.length, HELD_EVENTS))
      const { push } = stub
      replay(stub, client, callAt)
      expect(noted).toEqual(expected.slice(0, HELD_EVENTS))
      stub.push = push
    }),
  )
})

test('the stub holds no more than its bound', async () => {
  const stub = await openStub()
  for (let n = 0; n < HELD_EVENTS * 3; n++) stub.enter(n)
  expect(stub.map(([, [n]]) => n)).toEqual(Array.from({ length: HELD_EVENTS }, (_, n) => n))
})

test('functions of the stub that a page has kept go on working', async () => {
  const { enter, flush } = await openStub()
  const { noted, client, callAt } = noting()
  const stub = (globalThis as unknown as { window: { pulse: Stub } }).window.pulse
  replay(stub, client, callAt)
  enter?.('a')
  expect(await flush?.(3)).toBe(2)
  expect(noted.map(({ name, args }) => [name, args])).toEqual([
    ['enter', ['a']],
    ['flush', [3]],
  ])
  for (let n = 0; n < HELD_EVENTS * 2; n++) enter?.('b')
  expect(stub.length).toBe(0)
  expect(noted.length).toBe(HELD_EVENTS * 2 + 2)
})

test('a promise settles with the result, or by itself where no file comes', async () => {
  vi.useFakeTimers()
  const stub = await openStub()
  const settled = vi.fn()
  ;(stub.flush() as Promise<unknown>).then(settled)
  await vi.advanceTimersByTimeAsync(CLOSE_MS - 1)
  expect(settled).not.toHaveBeenCalled()
  await vi.advanceTimersByTimeAsync(1)
  expect(settled).toHaveBeenCalledOnce()
  const { client, callAt } = noting()
  const answer = stub.send({ kind: 'enter' })
  replay(stub, client, callAt)
  expect(await answer).toBe(2)
})

test('on gives what unsubscribes: before the file comes it takes the call back, later it is passed on', async () => {
  const stub = await openStub()
  const heard: string[] = []
  const client = {
    on: (name: string) => {
      heard.push(`on ${name}`)
      return () => void heard.push(`off ${name}`)
    },
  }
  const early = stub.on('open') as () => void
  const late = stub.on('close') as () => void
  early()
  replay(stub, client, (_, call) => call())
  expect(heard).toEqual(['on close'])
  late()
  early()
  expect(heard).toEqual(['on close', 'off close'])
})

test('a call that throws stops none of the others', async () => {
  const errors = vi.spyOn(console, 'error').mockImplementation(() => {})
  const stub = await openStub()
  const { noted, client, callAt } = noting()
  stub.enter('a')
  stub.goal('a')
  stub.leave('a')
  const bad = () => {
    throw new Error('no')
  }
  replay(stub, { ...client, goal: bad }, callAt)
  expect(noted.map(({ name }) => name)).toEqual(['enter', 'leave'])
  expect(errors).toHaveBeenCalledOnce()
  errors.mockRestore()
})
