import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createPresence } from './presence.js'
import { isSeen } from './sections.js'

const setUp = () => {
  const called: string[] = []
  const ears = new AbortController()
  const [seen, move, page, away] = createPresence(ears.signal, {
    enter: touchpoint => void called.push(`enter ${touchpoint}`),
    leave: touchpoint => void called.push(`leave ${touchpoint}`),
    signal: () => {},
  })
  return { called, ears, seen, move, page, away }
}
const section = () => ({}) as Element

test('a section takes over from the page, and gives back to it', () => {
  const { called, page, seen, move } = setUp()
  const one = section()
  page('shop.home')
  seen.set(one, 'shop.offers')
  move()
  move()
  seen.delete(one)
  move()
  expect(called).toEqual(['enter shop.home', 'enter shop.offers', 'enter shop.home'])
})

test('another page of the same touchpoint is another view; one without a touchpoint is a leave', () => {
  const { called, page } = setUp()
  page('shop.product')
  page('shop.product')
  page(undefined)
  page(undefined)
  expect(called).toEqual(['enter shop.product', 'enter shop.product', 'leave shop.product'])
})

test('whatever happens, a leave is of the last enter, and away there is nothing entered', () => {
  const steps = fc.array(
    fc.oneof(
      fc.record({ page: fc.constantFrom('a', 'b', undefined) }),
      fc.record({ seen: fc.constantFrom('c', 'd') }),
      fc.record({ away: fc.boolean() }),
    ),
  )
  fc.assert(
    fc.property(steps, made => {
      const { called, page, seen, move, away } = setUp()
      let isAway = false
      for (const step of made) {
        const before = called.length
        if ('page' in step) page(step.page)
        else if ('seen' in step) {
          seen.set(section(), step.seen)
          move()
        } else {
          isAway = step.away
          away(isAway)
        }
        if (isAway) expect(called.slice(before).some(call => call.startsWith('enter'))).toBe(false)
      }
      for (const [n, call] of called.entries())
        if (call.startsWith('leave')) expect(called[n - 1]).toBe(call.replace('leave', 'enter'))
    }),
  )
})

test('after the stop nothing is called', () => {
  const { called, ears, page } = setUp()
  ears.abort()
  page('shop.home')
  expect(called).toEqual([])
})

test('half of a section is seen, or half a window of a long one', () => {
  const entry = (intersectionRatio: number, height: number) => ({
    intersectionRatio,
    intersectionRect: { height } as DOMRectReadOnly,
  })
  expect([entry(0.5, 50), entry(0.1, 400)].map(one => isSeen(one, 800))).toEqual([true, true])
  expect([entry(0.49, 50), entry(0.1, 399)].map(one => isSeen(one, 800))).toEqual([false, false])
})
