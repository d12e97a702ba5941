import { type AskFrame, Frame } from '@pulssi/protocol/client'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { createAsks } from './asks.js'

const askOf = (id: string, validMs = 60_000): AskFrame => [
  Frame.ask,
  id,
  'checkout.payment',
  2,
  ['en', 'How was paying?'],
  [],
  true,
  validMs,
]

class Page extends EventTarget {
  hidden = false
}
let page: Page
beforeEach(() => {
  vi.useFakeTimers()
  page = new Page()
  vi.stubGlobal('document', page)
})
afterEach(() => {
  vi.unstubAllGlobals()
  vi.useRealTimers()
})

/** A client whose server says what `say` says, and that notes its calls. */
const talking = () => {
  const listeners = new Set<(frame: AskFrame) => void>()
  const said: string[] = []
  const asks = createAsks({
    on: (_: string, listener: never) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    asked: (_: string, id: string, result: string) => said.push(`${id} ${result}`),
  } as never)
  const say = (frame: AskFrame) => {
    for (const listener of listeners) listener(frame)
  }
  return { asks, say, said }
}

test('the newest ask stands until it is over, and whoever listens is told', () => {
  const { asks, say } = talking()
  const changed = vi.fn()
  const stop = asks.listen()
  const unsubscribe = asks.subscribe(changed)
  const [first, second] = [askOf('a.1'), askOf('b.1')]
  say(first)
  say(second)
  expect(asks.newest()).toBe(second)
  expect(asks.end(first)).toBe(false)
  expect(asks.end(second)).toBe(true)
  expect(asks.end(second)).toBe(false)
  expect(changed).toHaveBeenCalledTimes(3)
  unsubscribe()
  stop()
  say(first)
  expect([asks.newest(), changed.mock.calls.length]).toEqual([undefined, 3])
})

test('an ask goes when it is no longer valid; a validity beyond all timers is none of its concern', () => {
  const { asks, say } = talking()
  asks.listen()
  say(askOf('a.1', 5_000))
  vi.advanceTimersByTime(4_999)
  expect(asks.newest()).toBeDefined()
  vi.advanceTimersByTime(1)
  expect(asks.newest()).toBeUndefined()
  say(askOf('a.2', 2 ** 32 - 1))
  vi.advanceTimersByTime(60_000)
  expect(asks.newest()).toBeDefined()
})

test('shown is said once, and not before the page can be seen', () => {
  const { asks, say, said } = talking()
  asks.listen()
  const ask = askOf('a.1')
  say(ask)
  page.hidden = true
  asks.show(ask)
  expect(said).toEqual([])
  page.hidden = false
  page.dispatchEvent(new Event('visibilitychange'))
  asks.show(ask)
  expect(said).toEqual(['a.1 shown'])
  asks.show(askOf('a.2'))
  expect(said).toEqual(['a.1 shown'])
})
