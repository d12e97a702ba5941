import fc from 'fast-check'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { createAnswering } from './answering.js'
import { COMMENT_MS, UNDO_MS } from './limits.js'

let page: EventTarget
beforeEach(() => {
  vi.useFakeTimers()
  page = new EventTarget()
  vi.stubGlobal('addEventListener', page.addEventListener.bind(page))
})
afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

interface Sent {
  n: number
  comment?: string
}

const set = () => {
  const sent: Sent[] = []
  const [choose, wait, settle] = createAnswering<Sent>(answer => sent.push(answer))
  return { sent, choose, wait, settle }
}

const step = fc.oneof(
  fc.constantFrom('choose', 'undo', 'settle', 'pagehide', 'visibilitychange'),
  fc.integer({ min: 0, max: 2 * UNDO_MS }),
)

test('whatever happens, a chosen answer is sent once, and one that is taken back never', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 30 }), steps => {
      const { sent, choose, settle } = set()
      const expected: number[] = []
      let chosen: number | undefined
      let leftMs = 0
      let n = 0
      const end = () => {
        if (chosen !== undefined) expected.push(chosen)
        chosen = undefined
      }
      for (const each of steps) {
        if (each === 'choose') {
          chosen = n
          leftMs = UNDO_MS
          choose({ n: n++ })
        } else if (each === 'undo') {
          chosen = undefined
          choose(undefined)
        } else if (each === 'settle') {
          expect(settle()).toBe(chosen !== undefined)
          end()
        } else if (typeof each === 'number') {
          leftMs -= each
          vi.advanceTimersByTime(each)
          if (leftMs <= 0) end()
        } else {
          page.dispatchEvent(new Event(each))
          end()
        }
      }
      vi.advanceTimersByTime(UNDO_MS)
      end()
      expect(sent.map(answer => answer.n)).toEqual(expected)
    }),
  )
})

test('a comment goes with the answer, and the time to write one is longer', () => {
  const { sent, choose, wait, settle } = set()
  choose({ n: 1 })
  wait(COMMENT_MS)
  vi.advanceTimersByTime(COMMENT_MS - 1)
  expect(sent).toEqual([])
  settle({ comment: 'slow' })
  vi.advanceTimersByTime(COMMENT_MS)
  expect(sent).toEqual([{ n: 1, comment: 'slow' }])
})
